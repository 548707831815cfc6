"""What Gavel does from chapter 9 on: each watcher of a lot receives each bid, and none can block it."""

import asyncio
import json
import logging
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import anyio
from sqlalchemy import event
from starlette.testclient import WebSocketDenialResponse, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from course.engine.checkpoint.connections import checked_out
from course.engine.checkpoint.recording import RecordingClient
from course.engine.checkpoint.requirements import requirement
from course.engine.checkpoint.service import Service
from course.engine.report.model import Exchange

LOTS = "/api/v1/lots"
OPENED = 101
ENOUGH = 5.0  # seconds after which a message that has not arrived will not arrive


def create_lot(client: RecordingClient, **changes: object) -> str:
    """Create a lot; its path."""
    lot = {"title": "A long-case clock", "category": "clocks", "starting_price": "10.00", **changes}
    response = client.post(LOTS, json=lot)
    status = response.status_code
    assert status == 201, f"POST {LOTS} creates a lot and responds with 201; seen: {status}"
    return f"{LOTS}/{response.json()['id']}"


def place_bid(client: RecordingClient, lot: str, amount: object, bidder: dict[str, str]) -> None:
    """Bid over HTTP."""
    response = client.post(f"{lot}/bids", json={"amount": str(amount)}, headers=bidder)
    status = response.status_code
    assert status == 201, f"a valid bid of {amount} over HTTP receives 201; seen: {status}"


def get_ticket(client: RecordingClient, lot: str, bidder: dict[str, str]) -> str:
    """A ticket for the live connection of a lot."""
    response = client.post(f"{lot}/tickets", headers=bidder)
    status = response.status_code
    assert status == 201, f"POST {lot}/tickets creates a ticket and responds with 201; seen: {status}"
    ticket = response.json().get("ticket")
    assert isinstance(ticket, str), f'the response body has a string "ticket"; seen: {ticket!r}'
    return ticket


def receive(websocket: WebSocketTestSession, kind: str) -> dict[str, Any]:
    """The next message of this type; `watchers` and `ping` may come before it."""
    expected = f'the service sends a message of the type "{kind}"'
    while True:
        try:
            message: dict[str, Any] = websocket.receive_json()
        except WebSocketDisconnect as closed:
            raise AssertionError(f"{expected}; seen: it closed the connection, code {closed.code}") from None
        if message.get("type") == kind:
            return message
        seen = json.dumps(message)[:300]
        assert message.get("type") in {"watchers", "ping"}, f"{expected}; seen: {seen}"


def watchers(websocket: WebSocketTestSession) -> object:
    """The number in the next message of the type `watchers`."""
    return receive(websocket, "watchers").get("count")


def handshake(client: RecordingClient, path: str, **headers: str) -> int:
    """The status code of the WebSocket handshake: 101 where the connection is opened."""
    try:
        with client.websocket_connect(path, headers=headers):
            return OPENED
    except WebSocketDenialResponse as response:
        return response.status_code
    except WebSocketDisconnect:
        return 403  # what a server makes of a close before the accept


def named(status: int) -> str:
    """The status code of a handshake, as a message says it."""
    return f"{OPENED}, so it was opened" if status == OPENED else str(status)


def close_code(websocket: WebSocketTestSession) -> int | None:
    """The code with which the service closes a connection; messages before it are discarded."""
    while (message := websocket.receive())["type"] != "websocket.close":
        pass
    code: int | None = message.get("code")
    return code


@requirement(given=True)
def test_get_now_depends_on_get_clock(service: Service) -> None:
    """`get_now` depends on `get_clock`: a test that overrides the clock has overridden both."""
    app, late = service.create_app(), datetime(2031, 5, 1, 20, 15, tzinfo=UTC)
    app.dependency_overrides[service.module("dependencies").get_clock] = lambda: lambda: late
    with service.client(app) as client:
        created = client.get(create_lot(client)).json()["created_at"]
        assert datetime.fromisoformat(created) == late, (
            f"with get_clock overridden, a lot is created at {late.isoformat()}; seen: {created}"
        )


@requirement(
    exercise=1,
    hints=(
        "The number of watchers replaces an older number. Which message of another kind must it not replace?",
        "Exercise 1: `put_latest` and `Channels.subscribe` in app/channels.py. Under which key is a message"
        " stored, and who receives the new number when a client leaves?",
        "self._latest[____] = message\nif self._queue.____():\n    self._queue.put_nowait(____)",
    ),
)
def test_a_client_receives_the_state_first(service: Service) -> None:
    """A client receives the state of the lot first, then the number of watchers each time it changes."""
    with service.client() as client:
        lot = create_lot(client, title="A snuffbox")
        with client.websocket_connect(f"{lot}/live") as websocket:
            first = websocket.receive_json()
            assert first.get("type") == "state", (
                f'the first message has the type "state"; seen: {first.get("type")!r}'
            )
            count = watchers(websocket)
            assert count == 1, f"while one client watches, the number of watchers is 1; seen: {count}"
            with client.websocket_connect(f"{lot}/live") as other:
                receive(other, "state")
                count = watchers(websocket)
                assert count == 2, f"when a second client connects, the number is 2; seen: {count}"
            count = watchers(websocket)
            assert count == 1, f"when the second client disconnects, the number is 1 again; seen: {count}"


@requirement(
    exercise=1,
    hints=(
        "A million lots are watched over the years. What does `Channels` still store for a lot without"
        " watchers?",
        "Exercise 1: `Channels.subscribe` in app/channels.py. Which code runs however the block ends?",
        "finally:\n    del subscriptions[____]\n    if not ____:\n        del self._subscriptions[____]",
    ),
)
def test_an_empty_channel_is_removed(service: Service) -> None:
    """A client is removed however its block ends, and a channel without clients takes no memory."""
    channels = service.module("channels").Channels(limit=1, limit_per_network=1)
    service.run(_come_and_go, channels)
    stored = {name: len(each) for name, each in vars(channels).items() if hasattr(each, "__len__")}
    left = {name: count for name, count in stored.items() if count}
    assert not left, f"when all clients have left, `Channels` stores no lot; seen: {left}"


@requirement(
    exercise=1,
    hints=(
        "Thirty clients watch, and one of them has stopped reading. For which of them may the service wait?",
        "Exercise 1: `Subscription.put` in app/channels.py. `put_nowait` never waits. And if the queue"
        " is full?",
        "try:\n    self._queue.____(message)\nexcept asyncio.____:\n    self.fell_behind.____()",
    ),
)
def test_a_slow_client_delays_no_other(service: Service) -> None:
    """A client that stops reading delays no bid and no other client; its connection is closed with 1013."""
    with service.client() as client:
        lot, ada = create_lot(client), service.login(client, "ada")
        slow = _Connection(client, f"{lot}/live", reads=False)
        with client.websocket_connect(f"{lot}/live") as websocket:
            receive(websocket, "state")
            for amount in (20, 30, 40):
                for _ in range(13):
                    client.portal.call(_publish, client, lot, '{"type": "ping"}')  # type: ignore[union-attr]
                place_bid(client, lot, amount, ada)
                seen = receive(websocket, "bid")["bid"]["amount"]
                assert seen == f"{amount}.00", (
                    f"the other clients receive each bid, in order, next {amount}.00; seen: {seen}"
                )
            code = slow.wait_for_close("a client that left 42 messages unread")
            assert code == 1013, (
                "the connection of a client that left 42 messages unread is closed with 1013 (try again"
                f" later); seen: {code}"
            )


@requirement(
    exercise=1,
    hints=(
        "Each client that connects changes the number of watchers. Which of these numbers is still of use to"
        " a client that has not read any of them?",
        "Exercise 1: `Subscription.put_latest` in app/channels.py. A message that replaces an older one"
        " takes no place in"
        " the queue; `None` only wakes up `get`.",
        "self._latest[____] = message\nif self._queue.____():\n    self._queue.put_nowait(____)",
    ),
)
def test_clients_that_connect_together_stay(service: Service) -> None:
    """Clients that connect together all stay, and each receives only the newest number of watchers."""
    crowd_size = 40
    with service.client(watchers_per_client=crowd_size) as client:
        lot, ada = create_lot(client), service.login(client, "ada")
        crowd = [_Connection(client, f"{lot}/live", reads=False) for _ in range(crowd_size - 1)]
        for each in crowd:
            each.wait_until_open()
        place_bid(client, lot, "20.00", ada)
        last = _Connection(client, f"{lot}/live", reads=False)
        crowd.append(last)
        last.wait_until_open()
        client.portal.call(_settle)  # type: ignore[union-attr]
        for each in crowd:
            each.read_on()
        client.portal.call(_settle)  # type: ignore[union-attr]
        codes = [each.code for each in crowd if each.code is not None]
        assert not codes, (
            f"when {crowd_size} clients connect before any of them reads, none is closed; "
            f"seen: {len(codes)} of them closed, the first with code {codes[0]}"
        )
        for each in crowd:
            each.wait_for('"watchers"')
            counts = [json.loads(text)["count"] for text in each.received if '"watchers"' in text]
            assert counts == [crowd_size], (
                f"a client that has read nothing until {crowd_size} clients watch receives one number, "
                f"{crowd_size}; seen: {', '.join(map(str, counts))}"
            )
            bids = [text for text in each.received if '"placed_at"' in text]
            assert each is last or len(bids) == 1, (
                "a bid that a client has not read yet is still sent after one more client connects; "
                f"seen: {len(bids)} of 1 bid"
            )
        place_bid(client, lot, "30.00", ada)
        for each in crowd:
            each.wait_for('"30.00"')


@requirement(
    exercise=1,
    hints=(
        "When a client leaves, what must happen to its subscription, so that the next client may connect?",
        "Exercise 1: `Channels.subscribe` in app/channels.py. Add the subscription before the block,"
        " remove it after it.",
        "subscriptions[subscription] = ____\ntry:\n    yield ____\nfinally:\n    del ____\n    ...",
    ),
)
def test_a_full_channel_refuses_with_503(service: Service) -> None:
    """When `watchers_per_lot` clients watch, the next one receives 503, until one disconnects."""
    with service.client(watchers_per_lot=2) as client:
        lot, other = create_lot(client), create_lot(client)
        with client.websocket_connect(f"{lot}/live"):
            with client.websocket_connect(f"{lot}/live"):
                status = handshake(client, f"{lot}/live")
                assert status == 503, (
                    f"with watchers_per_lot=2, a third client is refused with 503; seen: {named(status)}"
                )
                status = handshake(client, f"{other}/live")
                assert status == OPENED, f"the limit holds for each lot: another one is open; seen: {status}"
            status = handshake(client, f"{lot}/live")
            assert status == OPENED, f"after one client has left, the next may connect; seen: {status}"
        statuses = [handshake(client, f"{LOTS}/999999/live") for _ in range(3)]
        assert statuses == [404] * 3, (
            "a connection that was refused keeps no place, so a lot that does not exist is refused with 404 "
            f"each time; seen: {', '.join(map(named, statuses))}"
        )
    subscription = service.module("channels").Subscription()
    for number in range(100):
        subscription.put(str(number))
    oldest = service.run(_next_of, subscription)
    assert oldest == "0", (
        "a client that falls behind keeps what is in its queue: the oldest message is still the first, '0'; "
        f"seen: {oldest!r}"
    )


@requirement(
    exercise=1,
    hints=(
        "`_check_limits` counts the connections of each network. Where does it find them?",
        "Exercise 1: `Channels.subscribe` in app/channels.py stores the network of each subscription.",
        "subscriptions[subscription] = ____\ntry:\n    yield ____\nfinally:\n    del ____\n    ...",
    ),
)
def test_one_network_has_limited_places(service: Service) -> None:
    """One network has at most `watchers_per_client` connections to a lot; the next one receives 429."""
    with service.client(watchers_per_client=2) as client:
        lot, other = create_lot(client), create_lot(client)
        with client.websocket_connect(f"{lot}/live"):
            with client.websocket_connect(f"{lot}/live"):
                status = handshake(client, f"{lot}/live")
                assert status == 429, (
                    "with watchers_per_client=2, a third connection of one client is refused with 429; "
                    f"seen: {named(status)}"
                )
                status = client.get(f"{lot}/events").status_code
                assert status == 429, f"a stream counts like a connection and receives 429; seen: {status}"
                status = handshake(client, f"{other}/live")
                assert status == OPENED, f"the limit holds for each lot: another one is open; seen: {status}"
                _Connection(client, f"{lot}/live", host="192.0.2.7").wait_for('"state"')
            status = handshake(client, f"{lot}/live")
            assert status == OPENED, f"after one has disconnected, the client may connect; seen: {status}"
        for host in ("2001:db8::1", "2001:db8::5:6:7:8"):
            _Connection(client, f"{lot}/live", host=host).wait_for('"state"')
        status = _Connection(client, f"{lot}/live", host="2001:db8::2").refusal()
        assert status == 429, (
            "a third connection from one /64 network of IPv6, 2001:db8::/64, is refused with 429; "
            f"seen: {named(status)}"
        )
        for host in ("2001:db8:0:1::1", "::ffff:192.0.2.8", "::ffff:192.0.2.9", "::ffff:192.0.2.10"):
            _Connection(client, f"{lot}/live", host=host).wait_for('"state"')


@requirement(
    exercise=2,
    hints=(
        "One task waits for messages of the client. Which task sends while it waits?",
        "Exercise 2: `send_messages`, `receive_messages` and `serve_connection` in app/connection.py.",
        "async with asyncio.____() as tasks:\n"
        "    tasks.create_task(send_messages(...))\n"
        "    tasks.create_task(____)\n"
        "    tasks.create_task(monitor.____())",
    ),
)
def test_both_directions_work_at_the_same_time(service: Service) -> None:
    """A silent client receives each message in order; a client that sends is served while none arrives."""
    with service.client() as client:
        lot = create_lot(client)
        silent, talking = _Connection(client, f"{lot}/live"), _Connection(client, f"{lot}/live")
        silent.wait_for('"count":2')
        for number in range(3):
            client.portal.call(_publish, client, lot, f'{{"type": "event {number}"}}')  # type: ignore[union-attr]
        silent.wait_for('"event 2"')
        kinds = [kind for text in silent.received if "event" in (kind := json.loads(text)["type"])]
        assert kinds == ["event 0", "event 1", "event 2"], (
            f"a client that sends nothing receives three messages in order; seen: {', '.join(kinds)}"
        )
        for times in (1, 2):
            talking.send("no JSON")
            talking.wait_for('"problem"', times)


@requirement(
    exercise=2,
    hints=(
        "The client has disconnected. Which of your tasks learns of it, and what ends the others?",
        "Exercise 2: `receive_message` and `serve_connection` in app/connection.py. Which exception is"
        " the ordinary"
        " end of a connection?",
        'if message["type"] == ____:\n    raise WebSocketDisconnect(message["code"], ...)\n\n'
        "except* ____:\n    pass",
    ),
)
def test_a_client_that_disconnects_ends_its_tasks(service: Service) -> None:
    """When a client disconnects, its endpoint returns normally, and none of its tasks keeps running."""
    with service.client() as client:
        lot = create_lot(client)
        before = client.portal.call(_count_tasks)  # type: ignore[union-attr]
        connection = _Connection(client, f"{lot}/live")
        connection.wait_for('"watchers"')
        connection.disconnect()
        ended = connection.has_ended()
        assert ended, "when the client disconnects, the endpoint returns; seen: it still runs"
        error = connection.error()
        assert error is None, f"an ordinary end of a connection is no error; seen: {error!r}"
        after = client.portal.call(_count_tasks)  # type: ignore[union-attr]
        assert after == before, f"no task of the connection keeps running; seen: {after - before} more"


@requirement(
    exercise=2,
    hints=(
        "One connection is broken, and sending to it raises. Which task should meet this exception, and"
        " what ends then?",
        "Exercise 2: `send_messages` and `serve_connection` in app/connection.py. An exception ends the"
        " task group;"
        " `subscribe` then removes the subscription.",
        "async with asyncio.____() as tasks:\n"
        "    tasks.create_task(send_messages(...))\n"
        "    tasks.create_task(____)\n"
        "    tasks.create_task(monitor.____())",
    ),
)
def test_a_broken_connection_is_removed(service: Service) -> None:
    """A broken connection is removed at the next message, and the other clients receive that message."""
    with service.client() as client:
        lot, ada = create_lot(client), service.login(client, "ada")
        broken = _Connection(client, f"{lot}/live")
        broken.wait_for('"state"')
        with client.websocket_connect(f"{lot}/live") as websocket:
            receive(websocket, "state")
            count = watchers(websocket)
            assert count == 2, f"while two clients watch, the number of watchers is 2; seen: {count}"
            broken.cut = True
            place_bid(client, lot, "20.00", ada)
            amount = receive(websocket, "bid")["bid"]["amount"]
            assert amount == "20.00", f"the remaining client receives the bid of 20.00; seen: {amount}"
            count = watchers(websocket)
            assert count == 1, f"the remaining client receives the new number of watchers, 1; seen: {count}"


@requirement(
    exercise=2,
    hints=(
        "Which exception closes the connection with a code? Which of your functions raise it, and which"
        " one catches it?",
        "Exercise 2: `receive_message`, `receive_messages` and `serve_connection` in app/connection.py.",
        "if text is None:\n    raise ____(1003, ...)\nif len(text.____()) > MAX_MESSAGE_BYTES:\n   "
        " raise ____(1009, ...)",
    ),
)
def test_message_limits_close_the_connection(service: Service) -> None:
    """The close code is 1003 for bytes, 1009 for over 4096 bytes, 1008 for over ten messages a second."""
    with service.client() as client:
        live = f"{create_lot(client)}/live"
        with client.websocket_connect(live) as websocket:
            websocket.send_bytes(b"{}")
            code = close_code(websocket)
            assert code == 1003, f"a binary message closes the connection with code 1003; seen: {code}"
        with client.websocket_connect(live) as websocket:
            receive(websocket, "state")
            websocket.send_text("é" * 2048)
            status = receive(websocket, "problem")["problem"]["status"]
            assert status == 422, (
                f"a message of 4096 bytes is read, and, as it is no JSON, receives a 422; seen: {status}"
            )
            websocket.send_text("é" * 2048 + "x")
            code = close_code(websocket)
            assert code == 1009, f"a message of 4097 bytes closes the connection with 1009; seen: {code}"
        with client.websocket_connect(live) as websocket:
            for _ in range(10):
                websocket.send_json({"type": "pong"})
            websocket.send_text("the tenth was fine")
            for _ in range(60):
                websocket.send_json({"type": "pong"})
            code = close_code(websocket)
            assert code == 1008, f"seventy messages at once close the connection with 1008; seen: {code}"


@requirement(
    exercise=2,
    hints=(
        "Which object sends pings and notices that no reply came? Does it run as long as the connection?",
        "Exercise 2: `serve_connection` in app/connection.py starts `monitor.run()`; `receive_messages`"
        " counts each message.",
        "async with asyncio.____() as tasks:\n"
        "    tasks.create_task(send_messages(...))\n"
        "    tasks.create_task(____)\n"
        "    tasks.create_task(monitor.____())",
    ),
)
def test_a_client_without_a_pong_is_closed(service: Service) -> None:
    """Every `heartbeat_seconds` the service sends a ping; without a pong it closes with code 1008."""
    with service.client(heartbeat_seconds=20) as client:
        live = f"{create_lot(client)}/live"
        lively, silent = _Connection(client, live), _Connection(client, live)
        for connection in (lively, silent):
            connection.wait_for('"state"')
        client.portal.call(_let_pass, 19.0)  # type: ignore[union-attr]
        seen = "".join(lively.received)
        assert '"ping"' not in seen, f"in the first 19 seconds the service sends no ping; seen: {seen[-100:]}"
        for pings in (1, 2, 3):
            client.portal.call(_let_pass, 20.5)  # type: ignore[union-attr]
            lively.wait_for('"ping"', pings)
            lively.send('{"type": "pong"}')
        assert lively.code is None, (
            f"the connection of a client that replies to each ping stays open; seen: close code {lively.code}"
        )
        code = silent.wait_for_close("a client that replies to no ping")
        assert code == 1008, f"a client that replies to no ping is closed with code 1008; seen: {code}"


@requirement(
    exercise=3,
    hints=(
        "An access log contains the URL with the ticket. What must have happened to the ticket before"
        " an attacker reads the log?",
        "Exercise 3: `Tickets.redeem` in app/tickets.py. Which method of a dict looks up and removes at"
        " once?",
        "ticket = self._issued.____(name, None)\n"
        "if ticket is None or ticket.lot_id != ____ or now >= ____:\n"
        "    raise InvalidTicket(...)",
    ),
)
def test_a_ticket_is_single_use(service: Service) -> None:
    """A ticket is single-use and valid for its lot and for 30 seconds; otherwise the response is 401."""
    app = service.create_app()
    start = datetime.now(UTC)
    clock = [start]
    app.dependency_overrides[service.module("dependencies").get_clock] = lambda: lambda: clock[0]
    with service.client(app) as client:
        lot, other = create_lot(client, opens_at=None), create_lot(client)
        ada = service.login(client, "ada")
        ticket = get_ticket(client, lot, ada)
        second = get_ticket(client, lot, ada)
        assert ticket != second, (
            f"two requests for a ticket return two different tickets; seen: {ticket!r} twice"
        )
        status = client.post(f"{lot}/tickets", headers={"Authorization": ""}).status_code
        assert status == 401, f"without an access token, POST {lot}/tickets responds with 401; seen: {status}"
        status = handshake(client, f"{lot}/live?ticket={ticket}")
        assert status == OPENED, f"the first connection with a ticket is opened; seen: {status}"
        status = handshake(client, f"{lot}/live?ticket={ticket}")
        assert status == 401, (
            f"a second connection with the same ticket is refused with 401; seen: {named(status)}"
        )
        status = handshake(client, f"{lot}/live?ticket=nonsense")
        assert status == 401, f"a ticket that was never created is refused with 401; seen: {named(status)}"
        shown = get_ticket(client, lot, ada)
        with _log_records() as records:
            status = handshake(client, f"{other}/live?ticket={shown}")
            again = handshake(client, f"{lot}/live?ticket={shown}")
        assert status == 401, (
            f"a ticket that was created for another lot is refused with 401; seen: {named(status)}"
        )
        assert again == 401, (
            "a ticket that was shown at another lot is spent, so its own lot refuses it with 401; "
            f"seen: {named(again)}"
        )
        leaked = [line for line in records if shown in line]
        assert not leaked, f"no log record contains a ticket; seen: {leaked[0].replace(shown, '•••')}"
        late, later = get_ticket(client, lot, ada), get_ticket(client, lot, ada)
        clock[0] = start + timedelta(seconds=29)
        status = handshake(client, f"{lot}/live?ticket={late}")
        assert status == OPENED, f"a ticket is still valid after 29 seconds; seen: {status}"
        clock[0] = start + timedelta(seconds=30)
        status = handshake(client, f"{lot}/live?ticket={later}")
        assert status == 401, f"a ticket is refused with 401 after 30 seconds; seen: {named(status)}"


@requirement(
    exercise=3,
    hints=(
        "A page of another site opens a WebSocket to your service. Which header says whose page it is?",
        "Exercise 3: `is_allowed_origin` in app/origins.py, and `check_origin` in app/dependencies.py."
        " Which part of an"
        " origin must equal the header `Host`?",
        "if origin is None or origin in ____:\n    return ____\n"
        'return origin.____("://")[2].casefold() == host.____()',
    ),
)
def test_only_allowed_origins_connect(service: Service) -> None:
    """A page of this host or of `cors_origins` may open the connection; any other page receives 403."""
    with service.client(cors_origins=["https://shop.example.com"]) as client:
        live = f"{create_lot(client)}/live"
        for origin in ("http://testserver", "https://testserver", "https://shop.example.com"):
            status = handshake(client, live, Origin=origin)
            assert status == OPENED, f"a page with the origin {origin} may connect; seen: {status}"
        status = handshake(client, live)
        assert status == OPENED, (
            f"a client that is no page, and sends no header Origin, may connect; seen: {status}"
        )
        for origin in (
            "https://evil.example.com",
            "http://testserver.evil.example.com",
            "http://eviltestserver",
            "http://testserver:8080",
            "http://evil.example.com/testserver",
            "http://shop.example.com",
            "http://[",
            "http://test",
            "http://server",
            "https://shop.example",
            "https://shop.example.com.evil.example",
            "https://shop.example.com:8443",
            "null",
        ):
            status = handshake(client, live, Origin=origin)
            assert status == 403, (
                f"a page with the origin {origin} is refused with 403; seen: {named(status)}"
            )
        for origin, expected in (("http://testserver:8080", OPENED), ("http://testserver", 403)):
            status = handshake(client, live, Origin=origin, Host="testserver:8080")
            assert status == expected, (
                f"with the Host testserver:8080, a page with the origin {origin} receives {expected}; "
                f"seen: {named(status)}"
            )


@requirement(
    exercise=4,
    hints=(
        "A client connects to a lot. Which two things must it know, and from which object do they come?",
        "Exercise 4: `get_subscription` and `watch_lot` in app/routers/live.py.",
        "state = LotState(lot=____(lot, connection, now), now=____)\n"
        'subscription.put_latest("state", state.model_dump_json())\n'
        "channels.____(lot_id)",
    ),
)
def test_the_state_equals_the_lot_over_http(service: Service) -> None:
    """The first message has the lot as over HTTP, and the service's time; without a lot there is a 404."""
    with service.client() as client:
        lot = create_lot(client, title="A snuffbox")
        with client.websocket_connect(f"{lot}/live") as websocket:
            first = receive(websocket, "state")
            over_http = client.get(lot).json()
            assert first.get("lot") == over_http, (
                f'"lot" in the state equals the response to GET {lot}; seen: {first.get("lot")}'
            )
            assert datetime.fromisoformat(first["now"]).tzinfo, (
                f'"now" is the time of the service, with a time zone; seen: {first["now"]!r}'
            )
        status = handshake(client, f"{LOTS}/999999/live")
        assert status == 404, (
            f"the connection of a lot that does not exist is refused with 404; seen: {named(status)}"
        )


@requirement(
    exercise=4,
    hints=(
        "A bid arrives while your dependency reads the lot. Is the client subscribed by then?",
        "Exercise 4: the order of the lines in `get_subscription`, in app/routers/live.py.",
        "with channels.____(lot_id, network_of(connection)) as subscription:\n"
        "    async with sessions() as session:\n"
        "        lot, now = await ____(lot_id, LotRepository(session)), clock()",
    ),
)
def test_no_bid_is_lost_while_a_client_connects(service: Service) -> None:
    """An event that arrives while the lot is read for a new client reaches this client too."""
    with service.client() as client:
        lot = create_lot(client)
        lot_id, early = int(lot.rsplit("/", 1)[1]), '{"type": "early"}'

        def publish(*args: Any) -> None:
            if "FROM lots" in args[2]:
                client.app_state["channels"].publish(lot_id, early)

        event.listen(_engine(client), "before_cursor_execute", publish)
        try:
            connection = _Connection(client, f"{lot}/live")
            connection.wait_for('"watchers"')
        finally:
            event.remove(_engine(client), "before_cursor_execute", publish)
        client.portal.call(_settle)  # type: ignore[union-attr]
        assert early in connection.received, (
            "an event that is published while the lot is read from the database is sent to the new client; "
            f"seen: {', '.join(json.loads(text)['type'] for text in connection.received)}"
        )


@requirement(
    exercise=4,
    hints=(
        "A bid came over HTTP. Which clients must receive it, and which must not?",
        "Exercise 4: `place_bid` in app/routers/bids.py. What runs after the commit and the response?",
        "tasks.add_task(broadcast, ____, lot.id, bid_event(____))",
    ),
)
def test_a_bid_over_http_reaches_every_watcher(service: Service) -> None:
    """A bid over HTTP is sent to every client that watches this lot, and to no other client."""
    with service.client() as client:
        lot, other = create_lot(client), create_lot(client, title="A lamp")
        ada = service.login(client, "ada")
        with (
            client.websocket_connect(f"{lot}/live") as one,
            client.websocket_connect(f"{lot}/live") as two,
            client.websocket_connect(f"{other}/live") as elsewhere,
        ):
            for websocket in (one, two, elsewhere):
                receive(websocket, "state")
            place_bid(client, lot, "12.50", ada)
            place_bid(client, other, "99.00", ada)
            for websocket in (one, two):
                message = receive(websocket, "bid")
                amount = message["bid"]["amount"]
                assert amount == "12.50", f'the message has the amount of the bid, "12.50"; seen: {amount!r}'
                bidder = message["bid"]["bidder"]["name"]
                assert bidder == "ada", f'the message names the bidder, "ada"; seen: {bidder!r}'
                assert message["lot"] == client.get(lot).json(), (
                    f'"lot" in the message equals the lot after the bid; seen: {message["lot"]}'
                )
            amount = receive(elsewhere, "bid")["bid"]["amount"]
            assert amount == "99.00", (
                "a client that watches another lot receives only the bids on that lot, here 99.00;"
                f" seen: a bid of {amount}"
            )


@requirement(
    exercise=4,
    hints=(
        "When is a bid stored for good? What runs after the commit, and what before?",
        "Exercise 4 has two places: `place_bid` in app/routers/bids.py, where a background task sends the"
        " event, and `handle_bid` in app/routers/live.py. Where does its session commit, and where does it"
        " publish the event?",
        "tasks.add_task(broadcast, ____, lot.id, ____)\n\n"
        "async with context.sessions.____() as session:\n    ...\ncontext.channels.____(context.lot_id,"
        " ____)",
    ),
)
def test_only_committed_bids_are_sent(service: Service) -> None:
    """No client receives a bid that was refused, or a bid whose commit failed."""
    with service.client(raise_server_exceptions=False) as client:
        lot, ada = create_lot(client), service.login(client, "ada")
        with client.websocket_connect(f"{lot}/live") as websocket:
            receive(websocket, "state")
            with _failing_commits(client):
                status = client.post(f"{lot}/bids", json={"amount": "20.00"}, headers=ada).status_code
            assert status >= 500, f"when the commit fails, the status code is 500 or above; seen: {status}"
            client.post(f"{lot}/bids", json={"amount": "1.00"}, headers=ada)
            with (
                suppress(Exception),
                client.websocket_connect(f"{lot}/live?ticket={get_ticket(client, lot, ada)}") as bidding,
            ):
                receive(bidding, "state")
                with _failing_commits(client):
                    bidding.send_json({"type": "bid", "amount": "25.00"})
                    while '"watchers"' in bidding.receive().get("text", ""):
                        pass
            place_bid(client, lot, "30.00", ada)
            amount = receive(websocket, "bid")["bid"]["amount"]
            assert amount == "30.00", (
                "the first bid that is sent to the watchers is the first that was committed, 30.00;"
                f" seen: a bid of {amount}"
            )


@requirement(
    exercise=4,
    hints=(
        "An SMTP server may take half a minute. Who waits for it: the watchers, the bidder, or no client?",
        "Exercise 4: the order of the tasks in `place_bid`, and `context.task_runner.start` in `handle_bid`.",
        "tasks.add_task(____, channels, lot.id, event)  # first\n\n"
        "context.channels.publish(...)\n"
        "context.task_runner.start(notifications.____(send, context.email_context, bid.id))",
    ),
)
def test_the_watchers_come_before_the_e_mails(service: Service) -> None:
    """A bid reaches the watchers after its commit and before the e-mails, which delay no message."""
    with service.client() as client, _order_of(service, client) as order:
        lot = create_lot(client)
        ada, bob = service.login(client, "ada"), service.login(client, "bob")
        mailer = client.app_state["mailer"] = _Mailer(order)
        with client.websocket_connect(f"{lot}/live") as websocket:
            receive(websocket, "state")
            order.clear()
            place_bid(client, lot, "12.50", ada)
        http = [each for each in order if each != "commit"]
        assert http[:2] == ["bid, on the event loop", "e-mail to ada@example.com"], (
            "a bid over HTTP is sent to the watchers, on the event loop, before the first e-mail; "
            f"seen: {', '.join(http) or 'neither'}"
        )
        assert "commit" in order[: order.index(http[0])], (
            f"the watchers receive a bid after its commit; seen: {', '.join(order)}"
        )
        with client.websocket_connect(f"{lot}/live?ticket={get_ticket(client, lot, bob)}") as websocket:
            receive(websocket, "state")
            order.clear()
            mailer.stuck = True
            websocket.send_json({"type": "bid", "amount": "20.00"})
            receive(websocket, "bid")
            websocket.send_text("no JSON")
            problem = _Patience(client, mailer)
            with problem:
                receive(websocket, "problem")
            assert not problem.lost, (
                "the reply to the next message does not wait for the e-mails of a bid; "
                f"seen: no reply within {ENOUGH / 2:g} seconds"
            )
            mailer.release(client)
        mails = sorted(each for each in order if each.startswith("e-mail"))
        assert mails == ["e-mail to ada@example.com", "e-mail to bob@example.com"], (
            "a bid over the connection leads to two e-mails, a receipt to Bob and a notice to Ada; "
            f"seen: {', '.join(mails) or 'no e-mail'}"
        )
        first = next((number for number, each in enumerate(order) if each.startswith("task")), None)
        assert first is None or "commit" in order[:first], (
            f"an e-mail about a bid is begun after its commit; seen: {', '.join(order)}"
        )


@requirement(
    exercise=4,
    hints=(
        "Which object waits for what is still running when the service ends?",
        "Exercise 4: `handle_bid` in app/routers/live.py. `context.task_runner` keeps its tasks,"
        " `log_errors` logs.",
        "context.task_runner.____(notifications.____(send, context.email_context, bid.id))",
    ),
)
def test_an_e_mail_survives_the_end_of_the_service(service: Service) -> None:
    """An e-mail about a bid over the connection is sent before the service ends; one that fails is logged."""
    with service.client() as client, _order_of(service, client) as order:
        lot, ada = create_lot(client), service.login(client, "ada")
        mailer = client.app_state["mailer"] = _Mailer(order)
        with client.websocket_connect(f"{lot}/live?ticket={get_ticket(client, lot, ada)}") as websocket:
            receive(websocket, "state")
            mailer.slow = True
            websocket.send_json({"type": "bid", "amount": "20.00"})
            receive(websocket, "bid")
    assert "e-mail to ada@example.com" in order, (
        "when the service ends, it waits for the e-mails that it has begun; seen: no e-mail was sent"
    )
    with _log_records() as records, service.client(log_level="INFO") as client:
        client.app_state["mailer"] = _Mailer([], fails=True)
        ticket = get_ticket(client, lot, service.login(client, "bob"))
        with client.websocket_connect(f"{lot}/live?ticket={ticket}") as websocket:
            receive(websocket, "state")
            websocket.send_json({"type": "bid", "amount": "30.00"})
            receive(websocket, "bid")
    asyncios = "Task exception was never retrieved"
    failed = [line for line in records if "the mailer is broken" in line and not line.startswith(asyncios)]
    assert failed, (
        "an e-mail that fails is logged with its exception, RuntimeError: the mailer is broken; "
        f"seen: {records[-1][:200] if records else 'no log record'}"
    )


@requirement(
    exercise=4,
    hints=(
        "An SMTP server does not respond, and the service must end. For how long may it wait?",
        "Exercise 4: `handle_bid` in app/routers/live.py. `context.task_runner` waits for its tasks, and"
        " cancels"
        " the rest after `shutdown_seconds`.",
        "context.task_runner.____(notifications.____(send, context.email_context, bid.id))",
    ),
)
def test_shutdown_cancels_a_stuck_e_mail(service: Service) -> None:
    """After `shutdown_seconds` a service that ends cancels the e-mails that are not sent, and logs that."""
    with _log_records() as records:
        with service.client(shutdown_seconds=0.2, log_level="INFO") as client:
            lot, ada = create_lot(client), service.login(client, "ada")
            mailer = client.app_state["mailer"] = _Mailer([])
            mailer.stuck = True
            with client.websocket_connect(f"{lot}/live?ticket={get_ticket(client, lot, ada)}") as websocket:
                receive(websocket, "state")
                websocket.send_json({"type": "bid", "amount": "20.00"})
                receive(websocket, "bid")
            client.portal.call(_settle)  # type: ignore[union-attr]
            patience = _Patience(client, mailer)
            patience.__enter__()
        patience.__exit__()
    assert not patience.lost, (
        "with shutdown_seconds=0.2 and an e-mail that is stuck, the service ends; "
        f"seen: it still waits after {ENOUGH / 2:g} seconds"
    )
    logged = [line for line in records if "cancel" in line]
    assert logged, (
        "the log says that background tasks were cancelled; "
        f"seen: {records[-1][:200] if records else 'no log record'}"
    )


@requirement(
    exercise=4,
    hints=(
        "Over HTTP, which function removes the amount of a sealed bid? Does the event go through it?",
        "Exercise 4: `bid_event` in app/routers/bids.py, and the background task in `place_bid`.",
        "BidEvent(bid=____(bid, lot, now), lot=lot_read).model_dump_json()",
    ),
)
def test_a_sealed_amount_is_not_sent(service: Service) -> None:
    """For a bid on a sealed lot, the watchers receive a message without the amount."""
    with service.client() as client:
        lot = create_lot(client, kind="sealed")
        with client.websocket_connect(f"{lot}/live") as websocket:
            receive(websocket, "state")
            place_bid(client, lot, "77.77", service.login(client, "ada"))
            message = receive(websocket, "bid")
            count = message["lot"]["bid_count"]
            assert count == 1, f"`bid_count` in the message is 1 after the first bid; seen: {count}"
            text = json.dumps(message)
            assert "77.77" not in text, (
                f"the amount of a sealed bid, 77.77, appears nowhere in the message; seen: {text}"
            )


@requirement(
    exercise=4,
    hints=(
        "A connection stays open for hours. For how long does it need a session?",
        "Exercise 4: `get_subscription` and `watch_lot` in app/routers/live.py. Which of their"
        " dependencies has a session?",
        "async with ____() as session:\n    lot, now = await get_lot(lot_id, LotRepository(session)),"
        " clock()",
    ),
)
def test_watching_uses_no_database_connection(service: Service) -> None:
    """An open WebSocket that only watches keeps no connection of the database pool."""
    with _two_watchers(service) as (_, _, out, _, _):
        held = len(out)
        assert held == 0, (
            "while two clients only watch, no database connection is checked out of the pool;"
            f" seen: {held} checked out"
        )


@requirement(
    exercise=4,
    hints=(
        "Which session does a bid over the connection use, and when does it commit?",
        "Exercise 4: `handle_bid` in app/routers/live.py: a session, a bid, and the event after the commit.",
        "async with context.sessions.____() as session:\n"
        "    bid, lot = await place_bid(context, amount, session)\n"
        "    event = bid_event(...)\n"
        "context.channels.____(context.lot_id, event)",
    ),
)
def test_a_ticket_allows_bids(service: Service) -> None:
    """With a ticket, a user can bid over the connection; without one, a client only receives messages."""
    with service.client() as client:
        lot, ada = create_lot(client), service.login(client, "ada")
        with (
            client.websocket_connect(f"{lot}/live") as anonymous,
            client.websocket_connect(f"{lot}/live?ticket={get_ticket(client, lot, ada)}") as bidder,
        ):
            receive(anonymous, "state")
            receive(bidder, "state")
            anonymous.send_json({"type": "bid", "amount": "500.00"})
            status = receive(anonymous, "problem")["problem"]["status"]
            assert status == 401, f"a bid without a ticket receives a problem, status 401; seen: {status}"
            bidder.send_json({"type": "bid", "amount": "20.00"})
            for websocket in (bidder, anonymous):
                name = receive(websocket, "bid")["bid"]["bidder"]["name"]
                assert name == "ada", f'each watcher receives the name of the bidder, "ada"; seen: {name!r}'
            stored = [each["amount"] for each in client.get(f"{lot}/bids").json()["items"]]
            assert stored == ["20.00"], (
                f"GET {lot}/bids lists one bid, the 20.00 with a ticket; seen: {', '.join(stored) or 'none'}"
            )


@requirement(
    exercise=4,
    hints=(
        "A bid that is too low receives a message with the reason. Which two types of exception are"
        " ordinary here?",
        "Exercise 4: `handle_message` in app/routers/live.py: validate, handle the bid, and send a problem.",
        "try:\n    message = MESSAGE.____(text)\n    ...\nexcept (____, ____) as error:\n   "
        " send_problem(context.subscription, error)",
    ),
)
def test_a_problem_keeps_the_connection_open(service: Service) -> None:
    """A refused bid and an invalid message receive a problem; the connection stays open."""
    app = service.create_app()
    clock = [datetime.now(UTC) + timedelta(minutes=1)]
    app.dependency_overrides[service.module("dependencies").get_clock] = lambda: lambda: clock[0]
    with service.client(app) as client:
        lot, ada = create_lot(client), service.login(client, "ada")
        seller = get_ticket(client, lot, {})
        with client.websocket_connect(f"{lot}/live?ticket={seller}") as websocket:
            websocket.send_json({"type": "bid", "amount": "20.00"})
            receive(websocket, "state")
            status = receive(websocket, "problem")["problem"]["status"]
            assert status == 403, f"a seller's bid on their own lot receives a problem, 403; seen: {status}"
        with client.websocket_connect(f"{lot}/live?ticket={get_ticket(client, lot, ada)}") as websocket:
            receive(websocket, "state")
            for sent, status in (
                ('{"type": "bid", "amount": "9.99"}', 409),
                ('{"type": "bid", "amount": "-1"}', 422),
                ('{"type": "bid"}', 422),
                ('{"type": "hammer"}', 422),
                ("going, going", 422),
            ):
                websocket.send_text(sent)
                problem = receive(websocket, "problem")["problem"]
                assert problem.get("status") == status, (
                    f"the message {sent} receives a problem, status {status}; seen: {problem.get('status')}"
                )
                assert problem.get("title"), f"a problem has a title, as over HTTP; seen: {problem}"
            websocket.send_json({"type": "bid", "amount": "20.00"})
            count = receive(websocket, "bid")["lot"]["bid_count"]
            assert count == 1, (
                f"after five refused messages a valid bid is accepted, and `bid_count` is 1; seen: {count}"
            )
            clock[0] += timedelta(days=8)
            websocket.send_json({"type": "bid", "amount": "30.00"})
            status = receive(websocket, "problem")["problem"]["status"]
            assert status in {401, 409}, (
                f"a bid after the lot has closed receives a problem, status 401 or 409; seen: {status}"
            )


@requirement(
    exercise=2,
    hints=(
        "`handle_message` raised an unexpected exception. Who must learn of it: the client,"
        " the log, or both?",
        "Exercise 2: the last `except*` clause of `serve_connection` in app/connection.py.",
        "except* Exception as group:\n    await ____(websocket, group.exceptions[0])\n    ____",
    ),
)
def test_an_unexpected_error_closes_with_1011(service: Service) -> None:
    """An unexpected exception closes the connection with code 1011, and it is raised again for the log."""
    with service.client() as client:
        lot, ada = create_lot(client), service.login(client, "ada")
        path = f"{lot}/live"
        connection = _Connection(client, path, query=f"ticket={get_ticket(client, lot, ada)}")
        connection.wait_for('"watchers"')
        with _failing_commits(client, "before_cursor_execute"):
            connection.send('{"type": "bid", "amount": "20.00"}')
            code = connection.wait_for_close("a client whose bid could not be stored")
            connection.has_ended()
        assert code == 1011, f"an exception that is no refusal closes with code 1011; seen: {code}"
        raised = repr(connection.error())
        assert "the disk is full" in raised, (
            f"the exception leaves the endpoint, so that the server logs it; seen: {raised}"
        )


@requirement(
    exercise=4,
    hints=(
        "A connection is open for hours. When does the service check again who the bidder is?",
        "Exercise 4: `handle_bid` in app/routers/live.py: a session, a bid by `place_bid`, and the event.",
        "async with context.sessions.____() as session:\n"
        "    bid, lot = await place_bid(context, amount, session)\n"
        "    event = bid_event(...)\n"
        "context.channels.____(context.lot_id, event)",
    ),
)
def test_a_revoked_user_cannot_bid(service: Service) -> None:
    """A user who has revoked their tokens cannot bid any more, not even over an open connection."""
    with service.client() as client:
        lot, ada = create_lot(client), service.login(client, "ada")
        with client.websocket_connect(f"{lot}/live?ticket={get_ticket(client, lot, ada)}") as websocket:
            receive(websocket, "state")
            status = client.post("/auth/revoke", headers=ada).status_code
            assert status == 204, (
                f"POST /auth/revoke revokes the tokens and responds with 204; seen: {status}"
            )
            websocket.send_json({"type": "bid", "amount": "20.00"})
            message = websocket.receive()
            while '"watchers"' in message.get("text", ""):
                message = websocket.receive()
            seen = message.get("text", "")
            refused = message["type"] == "websocket.close" or '"problem"' in seen
            assert refused, (
                "a bid after the tokens were revoked receives a problem, or the connection is closed;"
                f" seen: {seen[:120]}"
            )
        total = client.get(f"{lot}/bids").json()["total"]
        assert total == 0, f"a bid after the tokens were revoked is not stored; seen: {total} bid(s)"


@requirement(
    exercise=4,
    hints=(
        "A connection stays open for hours. For how long does one message need a session?",
        "Exercise 4: `handle_bid` in app/routers/live.py: a session, a bid, and the event after the commit.",
        "async with context.sessions.____() as session:\n"
        "    bid, lot = await place_bid(context, amount, session)\n"
        "    event = bid_event(...)\n"
        "context.channels.____(context.lot_id, event)",
    ),
)
def test_a_bid_returns_its_database_connection(service: Service) -> None:
    """After a bid over a WebSocket no connection of the database pool is kept."""
    with _two_watchers(service) as (client, lot, out, one, two):
        two.send_json({"type": "bid", "amount": "20.00"})
        receive(one, "bid")
        count = client.get(lot).json()["bid_count"]
        assert count == 1, (
            f"a bid is stored before the watchers receive it, so `bid_count` is 1 by then; seen: {count}"
        )
        two.send_json({"type": "bid", "amount": "1.00"})
        receive(two, "bid")
        receive(two, "problem")
        client.portal.call(_settle)  # type: ignore[union-attr]
        held = len(out)
        assert held == 0, (
            "after one accepted and one refused bid, no database connection is checked out of the pool;"
            f" seen: {held} checked out"
        )


@requirement(
    exercise=5,
    hints=(
        "A client that only receives needs one direction. What does a path operation look like that streams?",
        "Exercise 5: `stream_events` in app/routers/live.py: declare `SubscriptionDep`, and yield each"
        " message of its"
        " queue.",
        "async def stream_events(subscription: ____) -> ...:\n"
        "    while not subscription.fell_behind.is_set():\n"
        "        yield ServerSentEvent(raw_data=await subscription.____())",
    ),
)
def test_events_are_streamed(service: Service) -> None:
    """`GET …/events` streams the messages of the live connection as server-sent events."""
    with service.client() as client:
        lot, ada = create_lot(client), service.login(client, "ada")
        status = client.get(f"{LOTS}/999999/events").status_code
        assert status == 404, f"the stream of a lot that does not exist responds with 404; seen: {status}"
        stream = _Connection(client, f"{lot}/events", kind="http")
        stream.wait_for('"state"')
        assert stream.status == 200, f"the stream responds with 200; seen: {stream.status}"
        assert stream.media_type.startswith("text/event-stream"), (
            f"the media type of the stream is text/event-stream; seen: {stream.media_type!r}"
        )
        place_bid(client, lot, "20.00", ada)
        stream.wait_for('"bid"')
        events = [
            line.removeprefix("data:") for line in "".join(stream.received).splitlines() if "data:" in line
        ]
        kinds = [json.loads(each)["type"] for each in events]
        assert kinds[0] == "state", f'the first event has the type "state"; seen: {kinds[0]!r}'
        assert "bid" in kinds, f'a bid is an event of the type "bid"; seen: {kinds}'
        with client.websocket_connect(f"{lot}/live") as websocket:
            receive(websocket, "state")
            count = watchers(websocket)
            assert count == 2, (
                f"a client that reads the stream is counted as a watcher, so there are 2; seen: {count}"
            )
            stream.disconnect()
            count = watchers(websocket)
            assert count == 1, (
                f"when the client of the stream disconnects, the number of watchers is 1 again; seen: {count}"
            )
        slow = _Connection(client, f"{lot}/events", kind="http")
        slow.wait_for('"state"')
        slow.stop_reading()
        for _ in range(100):
            client.portal.call(_publish, client, lot, '{"type": "ping"}')  # type: ignore[union-attr]
        slow.read_on()
        ended = slow.has_ended()
        assert ended, (
            "the stream of a client that left 100 messages unread ends, so that the browser connects again; "
            "seen: it goes on"
        )


@requirement(
    exercise=5,
    hints=(
        "The client stops reading, so your `yield` waits. Which code still notices it, and ends the stream?",
        "Exercise 5: `SendTimeoutMiddleware` in app/middleware.py. Wrap `send` in a function with a time"
        " limit.",
        "async def send_in_time(message: Message) -> None:\n"
        "    async with asyncio.____(self.seconds):\n"
        "        await ____(message)",
    ),
)
def test_an_unread_stream_ends(service: Service) -> None:
    """A stream whose client stops reading ends within `heartbeat_seconds`, and its place is free again."""
    with service.client(heartbeat_seconds=20, watchers_per_lot=1) as client:
        lot = create_lot(client)
        reading = _Connection(client, f"{create_lot(client)}/events", kind="http")
        reading.wait_for('"watchers"')
        client.portal.call(_let_pass, 21.0)  # type: ignore[union-attr]
        client.portal.call(_settle)  # type: ignore[union-attr]
        assert not reading.is_done(), (
            "the stream of a client that reads goes on after heartbeat_seconds=20; seen: it has ended"
        )
        stream = _Connection(client, f"{lot}/events", kind="http")
        stream.wait_for('"watchers"')
        stream.stop_reading()
        client.portal.call(_publish, client, lot, '{"type": "ping"}')  # type: ignore[union-attr]
        client.portal.call(_settle)  # type: ignore[union-attr]
        client.portal.call(_let_pass, 21.0)  # type: ignore[union-attr]
        ended = stream.has_ended()
        assert ended, (
            "the stream of a client that reads nothing ends after heartbeat_seconds=20; "
            "seen: after 21 seconds it goes on"
        )
        status = handshake(client, f"{lot}/live")
        assert status == OPENED, (
            f"when the stream has ended, its place is free, and the next client may connect; seen: {status}"
        )


@requirement(given=True)
def test_the_page_loads_only_its_own_files(service: Service) -> None:
    """`/watch/` is a page that loads only files of this service, under a strict policy; `/docs` works."""
    with service.client() as client:
        page = client.get("/watch/")
        assert page.status_code == 200, f"GET /watch/ responds with 200; seen: {page.status_code}"
        media_type = page.headers["content-type"]
        assert media_type.startswith("text/html"), f"GET /watch/ returns HTML; seen: {media_type}"
        policy = page.headers.get("content-security-policy", "")
        assert "default-src 'none'" in policy, (
            f"the Content-Security-Policy of /watch/ has default-src 'none'; seen: {policy!r}"
        )
        assert "unsafe" not in policy, f"the Content-Security-Policy allows nothing unsafe; seen: {policy!r}"
        assert "//" not in policy, f"the Content-Security-Policy allows no other host; seen: {policy!r}"
        for target in re.findall(r'(?:src|href)="([^"#]+)"', page.text):
            status = client.get(f"/watch/{target}").status_code
            assert status == 200, f"GET /watch/{target} responds with 200; seen: {status}"
        docs = client.get("/docs")
        assert docs.status_code == 200, f"GET /docs responds with 200; seen: {docs.status_code}"
        policy = docs.headers.get("content-security-policy", "")
        assert "script-src" not in policy, (
            f"/docs has no Content-Security-Policy that blocks its scripts; seen: {policy!r}"
        )


@requirement(given=True)
def test_the_start_page_names_the_live_page(service: Service) -> None:
    """GET / names the paths of the documentation and of the live page, with the prefix of a proxy."""
    app = service.create_app()
    with service.client(app, person=None) as client:
        for prefix in ("", "/auctions"):
            app.root_path = prefix
            try:
                named = client.get(f"{prefix}/").json()
                page = client.get(f"{prefix}/watch/")
            finally:
                app.root_path = ""
            expected = {"docs": f"{prefix}/docs", "live": f"{prefix}/watch/"}
            seen = {key: named.get(key) for key in expected}
            behind = f"behind a proxy with the prefix {prefix}" if prefix else "without a proxy"
            assert seen == expected, f"{behind}, GET / names the paths {expected}; seen: {seen}"
            assert page.status_code == 200, (
                f"{behind}, the live page is at {expected['live']}; seen: {page.status_code}"
            )


class _Connection:
    """A connection on the event loop of a client, driven by hand: it can do what no test client does.

    Args:
        reads: False for a client that reads nothing: whatever is sent to it waits for ever.
        kind: "websocket", or "http" for a stream.
        host: the address of the client.
        query: the query string of the URL.
    """

    def __init__(
        self,
        client: RecordingClient,
        path: str,
        *,
        reads: bool = True,
        kind: str = "websocket",
        host: str = "testclient",
        query: str = "",
    ) -> None:
        self._client, self._path, self._kind, self._host = client, path, kind, host
        self._query = query
        self.received: list[str] = []
        self.code: int | None = None
        self.status, self.media_type = 0, ""
        self.cut = False
        self._reading = asyncio.Event()
        if reads:
            self._reading.set()
        assert client.portal is not None, "the lifespan of the service runs; seen: no running event loop"
        self._portal = client.portal
        self._sent: asyncio.Queue[dict[str, Any]] = self._portal.call(self._begin)

    async def _begin(self) -> "asyncio.Queue[dict[str, Any]]":
        sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        sent.put_nowait(
            {"type": "websocket.connect"} if self._kind == "websocket" else {"type": "http.request"}
        )
        scope = {
            "type": self._kind,
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "scheme": "ws" if self._kind == "websocket" else "http",
            "method": "GET",
            "path": self._path,
            "raw_path": self._path.encode(),
            "root_path": "",
            "query_string": self._query.encode(),
            "headers": [(b"host", b"testserver")],
            "client": (self._host, 50000),
            "server": ("testserver", 80),
            "subprotocols": [],
            "extensions": {"websocket.http.response": {}},
            "state": dict(self._client.app_state),
        }
        self._task = asyncio.ensure_future(self._client.app(scope, sent.get, self._send))  # type: ignore[arg-type]
        self._task.add_done_callback(lambda task: task.cancelled() or task.exception())
        return sent

    async def _send(self, message: dict[str, Any]) -> None:
        match message["type"]:
            case "websocket.send" | "http.response.body":
                if self.cut:
                    raise OSError("the connection is broken")
                await self._reading.wait()
                self.received.append(message.get("text") or message.get("body", b"").decode())
            case "websocket.close":
                self.code = message.get("code", 1000)
            case "websocket.accept":
                self.status = OPENED
            case "http.response.start" | "websocket.http.response.start":
                self.status = message["status"]
                self.media_type = dict(message["headers"]).get(b"content-type", b"").decode()

    def send(self, text: str) -> None:
        """Send a message to the service."""
        self._portal.call(self._sent.put, {"type": "websocket.receive", "text": text})

    def disconnect(self) -> None:
        """Disconnect, as a browser does that closes its window."""
        message = {"type": f"{self._kind}.disconnect"} | ({"code": 1001} if self._kind == "websocket" else {})
        self._portal.call(self._sent.put, message)

    def stop_reading(self) -> None:
        """Read nothing more: whatever is sent waits."""
        self._portal.call(self._reading.clear)

    def read_on(self) -> None:
        """Read again."""
        self._portal.call(self._reading.set)

    def has_ended(self) -> bool:
        """Whether the service has ended the response by itself, within some seconds."""
        with suppress(AssertionError):
            self._portal.call(self._wait, self._task.done, "the response ends")
        return self._task.done()

    def is_done(self) -> bool:
        """Whether the service has ended the connection by now."""
        return self._task.done()

    def error(self) -> BaseException | None:
        """The exception with which the service ended the connection."""
        return self._task.exception() if self._task.done() and not self._task.cancelled() else None

    def wait_until_open(self) -> None:
        """Wait until the service has accepted the connection."""
        self._portal.call(self._wait, lambda: self.status == OPENED, "the service accepts the connection")

    def refusal(self) -> int:
        """The status code with which the service responds to the handshake."""
        self._portal.call(
            self._wait, lambda: self.status != 0, "the service accepts or refuses the connection"
        )
        return self.status

    def wait_for(self, text: str, times: int = 1) -> None:
        """Wait until a text was received so often."""
        expected = f"the service sends {text} on this connection" + (f", {times} times" if times > 1 else "")
        self._portal.call(self._wait, lambda: "".join(self.received).count(text) >= times, expected)

    def wait_for_close(self, of: str) -> int | None:
        """The code with which the service has closed the connection of this client."""
        expected = f"the service closes the connection of {of}"
        self._portal.call(self._wait, lambda: self.code is not None, expected)
        return self.code

    async def _wait(self, arrived: Callable[[], bool], expected: str) -> None:
        with anyio.move_on_after(ENOUGH):
            while not arrived() and not self._task.done():  # noqa: ASYNC110 - there is no event for it
                await asyncio.sleep(0)
        if not arrived() and self._task.done():
            self._task.result()  # what the service raised says more
        if not arrived():
            answer = "\n".join(f"← {text[:200]}" for text in self.received)
            method = "WEBSOCKET" if self._kind == "websocket" else "GET"
            self._client.exchanges.append(Exchange(method, self._path, "", self.status or None, answer))
            raise AssertionError(f"{expected}; seen: {self._seen()}")

    def _seen(self) -> str:
        if self.code is not None:
            return f"it closed the connection, code {self.code}"
        if self._task.done():
            return "its endpoint has returned"
        last = f"the last message is {self.received[-1][:200]}" if self.received else "no message"
        return f"after {ENOUGH:g} seconds, {last}"


class _Mailer:
    """A mailer that notes to whom it sends; `stuck` until it is released, `slow`, or failing each time."""

    def __init__(self, order: list[str], *, fails: bool = False) -> None:
        self.order, self.fails = order, fails
        self.stuck = self.slow = False
        self._released = asyncio.Event()

    async def send(self, mail: Any) -> None:
        if self.fails:
            raise RuntimeError("the mailer is broken")
        if self.stuck:
            await self._released.wait()
        if self.slow:
            await asyncio.sleep(0.05)
        self.order.append(f"e-mail to {mail['To']}")

    def release(self, client: RecordingClient) -> None:
        """Let what is stuck be sent."""
        client.portal.call(self._release)  # type: ignore[union-attr]

    async def _release(self) -> None:
        self._released.set()
        await _settle()


class _Patience:
    """While this lasts, a mailer that is stuck for too long is released; `lost` says whether it was."""

    def __init__(self, client: RecordingClient, mailer: _Mailer) -> None:
        self.lost = False
        self._client, self._mailer = client, mailer

    def __enter__(self) -> None:
        self._timer = threading.Timer(ENOUGH / 2, self._give_up)
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def _give_up(self) -> None:
        self.lost = True
        self._mailer.release(self._client)


@contextmanager
def _order_of(service: Service, client: RecordingClient) -> Iterator[list[str]]:
    """What happens in which order: each commit, each bid in a client's queue, each task."""
    order: list[str] = []
    subscription = service.module("channels").Subscription
    put, start = subscription.put, client.app_state["task_runner"].start

    def note_put(self: Any, message: str) -> None:
        if json.loads(message).get("type") == "bid":
            where = "on the event loop" if _loop_runs() else "in another thread"
            order.append(f"bid, {where}")
        put(self, message)

    def note_start(work: Any) -> None:
        order.append("task")
        start(work)

    def commit(_: object) -> None:
        order.append("commit")

    event.listen(_engine(client), "commit", commit)
    with (
        patch.object(subscription, "put", note_put),
        patch.object(client.app_state["task_runner"], "start", note_start),
    ):
        yield order
    with suppress(Exception):
        event.remove(_engine(client), "commit", commit)


def _loop_runs() -> bool:
    """Whether an event loop runs in this thread."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


@contextmanager
def _log_records() -> Iterator[list[str]]:
    """What is logged meanwhile, from INFO on, with facts and tracebacks; none of it is printed."""
    lines: list[str] = []
    form, logger = logging.Formatter(), logging.getLogger("gavel")
    level = logger.level

    def note(_: logging.Logger, record: logging.LogRecord) -> None:
        lines.append(f"{form.format(record)} {getattr(record, 'facts', '')}")

    logger.setLevel(logging.INFO)
    try:
        with patch.object(logging.Logger, "callHandlers", note):
            yield lines
    finally:
        logger.setLevel(level)


async def _come_and_go(channels: Any) -> None:
    """Subscribe to two lots, one after the other: once leave normally, once with an exception."""
    for error in (None, ConnectionResetError("the connection is broken")):
        for lot_id in (1, 2):
            with suppress(ConnectionResetError), channels.subscribe(lot_id, "192.0.2.1"):
                channels.publish(lot_id, "a message")
                if error is not None:
                    raise error


async def _next_of(subscription: Any) -> str:
    """The oldest message of a queue; empty if there is none."""
    with suppress(TimeoutError):
        async with asyncio.timeout(ENOUGH):
            return str(await subscription.get())
    return ""


async def _publish(client: RecordingClient, lot: str, message: str) -> None:
    """Send a message to the watchers of a lot."""
    client.app_state["channels"].publish(int(lot.rsplit("/", 1)[1]), message)


async def _count_tasks() -> int:
    """The number of tasks of the event loop that are not done, after those that are ready have run."""
    await _settle()
    return len(asyncio.all_tasks())


async def _settle() -> None:
    """Let every task that is ready run to its end."""
    for _ in range(50):
        await asyncio.sleep(0.001)


async def _let_pass(seconds: float) -> None:
    """Let the clock of the event loop jump, and let the tasks run that wait for that time."""
    loop = asyncio.get_running_loop()
    now = loop.time
    loop.time = lambda: now() + seconds  # type: ignore[method-assign]
    for _ in range(20):
        await asyncio.sleep(0)


def _engine(client: RecordingClient) -> Any:
    return client.app_state["engine"].sync_engine


@contextmanager
def _two_watchers(service: Service) -> Iterator[tuple[RecordingClient, str, dict[object, object], Any, Any]]:
    """A client, its lot, the connections that are out of the pool, and two watchers; the second may bid."""
    with service.client() as client, checked_out(_engine(client)) as out:
        lot, ada = create_lot(client), service.login(client, "ada")
        with (
            client.websocket_connect(f"{lot}/live") as one,
            client.websocket_connect(f"{lot}/live?ticket={get_ticket(client, lot, ada)}") as two,
        ):
            for websocket in (one, two):
                receive(websocket, "state")
            yield client, lot, out, one, two


@contextmanager
def _failing_commits(client: RecordingClient, moment: str = "commit") -> Iterator[None]:
    """While this lasts, the disk is full: no commit (or no query) reaches the database, and each raises."""

    def full(*_: object) -> None:
        raise OSError("the disk is full")

    event.listen(_engine(client), moment, full)
    try:
        yield
    finally:
        event.remove(_engine(client), moment, full)
