"""What Gavel does from chapter 7 on: every error is a problem, and of two bids at once one is accepted."""

import asyncio
import contextlib
import io
import json
import logging
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, event

from course.engine.checkpoint.logins import PASSWORD
from course.engine.checkpoint.race import pause_after_reading
from course.engine.checkpoint.recording import RecordingClient
from course.engine.checkpoint.requirements import requirement
from course.engine.checkpoint.service import Service

LOTS = "/api/v1/lots"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(16)
EVENING = datetime(2031, 5, 1, 20, 15, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
JSON = {"Content-Type": "application/json"}
PROBLEM_JSON = "application/problem+json"
Headers = dict[str, str]


def create_lot(client: RecordingClient, **changes: object) -> dict[str, Any]:
    """Create a lot; the body of the response."""
    lot: dict[str, object] = {"title": "A clock", "category": "clocks", "starting_price": "100.00"}
    lot |= {"min_raise": "5.00", **changes}
    if lot.get("kind") == "sealed":
        lot.pop("min_raise")
    response = client.post(LOTS, json=lot)
    assert response.status_code == 201, (
        f"POST {LOTS} creates a lot and responds with status code 201; "
        f"the service responded with {response.status_code}"
    )
    body = response.json()
    assert isinstance(body, dict), f"the body is a JSON object, the lot; found {body!r}"
    return body


def bid(client: RecordingClient, lot: dict[str, Any], amount: str, bidder: Headers) -> Any:
    """Place a bid on a lot as a bidder; the response."""
    return client.post(f"{LOTS}/{lot['id']}/bids", json={"amount": amount}, headers=bidder)


def problem_of(response: Any, status: int, request: str) -> dict[str, Any]:
    """The problem that a response contains. `request` says in words what was requested."""
    assert response.status_code == status, (
        f"{request}: status code {status}; the service responded with {response.status_code}"
    )
    kind = response.headers.get("content-type", "")
    assert kind.startswith(PROBLEM_JSON), (
        f"{request}: the media type of the body is {PROBLEM_JSON}; Content-Type is {kind!r}"
    )
    body = response.json()
    assert isinstance(body, dict), f"{request}: the body is a JSON object; found {body!r}"
    found = body.get("status")
    assert found == status, f'{request}: the member "status" is the status code {status}; found {found!r}'
    found = body.get("title")
    assert isinstance(found, str), f'{request}: the problem has a "title" that is a string; found {found!r}'
    found = body.get("type", "")
    assert isinstance(found, str), f'{request}: the member "type", if present, is a string; found {found!r}'
    return body


@requirement(given=True)
def test_every_error_response_is_a_problem(service: Service) -> None:
    """Every error response of Gavel is a problem (RFC 9457), also for unknown paths and methods."""
    with service.client() as client:
        lot = create_lot(client)
        ada = service.login(client, "ada")
        path, mine = f"{LOTS}/{lot['id']}", client.headers["authorization"]
        wrong = {"photo": ("a.png", b"no photo", "image/png")}
        photo = {"photo": ("a.png", PNG, "image/png")}
        large = {"photo": ("a.png", PNG + b"." * service.module("photos").MAX_BYTES, "image/png")}
        requests: dict[str, tuple[int, Callable[[], Any]]] = {
            "an unknown path": (404, lambda: client.get("/nowhere")),
            "a lot that does not exist": (404, lambda: client.get(f"{LOTS}/4711")),
            "a photo that does not exist": (404, lambda: client.get(f"{path}/photo")),
            "a method that the path does not have": (405, lambda: client.put(LOTS)),
            "no token": (401, lambda: client.post(LOTS, json={}, headers={"Authorization": ""})),
            "an invalid token": (
                401,
                lambda: client.get("/auth/me", headers={"Authorization": f"{mine}x"}),
            ),
            "a wrong password": (
                401,
                lambda: client.post("/auth/token", data={"username": "a", "password": "b"}),
            ),
            "the lot of another user": (
                403,
                lambda: client.put(f"{path}/photo", files=photo, headers=ada),
            ),
            "an e-mail address that is registered already": (
                409,
                lambda: _register(client, "ada@example.com", PASSWORD),
            ),
            "a file that is no photo": (415, lambda: client.put(f"{path}/photo", files=wrong)),
            "a photo that is too large": (413, lambda: client.put(f"{path}/photo", files=large)),
            "a request body that is no JSON": (
                400,
                lambda: client.post(LOTS, content=b'"\xff"', headers=JSON),
            ),
        }
        for request, (status, send) in requests.items():
            with service.cheap_hashes():
                response = send()
            problem_of(response, status, request)
            if request == "no token":
                assert "www-authenticate" in response.headers, (
                    "no token: the response keeps the headers of the exception, here WWW-Authenticate; "
                    f"its headers are {', '.join(response.headers)}"
                )


@requirement(given=True)
def test_a_405_names_all_methods_of_the_path(service: Service) -> None:
    """A 405 names in the header `Allow` every method of the path, not only those of one route."""
    with service.client() as client:
        for path, allowed in ((LOTS, {"GET", "POST"}), (f"{LOTS}/1", {"GET", "PATCH", "DELETE"})):
            response = client.request("PUT", path)
            assert response.status_code == 405, (
                f"PUT {path}: status code 405; the service responded with {response.status_code}"
            )
            header = response.headers.get("allow", "")
            found = {method.strip() for method in header.split(",")}
            missing = allowed - found
            assert not missing, (
                f"the response to PUT {path} has the header Allow with {', '.join(sorted(allowed))}; "
                f"its value is {header!r}"
            )
            assert "PUT" not in found, (
                f"the header Allow does not name PUT, the method that was refused; its value is {header!r}"
            )


@requirement(
    exercise=1,
    hints=(
        "From which class does an exception take the attributes that it does not set itself?",
        "Exercise 1: the four classes below `BidRefused` in app/exceptions.py, and their base classes.",
        'class LotClosed(____):\n    """Bidding is over."""\n\n    kind, title = "lot-closed", "____"',
    ),
)
def test_each_reason_against_a_bid_has_its_own_type(service: Service) -> None:
    """Each reason against a bid has its own `type` and `title`, and is in the branch of its status code."""
    exceptions = service.module("exceptions")
    expected = {"BidTooLow": 409, "LotNotOpen": 409, "LotClosed": 409, "OwnLot": 403}
    branches = dict.fromkeys(expected, "BidRefused") | {"OwnLot": "Forbidden"}
    app = service.create_app()

    @app.get("/checkpoint/refused/{name}")
    async def refused(name: str) -> None:
        raise getattr(exceptions, name)("words for this case")

    kinds: dict[str, tuple[str, str]] = {}
    with service.client(app) as client:
        for name, status in expected.items():
            assert hasattr(exceptions, name), f"app/exceptions.py has a class {name}; it has none yet"
            body = problem_of(
                client.get(f"/checkpoint/refused/{name}"), status, f"an endpoint that raises {name}"
            )
            bases = ", ".join(base.__name__ for base in getattr(exceptions, name).__bases__)
            assert issubclass(getattr(exceptions, name), getattr(exceptions, branches[name])), (
                f"{name} is a subclass of {branches[name]}; its base class is {bases}"
            )
            assert status == 409 or not issubclass(getattr(exceptions, name), exceptions.Conflict), (
                f"{name}, whose status code is {status}, is no subclass of Conflict, which means 409; "
                f"its base classes are {bases}"
            )
            found = body.get("detail")
            assert found == "words for this case", (
                f'an endpoint that raises {name}("words for this case"): this text is the "detail" of the '
                f"problem; found {found!r}"
            )
            kinds[name] = (body.get("type", "about:blank"), body["title"])
    for position, member in enumerate(("type", "title")):
        values = {name: pair[position] for name, pair in kinds.items()}
        repeated = {name for name, value in values.items() if list(values.values()).count(value) > 1}
        assert not repeated, (
            f'each of the four exceptions has its own "{member}", different from the others; '
            f"found {', '.join(f'{name}: {value!r}' for name, value in values.items())}"
        )
    others = [
        each
        for each in vars(exceptions).values()
        if isinstance(each, type) and issubclass(each, exceptions.GavelError)
    ]
    for name in expected:
        for member in ("kind", "title"):
            own = getattr(getattr(exceptions, name), member)
            same = [each.__name__ for each in others if vars(each).get(member) == own]
            same = [each for each in same if each not in expected]
            assert not same, (
                f"{name} has a {member} that no other exception has; seen: {', '.join(same)} has {own!r} too"
            )


@requirement(
    exercise=1,
    hints=(
        "What does an exception of Gavel know? Which argument of `problem` is each of these?",
        "Exercise 1: `handle_gavel_error` in app/problems.py, and the signature of `problem` above it.",
        "problem(request, error.status, error.title, error.____,\n"
        "    type=TYPE_PREFIX + ____, detail=____, **error.____)",
    ),
)
def test_an_exception_of_gavel_becomes_a_problem(service: Service) -> None:
    """The problem of an exception has its kind, title, detail and facts, and the response its headers."""
    exceptions = service.module("exceptions")
    app = service.create_app()

    @app.get("/checkpoint/exception")
    async def refused() -> None:
        headers = {"X-Checkpoint": "7"}
        raise exceptions.LotHasBids("words for this case", headers=headers, amount=Decimal("12.50"), bids=3)

    with service.client(app) as client:
        response = client.get("/checkpoint/exception")
        what = "an endpoint that raises LotHasBids"
        body = problem_of(response, 409, what)
        found = str(body.get("type", ""))
        kind = exceptions.LotHasBids.kind
        assert found.endswith((f":{kind}", f"/{kind}")), (
            f"{what}: the type of the problem is TYPE_PREFIX and the kind {kind}; found {found!r}"
        )
        found = body["title"]
        assert found == exceptions.LotHasBids.title, (
            f"{what}: the title of the problem is that of the class; found {found!r}"
        )
        found = body.get("detail", "")
        assert found == "words for this case", (
            f"{what} with the text 'words for this case': this text is the detail of the problem; "
            f"found {found!r}"
        )
        facts = (_amount(body.get("amount")), body.get("bids"))
        assert facts == (Decimal("12.50"), 3), (
            f"{what} with amount=12.50 and bids=3: each fact is a member of the problem; "
            f"its members are {_listed(body)}"
        )
        assert response.headers.get("x-checkpoint") == "7", (
            f"{what} with the header X-Checkpoint: the response has it; "
            f"its headers are {_listed(response.headers)}"
        )


@requirement(
    exercise=2,
    hints=(
        "A registration failed. Who can read the response, besides the user: in logs, or in error reports?",
        "Exercise 2: `handle_validation_error` in app/problems.py. `error.errors()` is a list of dicts.",
        "Fault(loc=[...], msg=____(fault), type=fault['____'])\nfor fault in error.____()[:MAX_FAULTS]",
    ),
)
def test_a_422_names_each_error_and_repeats_no_value(service: Service) -> None:
    """A 422 says for each validation error where and what it is, and repeats no value of the request."""
    with service.client() as client:
        response = _register(client, "nobody", "hunter2 ")
        body = problem_of(response, 422, "a registration with two invalid fields")
        errors = {tuple(error.get("loc", ()))[-1:]: error for error in body.get("errors", [])}
        places = [list(error.get("loc", ()))[-2:] for error in body.get("errors", [])]
        missing = {("email",), ("password",)} - errors.keys()
        assert not missing, (
            '"errors" has an entry for email and one for password, each with its "loc"; the "loc" of its '
            f"entries: {[error.get('loc') for error in body.get('errors', [])]}"
        )
        assert ["body", "email"] in places, (
            'the "loc" of an entry says in which part of the request its field is, here body and email; '
            f"seen: {places}"
        )
        messages = [error.get("msg") for error in errors.values()]
        assert all(messages), f'each entry of "errors" says in "msg" what is wrong; found {messages}'
        assert len(set(messages)) > 1, (
            'the "msg" of an entry says what is wrong with its field, so email and password have two '
            f"different ones; seen: {messages[0]!r} twice"
        )
        assert "hunter2" not in response.text, (
            'the value of the invalid field is not in the response; the password "hunter2" is in it'
        )
        assert not any("not 8" in str(message) for message in messages), (
            f'the length of the password is not in the response; the "msg" of its entries: {messages}'
        )
        lot = {"kind": "hunter2", "title": "A vase", "category": "art", "starting_price": "1"}
        response = client.post(LOTS, json=lot)
        problem_of(response, 422, 'a lot with the kind "hunter2"')
        assert "hunter2" not in response.text, (
            "the value of an invalid field is not in the response, in no part of it; seen: the kind "
            f'"hunter2" in {response.text[:300]}'
        )
        response = client.get(f"{LOTS}?limit=4711471147")
        body = problem_of(response, 422, f"GET {LOTS}?limit=4711471147")
        places = [error.get("loc", ()) for error in body.get("errors", [])]
        assert any("limit" in place for place in places), (
            f'"errors" has an entry for the query parameter limit; the "loc" of its entries: {places}'
        )
        assert "4711471147" not in response.text, (
            "the value of the invalid query parameter is not in the response; the value 4711471147 is in it"
        )
        response = _register(client, "correct(horse)@example.com", PASSWORD)
        problem_of(response, 422, "a registration with an e-mail address that has parentheses")
        assert "'('" not in response.text, (
            "the characters of the e-mail address that are not valid are not in the response; seen: "
            f"{response.text[:300]}"
        )


@requirement(
    exercise=2,
    hints=(
        "JSON text can contain `NaN` and one half of a surrogate pair. Can a response contain them too?",
        "Exercise 2: how many entries has `errors`, and which parts of an entry are text of the client?",
        "loc=[part if isinstance(part, int) else ____(part) for part in fault['loc']]\n"
        "for fault in error.errors()[:____]",
    ),
)
def test_every_invalid_request_gets_a_short_422(service: Service) -> None:
    """`NaN`, lone surrogates and hundreds of unknown fields lead to a 422 too, with a short body."""
    with service.client() as client:
        for content in (
            b'{"title": NaN, "category": "art", "starting_price": Infinity}',
            b'{"title": "\\ud800", "category": "art", "starting_price": "1"}',
            b'{"title": "A vase", "category": "art", "starting_price": "1", "\\udfff": 1}',
        ):
            response = client.post(LOTS, content=content, headers=JSON)
            body = problem_of(response, 422, f"the request body {content.decode()}")
            assert body.get("errors"), (
                f'the request body {content.decode()}: "errors" says what is wrong; '
                f"found {body.get('errors')!r}"
            )
        lot = {"title": "A vase", "category": "art", "starting_price": "1"}
        response = client.post(LOTS, json={**lot, "kind": "x" * 20_000})
        problem_of(response, 422, "a lot with a kind of 20,000 characters")
        assert len(response.content) < 2_000, (
            "no text in the response is long, whatever the client sent; seen: for a kind of 20,000 "
            f"characters the response has {len(response.content):,} bytes"
        )
        unknown = {f"field {number} {'x' * 1000}": 1 for number in range(500)}
        response = client.post(LOTS, json=lot | unknown)
        body = problem_of(response, 422, "a request body with 500 unknown fields")
        found = len(body.get("errors") or ())
        assert found, 'a request body with 500 unknown fields: "errors" says what is wrong; it has no entry'
        assert len(response.content) < 20_000, (
            "a request body with 500 unknown fields: the response names some of them and has less than "
            f'20,000 bytes; it has {len(response.content):,} bytes, and "errors" has {found} entries'
        )
        response = client.post(LOTS, json=lot | {f"x{number}": 1 for number in range(500)})
        found = len(response.json().get("errors") or ())
        assert found <= 20, f'"errors" has at most 20 entries, MAX_FAULTS; seen: {found}'


@requirement(
    exercise=3,
    hints=(
        "Which middleware does a response pass that the innermost middleware creates?",
        "Exercise 3: `ErrorMiddleware`, and the first line of `install`, in app/middleware.py.",
        "response = await handle_unexpected_error(____(scope), error)\nawait response(scope, ____, ____)",
    ),
)
def test_an_unexpected_exception_becomes_a_problem(service: Service) -> None:
    """An unexpected exception becomes a 500 problem that passes all middleware and has no details."""
    app = _with_a_failing_route(service, cors_origins=["https://bidder.example"])
    with service.client(app, raise_server_exceptions=False) as client:
        sent = {"X-Request-ID": "evening-7", "Origin": "https://bidder.example"}
        response = client.get("/checkpoint/broken", headers=sent)
        body = problem_of(response, 500, "an endpoint that raises RuntimeError")
        found = response.headers.get("x-request-id")
        assert found == "evening-7", (
            "the 500 passes RequestIdMiddleware, so it has the header X-Request-ID: evening-7; "
            f"its value is {found!r}"
        )
        headers = response.headers
        assert "x-content-type-options" in headers, (
            "the 500 passes SecurityHeadersMiddleware, so it has the header X-Content-Type-Options; "
            f"its headers are {', '.join(headers)}"
        )
        found = headers.get("access-control-allow-origin", "")
        assert found == "https://bidder.example", (
            "the 500 passes CORSMiddleware, so a page of an allowed origin can read it; seen: "
            f"Access-Control-Allow-Origin is {found!r}"
        )
        found = body.get("request_id")
        assert found == "evening-7", (
            f'the problem has the member "request_id", here evening-7, for questions; found {found!r}'
        )
        for word in ("hammer", "RuntimeError", "Traceback", ".py"):
            assert word not in response.text, (
                "the response contains neither the text of the exception nor its traceback; "
                f"it contains {word!r}"
            )
        status = client.get("/").status_code
        assert status == 200, f"the next request has status code 200; the service responded with {status}"


@requirement(
    exercise=3,
    hints=(
        "An exception leaves your application. Who logs it: you, the server, or both?",
        "Exercise 3: `error_log.exception(...)`. You `raise` again with `propagate`, or if the response has "
        "begun.",
        'except Exception as error:\n    if started or scope["type"] != "____":\n        raise\n'
        '    error_log.____("%s %s", scope["method"], scope["path"])',
    ),
)
def test_an_unexpected_exception_is_logged_once(service: Service) -> None:
    """An unexpected exception is logged once, with its traceback; only in a test the server receives it."""
    for environment in ("development", "production"):
        app = _with_a_failing_route(service, environment=environment, log_level="ERROR")
        with _log_records() as records, service.client(app) as client:
            problem = ""
            try:
                response = client.get(
                    "/checkpoint/broken?ticket=secret", headers={"Authorization": "Bearer secret"}
                )
                if response.status_code != 500:
                    problem = f"the service responded with {response.status_code}"
            except RuntimeError as error:
                problem = f"the server received RuntimeError: {error}"
            assert not problem, (
                f"with environment={environment}, an endpoint that raises leads to status code 500, and the "
                f"exception does not reach the server, which would log it again; {problem}"
            )
            logged = [record.getMessage() for record in records if record.exc_info]
            assert len(logged) == 1, (
                f"the exception is logged once, with its traceback; records with a traceback: {len(logged)}"
                + "".join(f"\n- {each}" for each in logged)
            )
            leaked = [each.getMessage() for each in records if "secret" in each.getMessage()]
            assert not leaked, (
                "no log record contains the query or a header of the request, which may be secret; "
                f"seen: {leaked[:1]}"
            )
    app = _with_a_failing_route(service, environment="test")
    with service.client(app) as client:
        try:
            found = f"the service responded with {client.get('/checkpoint/broken').status_code}"
        except RuntimeError as error:
            found = str(error)
    assert "hammer" in found, (
        "with environment=test, the server receives the exception of the endpoint too, RuntimeError: the "
        f"hammer broke, so that a test shows its line; {found}"
    )


@requirement(given=True)
def test_an_interrupted_response_is_not_completed(service: Service) -> None:
    """If an exception interrupts a response, nothing more is sent, and the exception reaches the server."""
    app = service.create_app(environment="development")

    @app.get("/checkpoint/stream")
    async def stream() -> Any:
        from fastapi.responses import StreamingResponse

        async def parts() -> Any:
            yield b"the first half"
            raise RuntimeError("the hammer broke")

        return StreamingResponse(parts())

    sent = service.run(_messages_of, app, "/checkpoint/stream")
    types = [message["type"] for message in sent]
    assert types.count("http.response.start") == 1, (
        "a response that an exception interrupts has one http.response.start; "
        f"the application sent {_listed(types)}"
    )
    parts = [message.get("body", b"") for message in sent if message["type"] == "http.response.body"]
    assert not any(b"problem" in part for part in parts), (
        f"no problem is added to a response that has begun; the parts of the body are {parts}"
    )
    assert types[-1] == "raised", (
        "an exception in the middle of a response reaches the server, which closes the connection; "
        f"the server received no exception, and the application sent {_listed(types)}"
    )
    middleware = service.module("middleware").ErrorMiddleware
    for kind, error in (
        ("lifespan", RuntimeError("the hammer broke")),
        ("websocket", RuntimeError("the hammer broke")),
        ("http", asyncio.CancelledError()),
    ):
        passed = service.run(_passed_by, middleware, kind, error)
        assert passed == "raised", (
            f"{type(error).__name__} in a scope of the type {kind} passes ErrorMiddleware, which sends "
            f"nothing; seen: it {passed}"
        )


@requirement(
    exercise=4,
    hints=(
        "An endpoint depends on a function that depends on another one. Which of the three can raise?",
        "Exercise 4: `declared_errors` and `describe` in app/openapi.py. `declared_errors` can call itself.",
        'for path, method, route in ____(app):\n    operation = description["paths"][____][method]\n'
        '    operation["responses"] |= ____(operation, route)',
    ),
)
def test_the_openapi_description_names_the_errors(service: Service) -> None:
    """The OpenAPI description lists for each operation its error responses, as problems."""
    described = service.create_app().openapi()
    expected = {
        ("/nowhere", "get"): set[str](),
        (f"{LOTS}/{{lot_id}}", "get"): {"404", "422"},
        (LOTS, "post"): {"400", "401", "403", "413", "422"},
        (f"{LOTS}/{{lot_id}}", "patch"): {"401", "403", "404", "409", "422"},
        (f"{LOTS}/{{lot_id}}", "delete"): {"401", "403", "404", "409", "422"},
        (f"{LOTS}/{{lot_id}}/photo", "put"): {"400", "401", "403", "404", "409", "413", "415", "422"},
        (f"{LOTS}/{{lot_id}}/bids", "post"): {"201", "401", "403", "404", "409", "422"},
        ("/auth/register", "post"): {"409", "422"},
        ("/auth/token", "post"): {"401", "422", "429"},
    }
    for (path, method), statuses in expected.items():
        found = described["paths"].get(path, {}).get(method, {}).get("responses", {})
        for status in sorted(statuses):
            assert status in found, (
                f"the OpenAPI description of {method.upper()} {path} has a response {status}; "
                f"its responses are {_listed(found)}"
            )
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            for status, response in operation.get("responses", {}).items():
                if status.startswith("4"):
                    kinds = sorted(response.get("content", {}))
                    right = [PROBLEM_JSON, "text/plain"] if status == "413" else [PROBLEM_JSON]
                    assert kinds == right, (
                        f"the OpenAPI description of {method.upper()} {path} declares its response {status} "
                        f"as {_listed(right)}; it declares {_listed(kinds)}"
                    )
    about = described["info"].get("description", "")
    app = service.create_app(allowed_hosts=["testserver"])
    with service.client(app) as client:
        response = client.get("/", headers={"Host": "elsewhere.example.org"})
    kind = response.headers.get("content-type", "").split(";")[0]
    assert response.status_code == 400, (
        f"a wrong Host: status code 400; the service responded with {response.status_code}"
    )
    assert kind == PROBLEM_JSON or kind in about, (
        "an error response that is no problem, here the 400 for a wrong Host, is described with its media "
        f"type, {kind}, in the description of the API; seen: {about!r}"
    )
    schemas = described.get("components", {}).get("schemas", {})
    assert "Problem" in schemas, (
        "the OpenAPI description has the schema of Problem, to which its responses refer; "
        f"its schemas are {_listed(schemas)}"
    )
    assert "HTTPValidationError" not in json.dumps(described), (
        "the OpenAPI description does not contain HTTPValidationError, the default schema of FastAPI for a "
        f"422; it contains it, and its schemas are {_listed(schemas)}"
    )
    demo = FastAPI(description="Words that were there before.")
    demo.get("/lots/{number}")(_read_number)
    service.module("openapi").describe(demo)
    first, second = (json.dumps(demo.openapi(), sort_keys=True) for _ in range(2))
    assert first == second, (
        "a second call of app.openapi() returns the same as the first; it returned another description"
    )
    about = demo.openapi()["info"].get("description", "")
    assert about.startswith("Words that were there before."), (
        "the description of the API begins with the text that was there before, Words that were there "
        f"before; seen: {about[:60]!r}"
    )


@requirement(
    exercise=6,
    hints=(
        "What is the minimum of the first bid, of a later one, and of a sealed one?",
        "Exercise 6: the amount in the `WHERE` of `accept_bid`, and its type. Which columns does it change?",
        "minimum = case((Lot.bid_count == ____, Lot.price), else_=____ + Lot.min_raise)\n"
        "update(Lot).where(..., minimum <= literal(amount, ____))",
    ),
)
def test_a_bid_below_the_minimum_is_refused_with_the_minimum(service: Service) -> None:
    """The first bid is at least the starting price, a later one a raise more; a 409 says the minimum."""
    with service.client() as client:
        lot, ada = create_lot(client), service.login(client, "ada")
        for amount, status in (("99.99", 409), ("100.00", 201), ("104.99", 409), ("105.00", 201)):
            response = bid(client, lot, amount, ada)
            why = "too low" if status == 409 else "high enough"
            if status == 409:
                body = problem_of(response, 409, f"a bid of {amount}, which is {why}")
                found = body.get("minimum_bid")
                minimum = 100 if amount == "99.99" else 105
                assert _amount(found) == minimum, (
                    f'a bid of {amount}, which is {why}: "minimum_bid" is {minimum}; found {found!r}'
                )
            assert response.status_code == status, (
                f"a bid of {amount}, which is {why}: status code {status}; "
                f"the service responded with {response.status_code}"
            )
        price, count, amounts = _state_of(client, lot)
        assert (price, count, amounts) == (Decimal("105.00"), 2, ["105.00", "100.00"]), (
            "after two accepted bids, the price is 105.00, bid_count is 2, and the bids are 105.00 and "
            f"100.00; found the price {price}, bid_count {count}, and the bids {_listed(amounts)}"
        )
        sealed = create_lot(client, kind="sealed")
        found = [bid(client, sealed, amount, ada).status_code for amount in ("99.99", "300", "100")]
        leaders = [_leader_of(service, each) for each in (lot, sealed)]
        me = client.get("/auth/me", headers=ada).json()["id"]
        assert leaders == [me, None], (
            "the leader of an ascending lot is its last bidder, and a sealed lot has no leader: leader_id is "
            f"{me} and None; seen: {_listed(leaders)}"
        )
        assert found == [409, 201, 201], (
            "a sealed bid is at least the starting price of 100, and nothing else is required: bids of "
            "99.99, 300 and 100 have the status codes 409, 201 and 201; "
            f"the service responded with {_listed(found)}"
        )


@requirement(
    exercise=6,
    hints=(
        "A lot is open from one time until another. Which of the two times belongs to the interval?",
        "Exercise 6: the two times in the `WHERE` of `accept_bid`. They are the limits of `check_bid` too.",
        "update(Lot).where(Lot.opens_at ____ now, Lot.closes_at ____ now, ...)",
    ),
)
def test_bids_are_accepted_from_opens_at_until_closes_at(service: Service) -> None:
    """A bid is accepted at `opens_at` and later, and no longer at `closes_at`."""
    app, exceptions = service.create_app(), service.module("exceptions")
    opens, closes = EVENING + timedelta(hours=1), EVENING + timedelta(hours=2)
    with service.client(app) as client, _clock(service, app) as clock:
        clock.append(EVENING)
        times = {"opens_at": opens.isoformat(), "closes_at": closes.isoformat()}
        lots = [create_lot(client, **times), create_lot(client, kind="sealed", **times)]
        ada = service.login(client, "ada")
        for lot in lots:
            refused = []
            for now, when, status in (
                (opens - MICROSECOND, "one microsecond before opens_at", 409),
                (opens, "at opens_at", 201),
                (closes - MICROSECOND, "one microsecond before closes_at", 201),
                (closes, "at closes_at", 409),
            ):
                clock.append(now)
                amount = str(100 + 10 * len(clock))
                response = bid(client, lot, amount, ada)
                assert response.status_code == status, (
                    f"a bid {when}: status code {status}; the service responded with {response.status_code}"
                )
                if status == 409:
                    refused.append(problem_of(response, 409, f"a bid {when}")["title"])
            expected = [exceptions.LotNotOpen.title, exceptions.LotClosed.title]
            assert refused == expected, (
                "a bid before opens_at raises LotNotOpen, and one at closes_at raises LotClosed; expected "
                f'the "title" of these, {_listed(expected)}; found {_listed(refused)}'
            )
        clock.append(closes)
        found = client.get(f"{LOTS}/{lots[0]['id']}").json()["bid_count"]
        assert found == 2, f"after two accepted bids, bid_count is 2; found {found}"


@requirement(
    exercise=5,
    hints=(
        "What could a seller gain by bidding on their own lot?",
        "Exercise 5: `is_own` in `check_bid`, before the rules that another bid could satisfy.",
        "if ____:\n    raise OwnLot(...)",
    ),
)
def test_a_seller_cannot_bid_on_their_own_lot(service: Service) -> None:
    """A seller's bid on their own lot gets 403, whatever its amount, and is not stored."""
    with service.client() as client:
        lot, ada = create_lot(client), service.login(client, "ada")
        for amount in ("100.00", "1.00"):
            problem_of(bid(client, lot, amount, {}), 403, f"a bid of {amount} by the seller of the lot")
        price, count, amounts = _state_of(client, lot)
        assert (price, count, amounts) == (Decimal("100.00"), 0, []), (
            "after a refused bid, the price is 100.00, bid_count is 0, and there are no bids; "
            f"found the price {price}, bid_count {count}, and the bids {_listed(amounts)}"
        )
        status = bid(client, lot, "100.00", ada).status_code
        assert status == 201, (
            "a bid of 100.00, the starting price, by another user: status code 201; "
            f"the service responded with {status}"
        )


@requirement(
    exercise=5,
    hints=(
        "Several rules refuse the same bid. Which of them can the bidder still satisfy?",
        "Exercise 5: the order of the rules in `check_bid`, and the facts of each refusal.",
        "if is_own: ...\nif now < opens_at:\n    raise LotNotOpen(..., opens_at=____)\n"
        "if now >= closes_at:\n    raise LotClosed(..., ____=closes_at)",
    ),
)
def test_the_reason_that_no_bid_would_change_comes_first(service: Service) -> None:
    """Of several reasons, the own lot comes first, then the time, then the amount; the time is a fact."""
    app, exceptions = service.create_app(), service.module("exceptions")
    opens, closes = EVENING + timedelta(hours=1), EVENING + timedelta(hours=2)
    with service.client(app) as client, _clock(service, app) as clock:
        clock.append(EVENING)
        lot = create_lot(client, opens_at=opens.isoformat(), closes_at=closes.isoformat())
        ada = service.login(client, "ada")
        for now, when, who, whose, expected, member, moment in (
            (EVENING, "before opens_at", {}, "by the seller", exceptions.OwnLot, "", None),
            (closes, "at closes_at", {}, "by the seller", exceptions.OwnLot, "", None),
            (EVENING, "before opens_at", ada, "by Ada", exceptions.LotNotOpen, "opens_at", opens),
            (opens, "at opens_at", ada, "by Ada", exceptions.BidTooLow, "", None),
            (closes, "at closes_at", ada, "by Ada", exceptions.LotClosed, "closes_at", closes),
        ):
            clock.append(now)
            what = f"a bid of 1.00, which is too low, {when}, {whose}"
            body = problem_of(bid(client, lot, "1.00", who), 403 if whose == "by the seller" else 409, what)
            assert body["title"] == expected.title, (
                f"{what}, raises {expected.__name__}, with the title {expected.title!r}; "
                f"seen: {body['title']!r}"
            )
            if member:
                found = body.get(member)
                read = datetime.fromisoformat(found) if isinstance(found, str) else None
                assert read == moment, f'{what}: the problem has "{member}", {moment}; seen: {found!r}'


@requirement(
    exercise=6,
    hints=(
        "Five requests read the same price. How can one of them know that the price has changed since?",
        "Exercise 6: `accept_bid` in app/repositories/lots.py. What must be true of the row when it changes?",
        "update(Lot).where(Lot.id == lot.id, ____ <= ____).values(...).returning(Lot.id)",
    ),
)
def test_of_five_equal_bids_one_is_accepted(service: Service) -> None:
    """Of five equal bids at the same time, exactly one is accepted; the others get 409."""
    with service.client() as client:
        lot = create_lot(client)
        people = [service.login(client, name) for name in ("ada", "bob", "cleo")]
    app = service.create_app()
    bids = [(app, lot["id"], "100.00", people[number % 3]) for number in range(5)]
    statuses = service.run(_at_once, service, [app], bids)
    assert sorted(statuses) == [201, 409, 409, 409, 409], (
        "of five equal bids at the same time, one has status code 201 and four have 409; "
        f"the service responded with {_listed(sorted(statuses))}"
    )
    with service.client() as client:
        price, count, amounts = _state_of(client, lot)
        assert (price, count, amounts) == (Decimal("100.00"), 1, ["100.00"]), (
            "after one accepted bid of 100.00, the price is 100.00, bid_count is 1, and there is that one "
            f"bid; found the price {price}, bid_count {count}, and the bids {_listed(amounts)}"
        )


@requirement(
    exercise=6,
    hints=(
        "Two processes serve Gavel. What do they share?",
        "Exercise 6: the comparison must be where both processes meet: in the SQL statement itself.",
        "update(Lot)\n.where(Lot.id == lot.id, ...)\n.values({'bid_count': Lot.____ + 1, 'price': ____})",
    ),
)
def test_two_workers_lose_no_bid(service: Service) -> None:
    """Two workers receive many bids at once: each 201 is a stored raise, and no sealed bid is lost."""
    with service.client() as client:
        lot, sealed = create_lot(client), create_lot(client, kind="sealed")
        people = [service.login(client, name) for name in ("ada", "bob", "cleo")]
    workers = [service.create_app(), service.create_app()]
    crowd = [
        (workers[number % 2], lot["id"], str(100 + number * 7 % 12 * 5), people[number % 3])
        for number in range(12)
    ]
    crowd += [(workers[number % 2], sealed["id"], "100.00", people[number % 3]) for number in range(4)]
    statuses = service.run(_at_once, service, workers, crowd)
    assert set(statuses) <= {201, 409}, (
        "each of the bids at the same time has status code 201 or 409; "
        f"the service responded with {_listed(sorted(set(statuses)))}"
    )
    accepted = sorted(
        Decimal(amount)
        for (_, lot_id, amount, _), status in zip(crowd, statuses, strict=True)
        if (lot_id, status) == (lot["id"], 201)
    )
    with service.client() as client:
        price, count, amounts = _state_of(client, lot)
        stored = [Decimal(amount) for amount in reversed(amounts)]
        assert sorted(stored) == accepted, (
            "the stored bids are those with status code 201; "
            f"with 201: {_listed(accepted)}; stored: {_listed(sorted(stored))}"
        )
        assert all(later - earlier >= 5 for earlier, later in pairwise(stored)), (
            "each accepted bid is at least the minimum raise of 5.00 above the one before; "
            f"the accepted bids, in their order: {_listed(stored)}"
        )
        assert price == max(accepted, default=None) == Decimal("155.00"), (
            "the highest bid, 155.00, is accepted and is the price of the lot; the price is "
            f"{price}, and the highest accepted bid is {max(accepted, default='none')}"
        )
        assert count == len(stored), (
            f'"bid_count" of the lot is the number of stored bids, {len(stored)}; found {count}'
        )
        assert statuses[12:] == [201] * 4, (
            "each of four sealed bids at the same time has status code 201; "
            f"the service responded with {_listed(statuses[12:])}"
        )
        found = client.get(f"{LOTS}/{sealed['id']}").json()["bid_count"]
        assert found == 4, f'"bid_count" of the sealed lot counts each of its 4 accepted bids; found {found}'


@requirement(
    exercise=7,
    hints=(
        "What can happen to a lot between the moment when you read it and the moment when you write?",
        "Exercise 7: what `place_bid` does between `accept_bid` and `check_bid_on_lot`.",
        "accepted = await lots.accept_bid(...)\nawait lots.____(lot)\nif not accepted:\n"
        "    ____(lot, bidder, amount, now)\n    raise ____(...)",
    ),
)
def test_a_bid_is_compared_with_the_row_at_that_time(service: Service) -> None:
    """A bid is refused if the lot changed since it was read: times, price, min_raise, seller, or deletion."""
    repository = service.module("repositories.lots").LotRepository
    with service.client() as client:
        ada, bob = service.login(client, "ada"), service.login(client, "bob")
        me = client.get("/auth/me", headers=ada).json()["id"]
        for what, change, expected in (
            ("has closed", "closes_at = opens_at", 409),
            ("has another opening, which has not come", "opens_at = closes_at", 409),
            ("has a higher price", "price = price * 10", 409),
            ("has a higher min_raise", "min_raise = min_raise * 100", 409),
            ("belongs to the bidder", f"seller_id = {me}", 403),
            ("was deleted", "", 404),
        ):
            lot = create_lot(client)
            bid(client, lot, "100.00", bob)
            with _changed_meanwhile(service, lot, change) as done:
                response = bid(client, lot, "105.00", ada)
            if not done:
                continue
            body = problem_of(response, expected, f"a bid on a lot that {what} since it was read")
            if change.startswith(("price", "min_raise")):
                minimum = _amount(body.get("minimum_bid"))
                assert (minimum or 0) > 105, (
                    f'a bid on a lot that {what} since it was read: "minimum_bid" is that of the row '
                    f"now, more than 105; seen: {body.get('minimum_bid')!r}"
                )
            if change:
                count = client.get(f"{LOTS}/{lot['id']}").json()["bid_count"]
                assert count == 1, f"a bid that was refused is not counted: bid_count is 1; seen: {count}"
        if hasattr(repository, "accept_bid"):
            calls: list[object] = []

            async def refuse(*arguments: object) -> bool:
                calls.append(arguments)
                return False

            lot = create_lot(client)
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(repository, "accept_bid", refuse)
                status = bid(client, lot, "100.00", ada).status_code
            assert not calls or status == 409, (
                "a bid that `accept_bid` did not accept is refused with 409, even if there is no reason any "
                f"more; seen: {status}"
            )


@requirement(
    exercise=7,
    hints=(
        "Your UPDATE changed a row. Which Python object still has the old values?",
        "Exercise 7: `refresh` in app/repositories/lots.py, and where `place_bid` calls it.",
        "query = LOTS.where(____).execution_options(____=True)\n"
        "if await self._session.scalar(query) is ____:\n    raise ____(...)",
    ),
)
def test_place_bid_reads_the_lot_again(service: Service) -> None:
    """After `place_bid`, the lot that it was given has the price and the bid_count of the row."""
    dependencies, bidding = service.module("dependencies"), service.module("services.bidding")
    app = service.create_app()

    async def place(lot: Any, bidder: Any, lots: Any, bids: Any, now: Any) -> dict[str, Any]:
        await bidding.place_bid(lot, bidder, Decimal("120.00"), lots, bids, now)
        return {"price": str(lot.price), "bid_count": lot.bid_count, "leader_id": lot.leader_id}

    place.__annotations__ = {
        "lot": dependencies.LotDep,
        "bidder": dependencies.Bidder,
        "lots": dependencies.LotsDep,
        "bids": dependencies.BidsDep,
        "now": dependencies.NowDep,
    }
    app.post("/checkpoint/{lot_id}/bids")(place)
    with service.client(app) as client:
        lot, ada, bob = create_lot(client), service.login(client, "ada"), service.login(client, "bob")
        bid(client, lot, "100.00", bob)
        me = client.get("/auth/me", headers=ada).json()["id"]
        response = client.post(f"/checkpoint/{lot['id']}/bids", headers=ada)
        assert response.status_code == 200, (
            f"`place_bid` accepts a bid of 120.00 and returns; seen: status code {response.status_code}"
        )
        body = response.json()
        seen = (Decimal(body["price"]), body["bid_count"], body["leader_id"])
        assert seen == (Decimal("120.00"), 2, me), (
            "after `place_bid` the lot that it was given is as the row is: the price is 120.00, bid_count is "
            f"2, and leader_id is {me}; seen: {_listed(seen)}"
        )


@requirement(
    exercise=8,
    hints=(
        "Five requests have found the same lot. What makes the second of them wait?",
        "Exercise 8: `lock` in app/repositories/lots.py, and the line in `delete_lot` that calls it.",
        "await self._session.execute(____(Lot).where(Lot.id == lot.id).values(id=____))\n"
        "return await self.____(lot)",
    ),
)
def test_a_lot_is_deleted_once(service: Service) -> None:
    """Of five DELETE requests for one lot at the same time, one gets 204, and four get 404."""
    with service.client() as client:
        lot = create_lot(client)
        seller = {"Authorization": client.headers["authorization"]}
    app = service.create_app()
    statuses = service.run(_at_once, service, [app], [(app, lot["id"], None, seller)] * 5)
    assert sorted(statuses) == [204, 404, 404, 404, 404], (
        "of five DELETE requests for one lot at the same time, one has status code 204 and four have 404; "
        f"the service responded with {_listed(sorted(statuses))}"
    )


@requirement(
    exercise=8,
    hints=(
        "A request waited for the lock. When did it read the values of its lot?",
        "Exercise 8: `lock` in app/repositories/lots.py. What does it do after it has the lock?",
        "await self._session.execute(update(Lot).where(____).values(____))\nreturn await self.refresh(____)",
    ),
)
def test_a_change_sees_the_current_row(service: Service) -> None:
    """PATCH, DELETE and photo see what happened to the lot after it was read, such as its first bid."""
    with service.client() as client:
        ada = service.login(client, "ada")
        lot = create_lot(client, reserve_price="500.00")
        path = f"{LOTS}/{lot['id']}"
        with _changed_meanwhile(service, lot, "bid_count = 1") as done:
            status = client.patch(path, json={"starting_price": "1.00"}).status_code
        assert not done or status == 409, (
            "PATCH of the starting_price of a lot that received a bid since it was read responds with 409; "
            f"seen: {status}"
        )
        other = create_lot(client)
        with _changed_meanwhile(service, other, "closes_at = opens_at") as done:
            later = datetime.fromisoformat(other["opens_at"]) + timedelta(days=1)
            status = client.patch(f"{LOTS}/{other['id']}", json={"opens_at": later.isoformat()}).status_code
        assert not done or status == 422, (
            "of two PATCHes at the same time, of opens_at and of closes_at, the second is checked against "
            f"the first: 422 where the lot would close before it opens; seen: {status}"
        )
        third = create_lot(client)
        with _changed_meanwhile(service, third, "bid_count = 1") as done:
            photo = {"photo": ("a.png", PNG, "image/png")}
            status = client.put(f"{LOTS}/{third['id']}/photo", files=photo).status_code
        assert not done or status == 409, (
            f"PUT of a photo of a lot that received a bid since it was read responds with 409; seen: {status}"
        )
        gone = create_lot(client)
        with _changed_meanwhile(service, gone, "") as done:
            status = client.put(f"{LOTS}/{gone['id']}/photo", files=photo).status_code
        assert not done or status == 404, (
            f"a photo of a lot that was deleted since it was read responds with 404; seen: {status}"
        )
        fourth = create_lot(client)
        with _changed_meanwhile(service, fourth, "bid_count = 1") as done:
            status = client.delete(f"{LOTS}/{fourth['id']}").status_code
        assert not done or status == 409, (
            f"DELETE of a lot that received a bid since it was read responds with 409; seen: {status}"
        )
        taken = create_lot(client)
        bid(client, taken, "100.00", ada)
        path = f"{LOTS}/{taken['id']}"
        kind = service.module("exceptions").LotHasBids.kind
        for method, response in (
            ("PATCH", client.patch(path, json={"title": "A lamp"})),
            ("PUT of a photo", client.put(f"{path}/photo", files=photo)),
            ("DELETE", client.delete(path)),
        ):
            problem = problem_of(response, 409, f"{method} of a lot with a bid")
            assert str(problem.get("type")).endswith(kind), (
                f"the type of the problem, {method} of a lot with a bid, ends with {kind}; "
                f"seen: {problem.get('type')}"
            )


def _register(client: RecordingClient, email: str, password: str) -> Any:
    new = {"email": email, "name": "Somebody", "password": password}
    return client.post("/auth/register", json=new, headers={"Authorization": ""})


async def _read_number(number: int) -> int:
    return number


def _amount(value: object) -> Decimal | None:
    """The amount of money that a member of the body says; None if it is no number."""
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def _listed(values: Any) -> str:
    """Values in words, for a message."""
    return ", ".join(map(str, values)) or "none"


def _state_of(client: RecordingClient, lot: dict[str, Any]) -> tuple[Decimal, int, list[str]]:
    """What the service says of a lot: its price, its bid_count, and the amounts of its bids, newest first."""
    body = client.get(f"{LOTS}/{lot['id']}").json()
    bids = client.get(f"{LOTS}/{lot['id']}/bids?limit=100").json()
    return Decimal(body["price"]), body["bid_count"], [each["amount"] for each in bids["items"]]


def _leader_of(service: Service, lot: dict[str, Any]) -> object:
    """The leader_id of a lot, as the database stores it."""
    with contextlib.closing(sqlite3.connect(service.tmp_path / "gavel.db")) as database:
        return database.execute("SELECT leader_id FROM lots WHERE id = ?", (lot["id"],)).fetchone()[0]


@contextlib.contextmanager
def _changed_meanwhile(service: Service, lot: dict[str, Any], change: str) -> Iterator[list[str]]:
    """Change the row of a lot just before the next statement that writes; without a change, delete it.

    The list stays empty if the database does not let the row be changed then: another request has locked it.
    """
    done: list[str] = []
    tried: list[str] = []

    def change_it(_: object, __: object, statement: str, *___: object) -> None:
        if tried or statement.lstrip().upper().startswith(("SELECT", "PRAGMA")):
            return
        tried.append(statement)
        what = f"UPDATE lots SET {change}" if change else "DELETE FROM lots"
        with (
            contextlib.suppress(sqlite3.OperationalError),
            contextlib.closing(sqlite3.connect(service.tmp_path / "gavel.db", timeout=0)) as database,
            database,
        ):
            database.execute(f"{what} WHERE id = ?", (lot["id"],))
            done.append(what)

    event.listen(Engine, "before_cursor_execute", change_it)
    try:
        yield done
    finally:
        event.remove(Engine, "before_cursor_execute", change_it)


async def _passed_by(middleware: Callable[..., Any], kind: str, error: BaseException) -> str:
    """What a middleware does with an exception of the inner application before anything was sent."""
    sent: list[str] = []

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        raise error

    async def receive() -> Any: ...

    async def send(message: Any) -> None:
        sent.append(message["type"])

    scope = {"type": kind, "method": "GET", "path": "/", "query_string": b"", "headers": []}
    try:
        await middleware(inner, propagate=False)(scope, receive, send)
    except (RuntimeError, asyncio.CancelledError):
        return f"sent {', '.join(sent)}" if sent else "raised"
    return f"swallowed the exception, and sent {', '.join(sent) or 'nothing'}"


def _with_a_failing_route(service: Service, **settings: object) -> FastAPI:
    app = service.create_app(**settings)

    @app.get("/checkpoint/broken")
    async def broken() -> None:
        raise RuntimeError("the hammer broke")

    return app


@contextlib.contextmanager
def _log_records() -> Iterator[list[logging.LogRecord]]:
    """The log records of this time, of all loggers; they do not reach the report."""
    records: list[logging.LogRecord] = []

    def collect(_: logging.Logger, record: logging.LogRecord) -> None:
        records.append(record)

    with contextlib.redirect_stderr(io.StringIO()), pytest.MonkeyPatch.context() as patch:
        patch.setattr(logging.Logger, "callHandlers", collect)
        yield records


@contextlib.contextmanager
def _clock(service: Service, app: FastAPI) -> Iterator[list[datetime]]:
    """A clock that shows the last datetime in the list."""
    times: list[datetime] = []
    get_now: Callable[..., Any] = service.module("dependencies").get_now
    app.dependency_overrides[get_now] = lambda: times[-1] if times else datetime.now(UTC)
    yield times
    app.dependency_overrides.clear()


async def _messages_of(app: FastAPI, path: str) -> list[dict[str, Any]]:
    """The ASGI messages of one GET; an exception that reaches the server is the last one."""
    sent: list[dict[str, Any]] = []
    requested = asyncio.Event()

    async def receive() -> dict[str, Any]:
        if requested.is_set():
            await asyncio.Event().wait()  # the client stays connected and sends nothing more
        requested.set()
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
    """Send all requests at the same time, each to its app; the status codes in the same order.

    A request is (app, lot's id, amount, headers): a bid, or, without an amount, a DELETE of the lot. A pause
    after each read makes sure that all requests have read before the first one writes.
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
            response = await clients[id(app)].request(method, path, json=sent, headers=headers)
            service.record(
                method, path, sent=json.dumps(sent or ""), status=response.status_code, answer=response.text
            )
            return response.status_code

        return list(await asyncio.gather(*(send(*each) for each in requests)))


def _with_state(app: FastAPI, state: dict[str, Any]) -> Any:
    async def with_state(scope: Any, receive: Any, send: Any) -> None:
        await app({**scope, "state": state}, receive, send)

    return with_state
