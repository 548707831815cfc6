"""What is said over a live line, and who does not listen: floods, slow and dead sockets.

https://cheatsheetseries.owasp.org/cheatsheets/WebSocket_Security_Cheat_Sheet.html
CWE-770 is taking more than a share, CWE-400 using up what others need, CWE-20 input that nobody validated.
"""

import asyncio
from unittest.mock import patch

from course.engine.checkpoint.recording import RecordingClient
from course.engine.checkpoint.service import Service
from tests.attacks import wire
from tests.attacks.acts import LOTS, put_up, visit
from tests.attacks.case import attack
from tests.attacks.line import Watcher, cut, never, opened, said, while_they_watch


def _told(house: Service, *messages: str | bytes) -> str | int:
    """What comes of messages from somebody with a ticket."""
    with visit(house) as client:
        lot, ada = put_up(client), house.login(client, "ada")
        ticket = client.post(f"{lot}/tickets", headers=ada).json()["ticket"]
        return said(client, f"{lot}/live?ticket={ticket}", *messages)


@attack("CWE-770", without="an-end-to-messages", wins="problem", refused=1009)
def a_message_has_a_megabyte(house: Service) -> str | int:
    return _told(house, '{"type": "' + "a" * 10**6 + '"}')


@attack("CWE-770", without="a-pace", wins="problem", refused=1008)
def a_flood_of_messages_comes_over_one_line(house: Service) -> str | int:
    return _told(house, *["hello"] * 200)


@attack("CWE-20", without="text-alone", wins="broke", refused=1003)
def a_message_is_made_of_bytes(house: Service) -> str | int:
    return _told(house, b"\x00\x01")


@attack("CWE-20", without="messages-with-a-shape", wins="broke", refused="problem")
def a_message_is_not_json(house: Service) -> str | int:
    return _told(house, "hello")


@attack("CWE-20", without="messages-with-a-shape", wins="broke", refused="problem")
def a_message_is_json_of_another_shape(house: Service) -> str | int:
    return _told(house, '[{"type": "bid"}]')


@attack("CWE-674", without="messages-with-a-shape", wins="broke", refused="problem")
def a_message_is_nested_two_thousand_times(house: Service) -> str | int:
    return _told(house, "[" * 2000 + "]" * 2000)


@attack("CWE-1284", without="bounds-of-money", wins="broke", refused="problem")
def somebody_bids_not_a_number_over_the_line(house: Service) -> str | int:
    return _told(house, '{"type": "bid", "amount": "NaN"}')


@attack("CWE-1284", without="messages-with-a-shape", wins="broke", refused="problem")
def somebody_bids_infinity_over_the_line(house: Service) -> str | int:
    return _told(house, '{"type": "bid", "amount": Infinity}')


@attack("CWE-190", without="bounds-of-numbers", wins=500, refused=1008)
def a_line_is_opened_to_a_lot_whose_number_has_more_than_64_bits(house: Service) -> int:
    with visit(house) as client:
        return opened(client, f"{LOTS}/{2**64}/live")


@attack("CWE-770", without="an-end-to-seats", wins=101, refused=503)
def one_more_watches_than_the_room_holds(house: Service) -> int:
    with visit(house, watchers_per_lot=2) as client:
        line = f"{put_up(client)}/live"
        with client.websocket_connect(line), client.websocket_connect(line):
            return opened(client, line)


def _another_comes_after(house: Service, addresses: list[str]) -> int:
    """What somebody else is told after connections from all these addresses to a lot with four places."""
    with visit(house, watchers_per_lot=4, watchers_per_client=2) as client:
        line = f"{put_up(client)}/live"

        async def play() -> int:
            greedy = [Watcher(client, line, address=address) for address in addresses]
            other = Watcher(client, line, address="192.0.2.200")

            async def work() -> int:
                await asyncio.wait(
                    [asyncio.ensure_future(other.seated.wait()), asyncio.ensure_future(other.gone.wait())],
                    return_when=asyncio.FIRST_COMPLETED,
                )
                return 101 if other.heard or not other.gone.is_set() else 503

            came: int = await while_they_watch([*greedy, other], work)
            return came

        return int(wire.call(client, play))


@attack("CWE-770", without="a-share-of-seats", wins=503, refused=101)
def one_client_takes_every_place_of_a_lot(house: Service) -> int:
    return _another_comes_after(house, ["192.0.2.1"] * 6)


@attack("CWE-770", without="networks-not-addresses", wins=503, refused=101)
def one_client_takes_every_place_from_the_addresses_of_its_network(house: Service) -> int:
    return _another_comes_after(house, [f"2001:db8::{number}" for number in range(1, 7)])


@attack("CWE-400", without="an-end-to-sends", wins=503, refused=101)
def the_client_of_a_stream_stops_reading_and_keeps_its_place(house: Service) -> int:
    with visit(house, watchers_per_lot=1, heartbeat_seconds=0.05) as client:
        lot = put_up(client)

        async def stall(_: wire.Message) -> None:
            await asyncio.sleep(3600)

        async def stay() -> wire.Message:
            await asyncio.sleep(3600)
            return {"type": "http.disconnect"}

        async def begin() -> "asyncio.Future[None]":
            scope = wire.scope(client, "http", f"{lot}/events", (), method="GET")
            stream = asyncio.ensure_future(client.app(scope, stay, stall))
            await asyncio.wait([stream], timeout=1)
            return stream

        stream = wire.call(client, begin)
        status = opened(client, f"{lot}/live")
        assert client.portal is not None
        client.portal.call(stream.cancel)
        return status


async def _bids(client: RecordingClient, lot: str, token: str, count: int) -> None:
    """Bid so many times, each more than the time before."""
    headers = [(b"content-type", b"application/json"), (b"authorization", token.encode())]
    for amount in range(30, 30 + count):
        answer = await wire.ask(client, "POST", f"{lot}/bids", headers, [b'{"amount": %d}' % amount])
        assert answer.status == 201, answer.body


def _beside_one_who_never_reads(house: Service) -> tuple[int, int]:
    """Of how many bids of four another watcher hears, and how much waits then for whoever is told most."""
    with visit(house) as client, patch.object(house.module("channels"), "MAX_QUEUED", 3):
        lot, ada = put_up(client), house.login(client, "ada")["Authorization"]

        async def play() -> tuple[int, int]:
            bad, good = Watcher(client, f"{lot}/live", never), Watcher(client, f"{lot}/live")
            piles = [0]

            async def work() -> None:
                await _bids(client, lot, ada, 4)
                await good.hear_bids(4)
                subscriptions = client.app_state["channels"]._subscriptions[int(lot.rpartition("/")[2])]
                piles.extend(subscription._queue.qsize() for subscription in subscriptions)

            await while_they_watch([bad, good], work, seconds=2)
            return good.bids(), max(piles)

        came: tuple[int, int] = wire.call(client, play)
        return came


@attack("CWE-400", without="a-desk-for-each", wins=True, refused=False)
def a_watcher_who_never_reads_keeps_bidders_and_watchers_waiting(house: Service) -> bool:
    return _beside_one_who_never_reads(house)[0] < 4


@attack("CWE-770", without="desks-with-an-edge", wins=True, refused=False)
def a_watcher_who_never_reads_lets_everything_pile_up(house: Service) -> bool:
    return _beside_one_who_never_reads(house)[1] > 3


@attack("CWE-400", without="desks-that-are-cleared", wins=None, refused=1013)
def a_watcher_who_never_reads_keeps_the_seat(house: Service) -> int | None:
    with visit(house) as client, patch.object(house.module("channels"), "MAX_QUEUED", 3):
        lot, ada = put_up(client), house.login(client, "ada")["Authorization"]

        async def play() -> int | None:
            bad = Watcher(client, f"{lot}/live", never)

            async def work() -> None:
                await _bids(client, lot, ada, 4)
                await bad.gone.wait()

            await while_they_watch([bad], work, seconds=2)
            return bad.code

        code: int | None = wire.call(client, play)
        return code


@attack("CWE-772", without="seats-that-are-given-up", wins=503, refused=101)
def those_whose_line_was_cut_keep_their_seats(house: Service) -> int:
    with visit(house, watchers_per_lot=2) as client:
        line = f"{put_up(client)}/live"

        async def play() -> None:
            dead = [Watcher(client, line, cut) for _ in range(2)]

            async def work() -> None:
                for each in dead:
                    await each.gone.wait()

            await while_they_watch(dead, work)

        wire.call(client, play)
        return opened(client, line)


@attack("CWE-772", without="a-heartbeat", wins=None, refused=1008)
def somebody_whose_line_is_silent_is_waited_for(house: Service) -> int | None:
    with visit(house, heartbeat_seconds=0.02) as client:
        silent = Watcher(client, f"{put_up(client)}/live")
        wire.call(client, while_they_watch, [silent], silent.gone.wait, 1.5)
        return silent.code
