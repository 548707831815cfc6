"""What Gavel does from chapter 9 on: everyone who watches a lot hears of each bid, and nobody can stop it."""

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import anyio
from sqlalchemy import event
from starlette.testclient import WebSocketDenialResponse, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from course.engine.checkpoint.recording import RecordingClient
from course.engine.checkpoint.requirements import requirement
from course.engine.checkpoint.service import Service

LOTS = "/api/v1/lots"
ENOUGH = 5.0  # seconds in which whatever is to be heard has been heard


def put_up(client: RecordingClient, **changes: object) -> str:
    """Put a lot up; its address."""
    lot = {"title": "A long-case clock", "category": "clocks", "starting_price": "10.00", **changes}
    answer = client.post(LOTS, json=lot)
    assert answer.status_code == 201, f"POST {LOTS} puts a lot up and answers 201 Created"
    return f"{LOTS}/{answer.json()['id']}"


def bid(client: RecordingClient, lot: str, amount: object, who: dict[str, str]) -> None:
    """Bid over HTTP."""
    answer = client.post(f"{lot}/bids", json={"amount": str(amount)}, headers=who)
    assert answer.status_code == 201, f"a bid of {amount} over HTTP stands: 201"


def ticket(client: RecordingClient, lot: str, who: dict[str, str]) -> str:
    """A ticket for the live line of a lot."""
    answer = client.post(f"{lot}/tickets", headers=who)
    assert answer.status_code == 201, f"POST {lot}/tickets gives a ticket and answers 201"
    name = answer.json().get("ticket")
    assert isinstance(name, str), 'the answer has a "ticket", a text'
    return name


def hear(socket: WebSocketTestSession, kind: str) -> dict[str, Any]:
    """The next message of this type; `watchers` and `ping` may come between."""
    while True:
        message: dict[str, Any] = socket.receive_json()
        if message.get("type") == kind:
            return message
        assert message.get("type") in {"watchers", "ping"}, f'the next message is of the type "{kind}"'


def refused(client: RecordingClient, address: str, **headers: str) -> int:
    """The status with which a line is refused before it is opened; 101 where it is not."""
    try:
        with client.websocket_connect(address, headers=headers):
            return 101
    except WebSocketDenialResponse as answer:
        return answer.status_code
    except WebSocketDisconnect:
        return 403  # what a server makes of a close before the accept


def closing(socket: WebSocketTestSession) -> int | None:
    """The code with which the service ends a line; whatever it says before is passed over."""
    while (message := socket.receive())["type"] != "websocket.close":
        pass
    code: int | None = message.get("code")
    return code


@requirement(
    exercise=1,
    hints=(
        "The state of the lot lies on a seat. How does a message get there without anybody waiting?",
        "Exercise 1: `Seat.tell` in app/live.py. `put_nowait` never waits. And when there is no room?",
        "try:\n    self._news.____(news)\nexcept asyncio.____:\n    self.fell_behind.____()",
    ),
)
def test_whoever_opens_the_line_is_told_the_lot(service: Service) -> None:
    """Whoever opens the live line of a lot is told its state first, and then how many watch."""
    with service.client() as client:
        lot = put_up(client, title="A snuffbox")
        with client.websocket_connect(f"{lot}/live") as socket:
            first = socket.receive_json()
            assert first.get("type") == "state", 'the first message is of the type "state"'
            assert first.get("lot") == client.get(lot).json(), '"lot" is the lot as `GET` shows it'
            assert datetime.fromisoformat(first["now"]).tzinfo, (
                '"now" is the house\'s clock, with a time zone'
            )
            assert hear(socket, "watchers").get("count") == 1, "one person watches"
            with client.websocket_connect(f"{lot}/live") as other:
                hear(other, "state")
                assert hear(socket, "watchers").get("count") == 2, "both are told when a second one comes"
            assert hear(socket, "watchers").get("count") == 1, "who stays is told that the other one left"
        assert refused(client, f"{LOTS}/999999/live") == 404, (
            "there is no line to a lot that is not there: 404"
        )


@requirement(
    exercise=4,
    hints=(
        "A bid came over HTTP. Who has to hear of it, and who must not?",
        "Exercise 4: `place_bid` in app/routers/bids.py. What runs after the answer and the commit?",
        "tasks.add_task(announce, ____, lot.id, ____)",
    ),
)
def test_a_bid_over_http_reaches_the_room(service: Service) -> None:
    """A bid over HTTP is told to everyone who watches that lot, and to nobody else."""
    with service.client() as client:
        lot, other = put_up(client), put_up(client, title="A lamp")
        ada = service.login(client, "ada")
        with (
            client.websocket_connect(f"{lot}/live") as one,
            client.websocket_connect(f"{lot}/live") as two,
            client.websocket_connect(f"{other}/live") as elsewhere,
        ):
            for socket in (one, two, elsewhere):
                hear(socket, "state")
            bid(client, lot, "12.50", ada)
            bid(client, other, "99.00", ada)
            for socket in (one, two):
                news = hear(socket, "bid")
                assert news["bid"]["amount"] == "12.50", "the amount of the bid is told"
                assert news["bid"]["bidder"]["name"] == "ada", "the event names the bidder"
                assert news["lot"] == client.get(lot).json(), '"lot" is the lot as it is since'
            assert hear(elsewhere, "bid")["bid"]["amount"] == "99.00", (
                "another room hears of its own bids only"
            )


@requirement(
    exercise=4,
    hints=(
        "When is a bid certain? What runs after that moment, and what before?",
        "Exercise 4 has two places: `place_bid` in app/routers/bids.py, where a background task does it, and"
        " `take_bid` in app/routers/live.py. Where does its session commit, and where does it tell the room?",
        "tasks.add_task(announce, ____, lot.id, ____)\n\n"
        "async with floor.sessions.____() as session:\n    ...\nfloor.rooms.____(floor.lot_id, ____)",
    ),
)
def test_only_what_is_kept_is_told(service: Service) -> None:
    """Nobody is told of a bid that was refused, nor of one whose commit failed."""
    with service.client(raise_server_exceptions=False) as client:
        lot, ada = put_up(client), service.login(client, "ada")
        with client.websocket_connect(f"{lot}/live") as socket:
            hear(socket, "state")
            with _failing_commits(client):
                answer = client.post(f"{lot}/bids", json={"amount": "20.00"}, headers=ada)
            assert answer.status_code >= 500, "the commit failed: 500 or above"
            client.post(f"{lot}/bids", json={"amount": "1.00"}, headers=ada)
            with (
                suppress(Exception),
                client.websocket_connect(f"{lot}/live?ticket={ticket(client, lot, ada)}") as line,
            ):
                hear(line, "state")
                with _failing_commits(client):
                    line.send_json({"type": "bid", "amount": "25.00"})
                    while '"watchers"' in line.receive().get("text", ""):
                        pass
            bid(client, lot, "30.00", ada)
            told = hear(socket, "bid")["bid"]["amount"]
            assert told == "30.00", "the first bid that is told is the first that was kept: 30.00"


@requirement(
    exercise=4,
    hints=(
        "`news_of` has made the message. Who tells it to the room of a sealed lot?",
        "Exercise 4: `place_bid` in app/routers/bids.py. What runs after the answer and the commit?",
        "tasks.add_task(announce, ____, lot.id, ____)",
    ),
)
def test_an_envelope_stays_closed(service: Service) -> None:
    """Of a bid on a sealed lot the room hears that there was one, and no amount."""
    with service.client() as client:
        lot = put_up(client, kind="sealed")
        with client.websocket_connect(f"{lot}/live") as socket:
            hear(socket, "state")
            bid(client, lot, "77.77", service.login(client, "ada"))
            news = hear(socket, "bid")
            assert news["lot"]["bid_count"] == 1, "the bid is counted"
            assert "77.77" not in json.dumps(news), "the amount of a sealed bid is nowhere in the message"


@requirement(
    exercise=1,
    hints=(
        "Thirty people watch. One of them has stopped reading. For whom may the house wait?",
        "Exercise 1: `Seat.tell` in app/live.py. `put_nowait` never waits. And when there is no room?",
        "try:\n    self._news.____(news)\nexcept asyncio.____:\n    self.fell_behind.____()",
    ),
)
def test_a_slow_watcher_holds_up_nobody(service: Service) -> None:
    """Somebody who stops reading delays no bid and no other watcher, and is sent away with 1013."""
    with service.client() as client:
        lot, ada = put_up(client), service.login(client, "ada")
        slow = _Wire(client, f"{lot}/live", reads=False)
        with client.websocket_connect(f"{lot}/live") as socket:
            hear(socket, "state")
            for amount in (20, 30, 40):
                for _ in range(13):
                    client.portal.call(_tell, client, lot, '{"type": "ping"}')  # type: ignore[union-attr]
                bid(client, lot, amount, ada)
                told = hear(socket, "bid")["bid"]["amount"]
                assert told == f"{amount}.00", "the others hear each bid, in their order"
            assert slow.closed() == 1013, "who left 42 messages unread is sent away: 1013, try again later"


@requirement(
    exercise=1,
    hints=(
        "A line was cut. Who meets the exception: whoever speaks to that one, or whoever speaks to all?",
        "Exercise 1: `Seat.tell` in app/live.py. `put_nowait` never waits. And when there is no room?",
        "try:\n    self._news.____(news)\nexcept asyncio.____:\n    self.fell_behind.____()",
    ),
)
def test_a_dead_line_starves_nobody(service: Service) -> None:
    """A line that was cut without a word gives its seat up at the next message, and the others hear it."""
    with service.client() as client:
        lot, ada = put_up(client), service.login(client, "ada")
        dead = _Wire(client, f"{lot}/live")
        dead.until('"state"')
        with client.websocket_connect(f"{lot}/live") as socket:
            hear(socket, "state")
            assert hear(socket, "watchers").get("count") == 2, "both watch"
            dead.cut = True
            bid(client, lot, "20.00", ada)
            assert hear(socket, "bid")["bid"]["amount"] == "20.00", "who is alive hears the bid"
            assert hear(socket, "watchers").get("count") == 1, (
                "the remaining client is sent the new number of watchers: 1"
            )


@requirement(
    exercise=2,
    hints=(
        "Somebody reads the address of a line in a log. What must have happened to the ticket by then?",
        "Exercise 2: `Tickets.take` in app/tickets.py. Which method of a dict looks up and removes?",
        "ticket = self._given.____(name, None)\n"
        "if ticket is None or ticket.lot_id != ____ or now >= ____:\n"
        "    raise InvalidTicket(...)",
    ),
)
def test_a_ticket_is_good_once(service: Service) -> None:
    """A ticket opens the line of its lot once, within 30 seconds; after that, or elsewhere, it is 401."""
    app = service.create_app()
    evening = datetime.now(UTC)
    clock = [evening]
    app.dependency_overrides[service.module("dependencies").get_now] = lambda: clock[0]
    with service.client(app) as client:
        lot, other = put_up(client, opens_at=None), put_up(client)
        ada = service.login(client, "ada")
        name = ticket(client, lot, ada)
        assert name != ticket(client, lot, ada), "no two tickets are alike"
        assert client.post(f"{lot}/tickets", headers={"Authorization": ""}).status_code == 401, (
            "who is not logged in gets no ticket: 401"
        )
        assert refused(client, f"{lot}/live?ticket={name}") == 101, "the first time the line is opened"
        assert refused(client, f"{lot}/live?ticket={name}") == 401, "the second time it is refused: 401"
        assert refused(client, f"{lot}/live?ticket=nonsense") == 401, "what was never given is refused: 401"
        assert refused(client, f"{other}/live?ticket={ticket(client, lot, ada)}") == 401, (
            "a ticket for another lot is refused: 401"
        )
        late, later = ticket(client, lot, ada), ticket(client, lot, ada)
        clock[0] = evening + timedelta(seconds=29)
        assert refused(client, f"{lot}/live?ticket={late}") == 101, "after 29 seconds it is still good"
        clock[0] = evening + timedelta(seconds=30)
        assert refused(client, f"{lot}/live?ticket={later}") == 401, "after 30 seconds it is not: 401"


@requirement(
    exercise=4,
    hints=(
        "Which session does a bid over the line use, and what has happened to it before anybody is told?",
        "Exercise 4: `take_bid` in app/routers/live.py: a session, a bid, and after the commit the news.",
        "async with floor.sessions.____() as session:\n"
        "    bid, lot = await place(floor, amount, session)\n"
        "    news = news_of(...)\n"
        "floor.rooms.____(floor.lot_id, news)",
    ),
)
def test_a_ticket_lets_one_bid(service: Service) -> None:
    """With a ticket one bids over the line, as oneself; without one the line only tells."""
    with service.client() as client:
        lot, ada = put_up(client), service.login(client, "ada")
        with (
            client.websocket_connect(f"{lot}/live") as stranger,
            client.websocket_connect(f"{lot}/live?ticket={ticket(client, lot, ada)}") as bidder,
        ):
            hear(stranger, "state")
            hear(bidder, "state")
            stranger.send_json({"type": "bid", "amount": "500.00"})
            assert hear(stranger, "problem")["problem"]["status"] == 401, "without a ticket: a problem, 401"
            bidder.send_json({"type": "bid", "amount": "20.00"})
            for socket in (bidder, stranger):
                assert hear(socket, "bid")["bid"]["bidder"]["name"] == "ada", "everyone hears who bid"
            kept = client.get(f"{lot}/bids").json()["items"]
            assert [each["amount"] for each in kept] == ["20.00"], "only the bid that was accepted is stored"


@requirement(
    exercise=4,
    hints=(
        "Whoever bids too little hears why. Who makes a message of a GavelError, and who may raise it?",
        "Exercise 4: `take_bid` in app/routers/live.py: a session, a bid, and after the commit the news.",
        "async with floor.sessions.____() as session:\n"
        "    bid, lot = await place(floor, amount, session)\n"
        "    news = news_of(...)\n"
        "floor.rooms.____(floor.lot_id, news)",
    ),
)
def test_a_refusal_ends_no_conversation(service: Service) -> None:
    """What the rules refuse, and what cannot be read, is answered with a problem; the line stays."""
    app = service.create_app()
    clock = [datetime.now(UTC) + timedelta(minutes=1)]
    app.dependency_overrides[service.module("dependencies").get_clock] = lambda: lambda: clock[0]
    with service.client(app) as client:
        lot, ada = put_up(client), service.login(client, "ada")
        seller = ticket(client, lot, {})
        with client.websocket_connect(f"{lot}/live?ticket={seller}") as socket:
            socket.send_json({"type": "bid", "amount": "20.00"})
            hear(socket, "state")
            assert hear(socket, "problem")["problem"]["status"] == 403, (
                "nobody bids on a lot of their own: 403"
            )
        with client.websocket_connect(f"{lot}/live?ticket={ticket(client, lot, ada)}") as socket:
            hear(socket, "state")
            for sent, status in (
                ('{"type": "bid", "amount": "9.99"}', 409),
                ('{"type": "bid", "amount": "-1"}', 422),
                ('{"type": "bid"}', 422),
                ('{"type": "hammer"}', 422),
                ("going, going", 422),
            ):
                socket.send_text(sent)
                problem = hear(socket, "problem")["problem"]
                assert problem.get("status") == status, f"{sent} is answered with a problem, {status}"
                assert problem.get("title"), "a problem has a title, as over HTTP"
            socket.send_json({"type": "bid", "amount": "20.00"})
            assert hear(socket, "bid")["lot"]["bid_count"] == 1, "after all that a good bid stands"
            clock[0] += timedelta(days=8)
            socket.send_json({"type": "bid", "amount": "30.00"})
            problem = hear(socket, "problem")["problem"]
            assert problem["status"] in {401, 409}, "when the lot has closed, no bid stands, on no open line"


@requirement(
    exercise=4,
    hints=(
        "A line is open for hours. When is it asked again whose it is?",
        "Exercise 4: `take_bid` in app/routers/live.py: a session, a bid, and after the commit the news.",
        "async with floor.sessions.____() as session:\n"
        "    bid, lot = await place(floor, amount, session)\n"
        "    news = news_of(...)\n"
        "floor.rooms.____(floor.lot_id, news)",
    ),
)
def test_a_revoked_token_bids_no_more(service: Service) -> None:
    """Whoever revokes their tokens bids no more, not even over a line that is open."""
    with service.client() as client:
        lot, ada = put_up(client), service.login(client, "ada")
        with client.websocket_connect(f"{lot}/live?ticket={ticket(client, lot, ada)}") as socket:
            hear(socket, "state")
            assert client.post("/auth/revoke", headers=ada).status_code == 204, "every token is revoked"
            socket.send_json({"type": "bid", "amount": "20.00"})
            message = socket.receive()
            while '"watchers"' in message.get("text", ""):
                message = socket.receive()
            refusal = message["type"] == "websocket.close" or '"problem"' in message["text"]
            assert refusal, "the next bid is answered with a problem, or the line is closed"
        assert client.get(f"{lot}/bids").json()["total"] == 0, "the bid that was refused is not stored"


@requirement(
    exercise=4,
    hints=(
        "A line stays open for a whole evening. For how long does one message need a session?",
        "Exercise 4: `take_bid` in app/routers/live.py: a session, a bid, and after the commit the news.",
        "async with floor.sessions.____() as session:\n"
        "    bid, lot = await place(floor, amount, session)\n"
        "    news = news_of(...)\n"
        "floor.rooms.____(floor.lot_id, news)",
    ),
)
def test_a_watcher_holds_no_connection(service: Service) -> None:
    """While lines are open, and after a bid over one of them, no connection to the database is out."""
    with service.client() as client, _connections(client) as out:
        lot, ada = put_up(client), service.login(client, "ada")
        with (
            client.websocket_connect(f"{lot}/live") as one,
            client.websocket_connect(f"{lot}/live?ticket={ticket(client, lot, ada)}") as two,
        ):
            for socket in (one, two):
                hear(socket, "state")
            assert not out, "two people watch, and no connection is out"
            two.send_json({"type": "bid", "amount": "20.00"})
            hear(one, "bid")
            assert client.get(lot).json()["bid_count"] == 1, "the bid is kept before anybody is told"
            two.send_json({"type": "bid", "amount": "1.00"})
            hear(two, "bid")
            hear(two, "problem")
            client.portal.call(_settle)  # type: ignore[union-attr]
            assert not out, "after a bid that stands, and one that does not, no connection is out"


@requirement(
    exercise=3,
    hints=(
        "Somebody else's page opens a socket to this house in your browser. What does the browser say of it?",
        "Exercise 3: `is_welcome` in app/origins.py. What stands after `://` in an origin? What is it to be?",
        "if origin is None or origin in ____:\n    return ____\n"
        'return origin.____("://")[2].casefold() == host.____()',
    ),
)
def test_other_peoples_pages_stay_outside(service: Service) -> None:
    """A page of this host, or of one in `cors_origins`, may open the line; any other page is refused, 403."""
    with service.client(cors_origins=["https://shop.example.com"]) as client:
        live = f"{put_up(client)}/live"
        for welcome in ("http://testserver", "https://testserver", "https://shop.example.com"):
            assert refused(client, live, Origin=welcome) == 101, f"a page of {welcome} is welcome"
        assert refused(client, live) == 101, "a caller that is no page sends no Origin, and is welcome"
        for foreign in (
            "https://evil.example.com",
            "http://testserver.evil.example.com",
            "http://eviltestserver",
            "http://testserver:8080",
            "http://evil.example.com/testserver",
            "http://shop.example.com",
            "http://[",
            "null",
        ):
            assert refused(client, live, Origin=foreign) == 403, f"a page of {foreign} is refused: 403"


@requirement(
    exercise=1,
    hints=(
        "The line answers by putting a message on a seat. Does that work yet?",
        "Exercise 1: `Seat.tell` in app/live.py. `put_nowait` never waits. And when there is no room?",
        "try:\n    self._news.____(news)\nexcept asyncio.____:\n    self.fell_behind.____()",
    ),
)
def test_a_rude_watcher_is_sent_away(service: Service) -> None:
    """Bytes end a line with 1003, a message over 4096 bytes with 1009, more than ten a second with 1008."""
    with service.client() as client:
        live = f"{put_up(client)}/live"
        with client.websocket_connect(live) as socket:
            socket.send_bytes(b"{}")
            assert closing(socket) == 1003, "bytes are no text: 1003"
        with client.websocket_connect(live) as socket:
            hear(socket, "state")
            socket.send_text("é" * 2048)
            assert hear(socket, "problem")["problem"]["status"] == 422, "4096 bytes are read"
            socket.send_text("é" * 2048 + "x")
            assert closing(socket) == 1009, "one byte more is too long: 1009"
        with client.websocket_connect(live) as socket:
            for _ in range(10):
                socket.send_json({"type": "pong"})
            socket.send_text("the tenth was fine")
            for _ in range(60):
                socket.send_json({"type": "pong"})
            assert closing(socket) == 1008, "seventy messages at once are a flood: 1008"


@requirement(
    exercise=1,
    hints=(
        "A ping is a message like any other. Where is it put down, so that nobody waits for it?",
        "Exercise 1: `Seat.tell` in app/live.py. `put_nowait` never waits. And when there is no room?",
        "try:\n    self._news.____(news)\nexcept asyncio.____:\n    self.fell_behind.____()",
    ),
)
def test_whoever_is_silent_is_let_go(service: Service) -> None:
    """Every `heartbeat_seconds` there is a ping; who answers stays, who does not is closed with 1008."""
    with service.client(heartbeat_seconds=20) as client:
        live = f"{put_up(client)}/live"
        lively, silent = _Wire(client, live), _Wire(client, live)
        for wire in (lively, silent):
            wire.until('"state"')
        client.portal.call(_let_pass, 19.0)  # type: ignore[union-attr]
        assert '"ping"' not in "".join(lively.heard), "before 20 seconds there is no ping"
        for pings in (1, 2, 3):
            client.portal.call(_let_pass, 20.5)  # type: ignore[union-attr]
            lively.until('"ping"', pings)
            lively.say('{"type": "pong"}')
        assert lively.code is None, "who answers each ping stays"
        assert silent.closed() == 1008, "who did not answer is let go: 1008"


@requirement(
    exercise=1,
    hints=(
        "Somebody sits down, and the room is told. Where does that message go?",
        "Exercise 1: `Seat.tell` in app/live.py. `put_nowait` never waits. And when there is no room?",
        "try:\n    self._news.____(news)\nexcept asyncio.____:\n    self.fell_behind.____()",
    ),
)
def test_a_full_room_takes_no_more(service: Service) -> None:
    """When `watchers_per_lot` people watch, the next one is refused with 503, until somebody leaves."""
    with service.client(watchers_per_lot=2) as client:
        lot, other = put_up(client), put_up(client)
        with client.websocket_connect(f"{lot}/live"):
            with client.websocket_connect(f"{lot}/live"):
                assert refused(client, f"{lot}/live") == 503, "two watch, so the third is refused: 503"
                assert refused(client, f"{other}/live") == 101, "in another room there are seats"
            assert refused(client, f"{lot}/live") == 101, "one has left, so there is a seat"


@requirement(
    exercise=5,
    hints=(
        "Whoever only listens needs one direction. What does a handler look like that never ends?",
        "Exercise 5: `stream_events` in app/routers/live.py: ask for a seat, and yield what lies there.",
        "async def stream_events(seat: ____) -> ...:\n"
        "    while not seat.fell_behind.is_set():\n"
        "        yield ServerSentEvent(raw_data=await seat.____())",
    ),
)
def test_whoever_only_listens_has_a_stream(service: Service) -> None:
    """`GET …/events` tells, as server-sent events, what the live line tells, and lets go of who leaves."""
    with service.client() as client:
        lot, ada = put_up(client), service.login(client, "ada")
        missing = client.get(f"{LOTS}/999999/events")
        assert missing.status_code == 404, "there is no stream of a lot that is not there: 404"
        stream = _Wire(client, f"{lot}/events", kind="http")
        stream.until('"state"')
        assert stream.status == 200, "the stream begins with 200"
        assert stream.media_type.startswith("text/event-stream"), (
            "the media type of the stream is text/event-stream"
        )
        bid(client, lot, "20.00", ada)
        stream.until('"bid"')
        events = [
            line.removeprefix("data:") for line in "".join(stream.heard).splitlines() if "data:" in line
        ]
        kinds = [json.loads(each)["type"] for each in events]
        assert kinds[0] == "state", "the first event is the state of the lot, as on the line"
        assert "bid" in kinds, "a bid is an event"
        with client.websocket_connect(f"{lot}/live") as socket:
            hear(socket, "state")
            assert hear(socket, "watchers").get("count") == 2, "whoever reads the stream watches too"
            stream.leave()
            assert hear(socket, "watchers").get("count") == 1, (
                "when the reader of the stream disconnects, the number of watchers is 1 again"
            )


@requirement(given=True)
def test_the_page_stands_on_its_own(service: Service) -> None:
    """`/watch/` is a page whose files are all here, under a strict policy; `/docs` keeps working."""
    with service.client() as client:
        page = client.get("/watch/")
        assert page.status_code == 200, "GET /watch/ answers 200"
        assert page.headers["content-type"].startswith("text/html"), "the response is an HTML page"
        policy = page.headers.get("content-security-policy", "")
        assert "default-src 'none'" in policy, "nothing is allowed but what the policy names"
        assert "unsafe" not in policy, "the Content-Security-Policy allows nothing unsafe"
        assert "//" not in policy, "the Content-Security-Policy allows no other host"
        for target in re.findall(r'(?:src|href)="([^"#]+)"', page.text):
            assert client.get(f"/watch/{target}").status_code == 200, f"/watch/{target} is there"
        docs = client.get("/docs")
        assert docs.status_code == 200, "GET /docs answers 200"
        assert "script-src" not in docs.headers.get("content-security-policy", ""), (
            "the documentation page has no Content-Security-Policy that blocks its scripts"
        )


class _Wire:
    """A connection played by hand, on the loop of a client, so that it can do what no test client does.

    Args:
        reads: False for somebody who takes nothing in: whatever is sent to them waits for ever.
        kind: "websocket", or "http" for a stream.
    """

    def __init__(
        self, client: RecordingClient, path: str, *, reads: bool = True, kind: str = "websocket"
    ) -> None:
        self._client, self._path, self._reads, self._kind = client, path, reads, kind
        self.heard: list[str] = []
        self.code: int | None = None
        self.status, self.media_type = 0, ""
        self.cut = False
        assert client.portal is not None, "the client was entered"
        self._portal = client.portal
        self._said: asyncio.Queue[dict[str, Any]] = self._portal.call(self._begin)

    async def _begin(self) -> "asyncio.Queue[dict[str, Any]]":
        said: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        said.put_nowait(
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
            "query_string": b"",
            "headers": [(b"host", b"testserver")],
            "client": ("testclient", 50000),
            "server": ("testserver", 80),
            "subprotocols": [],
            "extensions": {"websocket.http.response": {}},
            "state": dict(self._client.app_state),
        }
        self._task = asyncio.ensure_future(self._client.app(scope, said.get, self._send))  # type: ignore[arg-type]
        self._task.add_done_callback(lambda task: task.cancelled() or task.exception())
        return said

    async def _send(self, message: dict[str, Any]) -> None:
        match message["type"]:
            case "websocket.send" | "http.response.body":
                if self.cut:
                    raise OSError("the line is cut")
                if not self._reads:
                    await asyncio.Event().wait()
                self.heard.append(message.get("text") or message.get("body", b"").decode())
            case "websocket.close":
                self.code = message.get("code", 1000)
            case "http.response.start":
                self.status = message["status"]
                self.media_type = dict(message["headers"]).get(b"content-type", b"").decode()

    def say(self, text: str) -> None:
        """Send a message to the service."""
        self._portal.call(self._said.put, {"type": "websocket.receive", "text": text})

    def leave(self) -> None:
        """Go, as a browser does that closes its window."""
        self._portal.call(self._said.put, {"type": "http.disconnect"})

    def until(self, word: str, times: int = 1) -> None:
        """Wait until a word was heard so often."""
        expected = f"the service has said {word} {times} time(s) on this connection"
        self._portal.call(self._wait, lambda: "".join(self.heard).count(word) >= times, expected)

    def closed(self) -> int | None:
        """The code with which the service has closed the line."""
        self._portal.call(self._wait, lambda: self.code is not None, "the service closes the line")
        return self.code

    async def _wait(self, come: Callable[[], bool], expected: str) -> None:
        with anyio.move_on_after(ENOUGH):
            while not come() and not self._task.done():  # noqa: ASYNC110 - there is no event for it
                await asyncio.sleep(0)
        if not come() and self._task.done():
            self._task.result()  # what the service raised says more
        assert come(), expected


async def _tell(client: RecordingClient, lot: str, news: str) -> None:
    """Tell a room something that happened elsewhere."""
    client.app_state["rooms"].tell(int(lot.rsplit("/", 1)[1]), news)


async def _settle() -> None:
    """Let whatever is ready to run come to its end."""
    for _ in range(50):
        await asyncio.sleep(0.001)


async def _let_pass(seconds: float) -> None:
    """Let the loop's clock jump, and whoever waited for that moment run."""
    loop = asyncio.get_running_loop()
    now = loop.time
    loop.time = lambda: now() + seconds  # type: ignore[method-assign]
    for _ in range(20):
        await asyncio.sleep(0)


def _engine(client: RecordingClient) -> Any:
    return client.app_state["engine"].sync_engine


@contextmanager
def _failing_commits(client: RecordingClient) -> Iterator[None]:
    """While this lasts, the disk is full: no commit reaches the database, and each raises."""

    def full(_: object) -> None:
        raise OSError("the disk is full")

    event.listen(_engine(client), "commit", full)
    try:
        yield
    finally:
        event.remove(_engine(client), "commit", full)


@contextmanager
def _connections(client: RecordingClient) -> Iterator[dict[object, object]]:
    """The connections that are out of the pool at this moment."""
    out: dict[object, object] = {}

    def leaves(connection: object, _: object, handed_out: object) -> None:
        out[connection] = handed_out

    def returns(connection: object, _: object) -> None:
        out.pop(connection, None)

    event.listen(_engine(client), "checkout", leaves)
    event.listen(_engine(client), "checkin", returns)
    try:
        yield out
    finally:
        event.remove(_engine(client), "checkout", leaves)
        event.remove(_engine(client), "checkin", returns)
