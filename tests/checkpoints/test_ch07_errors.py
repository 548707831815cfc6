"""What Gavel does from chapter 7 on: every error is a problem, and of two bids at once one stands."""

import asyncio
import contextlib
import io
import json
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from course.engine.checkpoint.logins import PASSWORD
from course.engine.checkpoint.race import pause_after_reading
from course.engine.checkpoint.recording import RecordingClient
from course.engine.checkpoint.requirements import requirement
from course.engine.checkpoint.service import Service

LOTS = "/api/v1/lots"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(16)
EVENING = datetime(2031, 5, 1, 20, 15, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)
JSON = {"Content-Type": "application/json"}
Headers = dict[str, str]


def put_up(client: RecordingClient, **changes: object) -> dict[str, Any]:
    """Put a lot up; the answer's body."""
    lot: dict[str, object] = {"title": "A clock", "category": "clocks", "starting_price": "100.00"}
    lot |= {"min_raise": "5.00", **changes}
    if lot.get("kind") == "sealed":
        lot.pop("min_raise")
    answer = client.post(LOTS, json=lot)
    assert answer.status_code == 201, f"POST {LOTS} puts a lot up and answers 201 Created"
    body = answer.json()
    assert isinstance(body, dict), "the body is a JSON object: the lot"
    return body


def bid(client: RecordingClient, lot: dict[str, Any], amount: str, bidder: Headers) -> Any:
    """Bid on a lot as somebody; the answer."""
    return client.post(f"{LOTS}/{lot['id']}/bids", json={"amount": amount}, headers=bidder)


def problem_of(answer: Any, status: int, words: str) -> dict[str, Any]:
    """The problem that an answer is. `words` say what was asked for."""
    assert answer.status_code == status, f"{words}: {status}"
    kind = answer.headers.get("content-type", "")
    assert kind.startswith("application/problem+json"), f"{words}: the body is application/problem+json"
    body = answer.json()
    assert isinstance(body, dict), f"{words}: the body is a JSON object"
    assert body.get("status") == status, f'{words}: the member "status" is {status}, as the status itself is'
    assert isinstance(body.get("title"), str), f'{words}: it has a "title" for people'
    assert isinstance(body.get("type", ""), str), f'{words}: "type", if there is one, is a text'
    return body


@requirement(given=True)
def test_every_refusal_is_a_problem(service: Service) -> None:
    """Whatever Gavel refuses, it answers with a problem: unknown addresses, methods and hosts too."""
    with service.client(max_body_size=8000) as client:
        lot = put_up(client)
        ada = service.login(client, "ada")
        path, mine = f"{LOTS}/{lot['id']}", client.headers["authorization"]
        wrong = {"photo": ("a.png", b"no photo", "image/png")}
        photo = {"photo": ("a.png", PNG, "image/png")}
        with service.cheap_hashes():
            wrong_pair = client.post("/auth/token", data={"username": "a", "password": "b"})
            taken = _register(client, "ada@example.com", PASSWORD)
        refused = {
            "an unknown address": (404, client.get("/nowhere")),
            "a lot that is not there": (404, client.get(f"{LOTS}/4711")),
            "a photo that is not there": (404, client.get(f"{path}/photo")),
            "a method that is not there": (405, client.put(LOTS)),
            "no token": (401, client.post(LOTS, json={}, headers={"Authorization": ""})),
            "a token that is none": (401, client.get("/auth/me", headers={"Authorization": f"{mine}x"})),
            "a wrong password": (401, wrong_pair),
            "somebody else's lot": (403, client.put(f"{path}/photo", files=photo, headers=ada)),
            "an e-mail address that is taken": (409, taken),
            "a file that is no photo": (415, client.put(f"{path}/photo", files=wrong)),
            "a body that is too long": (413, client.post(LOTS, content=b" " * 8001, headers=JSON)),
            "a body that nobody can read": (400, client.post(LOTS, content=b'"\xff"', headers=JSON)),
            "another host's name": (400, client.get("/", headers={"Host": "elsewhere.example.org"})),
        }
        for words, (status, answer) in refused.items():
            problem_of(answer, status, words)
        no_token = refused["no token"][1]
        assert "www-authenticate" in no_token.headers, "a problem keeps the headers of its refusal"


@requirement(given=True)
def test_a_wrong_method_hears_of_all_right_ones(service: Service) -> None:
    """A 405 names in `Allow` every method of that address, not only those of one route."""
    with service.client() as client:
        for path, allowed in ((LOTS, {"GET", "POST"}), (f"{LOTS}/1", {"GET", "PATCH", "DELETE"})):
            answer = client.request("PUT", path)
            assert answer.status_code == 405, f"PUT {path}: 405"
            told = {method.strip() for method in answer.headers.get("allow", "").split(",")}
            assert allowed <= told, f"Allow of {path} names {', '.join(sorted(allowed))}"
            assert "PUT" not in told, "the header Allow does not name the method that was refused"


@requirement(
    exercise=1,
    hints=(
        "A handler for `GavelError` hears of a class that was never mentioned to it. By what is it found?",
        "Exercise 1: the three classes below `BidTooLow` in app/exceptions.py, and the branch they hang on.",
        'class LotClosed(____):\n    """Bidding is over."""\n\n    kind, title = "lot-closed", "____"',
    ),
)
def test_each_refusal_of_a_bid_has_a_name_of_its_own(service: Service) -> None:
    """The four refusals of a bid are kinds of `BidRefused`, each with a name: 409, one's own lot 403."""
    exceptions = service.module("exceptions")
    expected = {"BidTooLow": 409, "LotNotOpen": 409, "LotClosed": 409, "OwnLot": 403}
    app = service.create_app()

    @app.get("/checkpoint/refused/{name}")
    async def refused(name: str) -> None:
        raise getattr(exceptions, name)("words for this case")

    kinds = set()
    with service.client(app) as client:
        for name, status in expected.items():
            assert hasattr(exceptions, name), f"app/exceptions.py has a class {name}"
            body = problem_of(client.get(f"/checkpoint/refused/{name}"), status, name)
            assert issubclass(getattr(exceptions, name), exceptions.BidRefused), f"{name} is a BidRefused"
            assert body.get("detail") == "words for this case", (
                f'{name}: the words of the case are its "detail"'
            )
            kinds.add((body.get("type", "about:blank"), body["title"]))
    assert len({kind for kind, _ in kinds}) == 4, 'each of the four has a "type" of its own'
    assert len({title for _, title in kinds}) == 4, 'each of the four has a "title" of its own'


@requirement(
    exercise=2,
    hints=(
        "Whose eyes will see the answer to a registration that failed, and who else's, in logs and reports?",
        "Exercise 2: `refuse_invalid` in app/problems.py. `error.errors()` is a list of dictionaries.",
        "Fault(loc=[...], msg=brief(fault['____']), type=fault['____'])\n"
        "for fault in error.____()[:MOST_FAULTS]",
    ),
)
def test_a_fault_is_named_and_not_repeated(service: Service) -> None:
    """A 422 says of each fault where it is and what, and repeats nothing of what was sent."""
    with service.client() as client:
        answer = _register(client, "nobody", "hunter2 ")
        body = problem_of(answer, 422, "a registration with two faults")
        faults = {tuple(fault.get("loc", ()))[-1:]: fault for fault in body.get("errors", [])}
        assert {("email",), ("password",)} <= faults.keys(), '"errors" names both fields, each by its "loc"'
        assert all(fault.get("msg") for fault in faults.values()), 'each fault says in "msg" what is wrong'
        assert "hunter2" not in answer.text, "the password that was sent is not in the answer"
        answer = client.get(f"{LOTS}?limit=4711")
        body = problem_of(answer, 422, "limit=4711")
        assert any("limit" in fault.get("loc", ()) for fault in body.get("errors", [])), (
            '"errors" names the query parameter limit'
        )
        assert "4711" not in answer.text, "the value that was sent is not in the answer"


@requirement(
    exercise=2,
    hints=(
        "JSON can write `NaN` and half a character. Can an answer repeat them?",
        "Exercise 2: how many faults are told, and what of a fault is text that the caller wrote?",
        "loc=[part if isinstance(part, int) else ____(part) for part in fault['loc']]\n"
        "for fault in error.errors()[:____]",
    ),
)
def test_a_fault_can_always_be_told(service: Service) -> None:
    """Not-a-number, half characters and hundreds of unknown fields answer 422 too, and briefly."""
    with service.client() as client:
        for content in (
            b'{"title": NaN, "category": "art", "starting_price": Infinity}',
            b'{"title": "\\ud800", "category": "art", "starting_price": "1"}',
            b'{"title": "A vase", "category": "art", "starting_price": "1", "\\udfff": 1}',
        ):
            answer = client.post(LOTS, content=content, headers=JSON)
            body = problem_of(answer, 422, content.decode())
            assert body.get("errors"), '"errors" says what is wrong'
        lot = {"title": "A vase", "category": "art", "starting_price": "1"}
        unknown = {f"field {number} {'x' * 1000}": 1 for number in range(500)}
        answer = client.post(LOTS, json=lot | unknown)
        body = problem_of(answer, 422, "five hundred unknown fields")
        assert body.get("errors"), '"errors" says what is wrong'
        assert len(answer.content) < 20_000, (
            "an answer to five hundred faults names some of them, and briefly"
        )


@requirement(
    exercise=3,
    hints=(
        "Which layers does an answer pass that is made in the innermost one?",
        "Exercise 3: `ErrorMiddleware`. Nothing has been sent yet: who makes the answer now?",
        "answer = await refuse_unexpected(____(scope), error)\nawait answer(scope, ____, ____)",
    ),
)
def test_what_nobody_expected_is_a_problem_too(service: Service) -> None:
    """What nobody expected is a 500 that passed all layers: a problem with an id, no word of what broke."""
    app = _with_a_broken_route(service)
    with service.client(app, raise_server_exceptions=False) as client:
        answer = client.get("/checkpoint/broken", headers={"X-Request-ID": "evening-7"})
        body = problem_of(answer, 500, "a route that breaks")
        assert answer.headers.get("x-request-id") == "evening-7", "the answer passed RequestIdMiddleware"
        assert "x-content-type-options" in answer.headers, "the response passed SecurityHeadersMiddleware"
        assert body.get("request_id") == "evening-7", 'the problem has the "request_id": one can ask for it'
        for word in ("hammer", "RuntimeError", "Traceback", ".py"):
            assert word not in answer.text, "nothing of the exception, and no trace, is in the answer"
        assert client.get("/").status_code == 200, "the next request is not hurt"


@requirement(
    exercise=3,
    hints=(
        "Who writes an exception down that leaves the service: you, or the server, or both?",
        "Exercise 3: `broken.exception(...)`; `raise` with `propagate`, or when the answer has begun.",
        'except Exception as error:\n    if started or scope["type"] != "____":\n        raise\n'
        '    broken.____("%s %s", scope["method"], scope["path"])',
    ),
)
def test_what_broke_is_written_down_once(service: Service) -> None:
    """An unexpected exception is logged once, with its trace; it goes on to the server only in a test."""
    app = _with_a_broken_route(service, environment="development", log_level="ERROR")
    with _written_down() as records, service.client(app) as client:
        try:
            status = client.get("/checkpoint/broken").status_code
        except RuntimeError:
            status = None
        assert status == 500, "the exception ends in the service: the server would log it once more"
        told = [record for record in records if record.exc_info]
        assert len(told) == 1, f"one record with the trace is written; it was {len(told)}"
    app = _with_a_broken_route(service, environment="test")
    with service.client(app) as client, pytest.raises(RuntimeError, match="hammer") as raised:
        client.get("/checkpoint/broken")
    assert raised.value, "with environment=test the exception goes on, and a test shows its line"


@requirement(given=True)
def test_an_answer_that_broke_off_is_not_finished(service: Service) -> None:
    """When an answer breaks that has begun, nothing more is sent: the exception goes on to the server."""
    app = service.create_app(environment="development")

    @app.get("/checkpoint/stream")
    async def stream() -> Any:
        from fastapi.responses import StreamingResponse

        async def parts() -> Any:
            yield b"the first half"
            raise RuntimeError("the hammer broke")

        return StreamingResponse(parts())

    sent = service.run(_raw, app, "/checkpoint/stream")
    starts = [message for message in sent if message["type"] == "http.response.start"]
    assert len(starts) == 1, "an answer begins once"
    bodies = [message for message in sent if message["type"] == "http.response.body"]
    assert not any(b"problem" in part.get("body", b"") for part in bodies), (
        "no problem is added to half an answer"
    )
    assert sent[-1]["type"] == "raised", (
        "an exception in the middle of a response reaches the server, which closes the connection"
    )


@requirement(given=True)
def test_a_bid_that_is_too_low_hears_what_would_do(service: Service) -> None:
    """The first bid is the starting price or more, the next one a raise; one too low hears what would do."""
    with service.client() as client:
        lot, ada = put_up(client), service.login(client, "ada")
        for amount, status in (("99.99", 409), ("100.00", 201), ("104.99", 409), ("105.00", 201)):
            answer = bid(client, lot, amount, ada)
            if status == 409:
                body = problem_of(answer, 409, f"{amount} is too low")
                least = Decimal(str(body.get("minimum_bid", "0")))
                assert least == (100 if amount == "99.99" else 105), '"minimum_bid" is what would do'
            assert answer.status_code == status, f"a bid of {amount}: {status}"
        assert _standing(client, lot) == (Decimal("105.00"), 2, ["105.00", "100.00"]), "two bids stand"
        sealed = put_up(client, kind="sealed")
        answers = [bid(client, sealed, amount, ada).status_code for amount in ("99.99", "300", "100")]
        assert answers == [409, 201, 201], "each envelope holds at least the starting price, and that is all"


@requirement(
    exercise=5,
    hints=(
        "Which of the two ends of the bidding time belongs to it?",
        "Exercise 4: `check_bid` in app/services/bidding.py; exercise 5: the same two limits in the UPDATE.",
        "if now < ____:\n    raise LotNotOpen(...)\nif now >= ____:\n    raise ____(...)",
    ),
)
def test_bids_are_taken_from_the_opening_until_the_close(service: Service) -> None:
    """Bids stand from the moment of the opening on, and at the moment of the close no more."""
    app, exceptions = service.create_app(), service.module("exceptions")
    opens, closes = EVENING + timedelta(hours=1), EVENING + timedelta(hours=2)
    with service.client(app) as client, _clock(service, app) as clock:
        clock.append(EVENING)
        times = {"opens_at": opens.isoformat(), "closes_at": closes.isoformat()}
        lots = [put_up(client, **times), put_up(client, kind="sealed", **times)]
        ada = service.login(client, "ada")
        for lot in lots:
            refused = []
            for now, words, status in (
                (opens - MOMENT, "just before the opening", 409),
                (opens, "at the opening", 201),
                (closes - MOMENT, "just before the close", 201),
                (closes, "at the close", 409),
            ):
                clock.append(now)
                amount = str(100 + 10 * len(clock))
                answer = bid(client, lot, amount, ada)
                assert answer.status_code == status, f"a bid {words}: {status}"
                if status == 409:
                    refused.append(problem_of(answer, 409, f"a bid {words}")["title"])
            expected = [exceptions.LotNotOpen.title, exceptions.LotClosed.title]
            assert refused == expected, "too early is a LotNotOpen, and too late a LotClosed"
        clock.append(closes)
        assert client.get(f"{LOTS}/{lots[0]['id']}").json()["bid_count"] == 2, "two bids stand"


@requirement(
    exercise=4,
    hints=(
        "Who would like to bid on a lot most of all, a little, again and again?",
        "Exercise 4: `is_own` in `check_bid`, and before the rules that another bid could keep.",
        "if ____:\n    raise OwnLot(...)",
    ),
)
def test_nobody_bids_on_their_own_lot(service: Service) -> None:
    """A seller's bid on a lot of their own answers 403, whatever it offers, and leaves no trace."""
    with service.client() as client:
        lot, ada = put_up(client), service.login(client, "ada")
        for amount in ("100.00", "1.00"):
            answer = bid(client, lot, amount, {})
            problem_of(answer, 403, f"the seller bids {amount}")
        assert _standing(client, lot) == (Decimal("100.00"), 0, []), "nothing was noted"
        assert bid(client, lot, "100.00", ada).status_code == 201, "somebody else bids the starting price"


@requirement(
    exercise=5,
    hints=(
        "Five bidders read the same price. Which of them can know that it has changed since?",
        "Exercise 5: `take_bid` in app/repositories/lots.py. What must be true of the row as it changes?",
        "update(Lot).where(Lot.id == lot.id, ____ <= offer).values(...).returning(Lot.id)",
    ),
)
def test_of_five_equal_bids_one_stands(service: Service) -> None:
    """Of five equal bids at one moment exactly one stands; the others are told so with 409."""
    with service.client() as client:
        lot = put_up(client)
        people = [service.login(client, name) for name in ("ada", "bob", "cleo")]
    app = service.create_app()
    bids = [(app, lot["id"], "100.00", people[number % 3]) for number in range(5)]
    statuses = service.run(_at_once, service, [app], bids)
    assert sorted(statuses) == [201, 409, 409, 409, 409], (
        "one of five equal bids stands: 201, and four times 409"
    )
    with service.client() as client:
        assert _standing(client, lot) == (Decimal("100.00"), 1, ["100.00"]), "the book has that one bid"


@requirement(
    exercise=5,
    hints=(
        "Gavel is served by two processes. What do they share?",
        "Exercise 5: what decides must stand where both processes meet: in the statement itself.",
        "update(Lot)\n.where(Lot.id == lot.id, ...)\n.values({'bid_count': Lot.____ + 1, 'price': ____})",
    ),
)
def test_in_a_crowd_nothing_is_lost(service: Service) -> None:
    """Two workers take a crowd's bids at once: who is told 201 stands, as a raise; no envelope is lost."""
    with service.client() as client:
        lot, sealed = put_up(client), put_up(client, kind="sealed")
        people = [service.login(client, name) for name in ("ada", "bob", "cleo")]
    workers = [service.create_app(), service.create_app()]
    crowd = [
        (workers[number % 2], lot["id"], str(100 + number * 7 % 12 * 5), people[number % 3])
        for number in range(12)
    ]
    crowd += [(workers[number % 2], sealed["id"], "100.00", people[number % 3]) for number in range(4)]
    statuses = service.run(_at_once, service, workers, crowd)
    assert set(statuses) <= {201, 409}, (
        f"each bid stands or is refused; the statuses were {sorted(set(statuses))}"
    )
    taken = sorted(
        Decimal(amount)
        for (_, lot_id, amount, _), status in zip(crowd, statuses, strict=True)
        if (lot_id, status) == (lot["id"], 201)
    )
    with service.client() as client:
        price, count, amounts = _standing(client, lot)
        told = [Decimal(amount) for amount in reversed(amounts)]
        assert sorted(told) == taken, "whoever was told 201 finds their bid in the book, and nobody else does"
        assert all(later - earlier >= 5 for earlier, later in pairwise(told)), (
            "each bid is a raise on the one before"
        )
        assert price == max(taken) == Decimal("155.00"), "the highest offer stands"
        assert count == len(told), '"bid_count" counts the bids in the book'
        assert statuses[12:] == [201] * 4, "every envelope is taken"
        assert client.get(f"{LOTS}/{sealed['id']}").json()["bid_count"] == 4, (
            '"bid_count" counts: every envelope is counted'
        )


@requirement(given=True)
def test_a_lot_goes_once(service: Service) -> None:
    """A lot that is taken back five times at one moment goes once: 204, and four times 404."""
    with service.client() as client:
        lot = put_up(client)
        seller = {"Authorization": client.headers["authorization"]}
    app = service.create_app()
    statuses = service.run(_at_once, service, [app], [(app, lot["id"], None, seller)] * 5)
    assert sorted(statuses) == [204, 404, 404, 404, 404], "one call took it back, the others find it gone"


@requirement(given=True)
def test_the_description_names_the_errors(service: Service) -> None:
    """The OpenAPI description names for each operation the errors it may answer with, as problems."""
    described = service.create_app().openapi()
    expected = {
        ("/nowhere", "get"): set[str](),
        (f"{LOTS}/{{lot_id}}", "get"): {"404", "422"},
        (LOTS, "post"): {"400", "401", "403", "413", "422"},
        (f"{LOTS}/{{lot_id}}", "patch"): {"401", "403", "404", "409", "422"},
        (f"{LOTS}/{{lot_id}}", "delete"): {"401", "403", "404", "409", "422"},
        (f"{LOTS}/{{lot_id}}/photo", "put"): {"400", "401", "403", "404", "413", "415", "422"},
        (f"{LOTS}/{{lot_id}}/bids", "post"): {"401", "403", "404", "409", "422"},
        ("/auth/register", "post"): {"409", "422"},
        ("/auth/token", "post"): {"401", "422", "429"},
    }
    for (path, method), statuses in expected.items():
        told = described["paths"].get(path, {}).get(method, {}).get("responses", {})
        for status in sorted(statuses):
            assert status in told, f"{method.upper()} {path} says that it may answer {status}"
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            for status, response in operation.get("responses", {}).items():
                if status.startswith("4"):
                    kinds = list(response.get("content", {}))
                    words = f"{method.upper()} {path}, {status}: described as application/problem+json"
                    assert kinds == ["application/problem+json"], words
    assert "HTTPValidationError" not in json.dumps(described), (
        "FastAPI's own form of a 422 is not promised any more"
    )


def _register(client: RecordingClient, email: str, password: str) -> Any:
    new = {"email": email, "name": "Somebody", "password": password}
    return client.post("/auth/register", json=new, headers={"Authorization": ""})


def _standing(client: RecordingClient, lot: dict[str, Any]) -> tuple[Decimal, int, list[str]]:
    """What the house says of a lot: its price, its count, and the amounts in the book, newest first."""
    shown = client.get(f"{LOTS}/{lot['id']}").json()
    book = client.get(f"{LOTS}/{lot['id']}/bids?limit=100").json()
    return Decimal(shown["price"]), shown["bid_count"], [each["amount"] for each in book["items"]]


def _with_a_broken_route(service: Service, **settings: object) -> FastAPI:
    app = service.create_app(**settings)

    @app.get("/checkpoint/broken")
    async def broken() -> None:
        raise RuntimeError("the hammer broke")

    return app


@contextlib.contextmanager
def _written_down() -> Iterator[list[logging.LogRecord]]:
    """The log records that are written meanwhile, wherever they go; they do not reach the report."""
    records: list[logging.LogRecord] = []

    def hear(_: logging.Logger, record: logging.LogRecord) -> None:
        records.append(record)

    with contextlib.redirect_stderr(io.StringIO()), pytest.MonkeyPatch.context() as patch:
        patch.setattr(logging.Logger, "callHandlers", hear)
        yield records


@contextlib.contextmanager
def _clock(service: Service, app: FastAPI) -> Iterator[list[datetime]]:
    """A clock that shows the moment that was put last into the list."""
    shown: list[datetime] = []
    get_now: Callable[..., Any] = service.module("dependencies").get_now
    app.dependency_overrides[get_now] = lambda: shown[-1] if shown else datetime.now(UTC)
    yield shown
    app.dependency_overrides.clear()


async def _raw(app: FastAPI, path: str) -> list[dict[str, Any]]:
    """What a service sends for one GET; an exception that goes on to the server is its last message."""
    sent: list[dict[str, Any]] = []

    asked = asyncio.Event()

    async def receive() -> dict[str, Any]:
        if asked.is_set():
            await asyncio.Event().wait()  # the caller stays, and has nothing more to say
        asked.set()
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(dict(message))

    async with app.router.lifespan_context(app) as state:
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [(b"host", b"testserver")],
            "client": ("testclient", 50000),
            "server": ("testserver", 80),
            "state": dict(state or {}),
        }
        try:
            await app(scope, receive, send)
        except RuntimeError:
            sent.append({"type": "raised"})
    return sent


async def _at_once(service: Service, apps: list[FastAPI], requests: list[Any]) -> list[int]:
    """Send all requests at one moment, each to its app; the statuses in the same order.

    A request is (app, lot's id, amount, headers): a bid, or, without an amount, the taking back of the lot.
    Whoever has read from the database is held for a moment, so that all have read before the first writes.
    """
    async with contextlib.AsyncExitStack() as stack:
        stack.enter_context(pause_after_reading())
        clients = {}
        for app in apps:
            state = await stack.enter_async_context(app.router.lifespan_context(app))
            opened = _with_state(app, dict(state or {}))
            client = httpx.AsyncClient(
                transport=httpx.ASGITransport(opened, raise_app_exceptions=False), base_url="http://gavel"
            )
            clients[id(app)] = await stack.enter_async_context(client)

        async def send(app: FastAPI, lot_id: int, amount: str | None, headers: Headers) -> int:
            path, method, sent = f"{LOTS}/{lot_id}", "DELETE", None
            if amount is not None:
                path, method, sent = f"{path}/bids", "POST", {"amount": amount}
            answer = await clients[id(app)].request(method, path, json=sent, headers=headers)
            service.record(
                method, path, sent=json.dumps(sent or ""), status=answer.status_code, answer=answer.text
            )
            return answer.status_code

        return list(await asyncio.gather(*(send(*each) for each in requests)))


def _with_state(app: FastAPI, state: dict[str, Any]) -> Any:
    async def with_state(scope: Any, receive: Any, send: Any) -> None:
        await app({**scope, "state": state}, receive, send)

    return with_state
