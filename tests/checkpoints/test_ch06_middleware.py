"""What Gavel does from chapter 6 on: each request has an ID and a line in the log; middleware guards it."""

import asyncio
import io
import json
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from contextvars import ContextVar
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from fastapi import BackgroundTasks, FastAPI, HTTPException, Response, WebSocket
from pydantic import ValidationError
from starlette.testclient import WebSocketDenialResponse

from course.engine.checkpoint.recording import RecordingClient
from course.engine.checkpoint.requirements import requirement
from course.engine.checkpoint.service import Service

LOTS = "/api/v1/lots"
OURS, THEIRS = "https://bidder.example", "https://thief.example"
VALID_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
PLAIN_SCOPE = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []}
LOT = {"title": "A long-case clock", "category": "clocks", "starting_price": "120.00"}


@requirement(
    exercise=1,
    hints=(
        "Which ASGI message has the headers of a response, and how does your middleware see it?",
        "Exercise 1: `SecurityHeadersMiddleware`, the `send` that it passes to the inner application. Which "
        "names of headers has the message already?",
        'if message["type"] == "____":\n    headers = list(message.get("headers", ()))\n'
        "    present = {name for name, _ in ____}\n"
        '    message["headers"] = headers + [each for each in added if each[0] not in ____]\n'
        "await send(____)",
    ),
)
def test_responses_have_security_headers(service: Service) -> None:
    """Every response, errors too, has the security headers; a header that it already has keeps its value."""
    client = service.client(person=None)
    for method, path in (("GET", "/"), ("GET", "/nothing"), ("PUT", "/"), ("GET", "/docs")):
        headers = client.request(method, path).headers
        where = f"the response to {method} {path} has the header"
        found = headers.get("x-content-type-options", "")
        assert found == "nosniff", f"{where} X-Content-Type-Options: nosniff; its value is {found!r}"
        found = headers.get("content-security-policy", "")
        assert "frame-ancestors 'none'" in found, (
            f"{where} Content-Security-Policy with frame-ancestors 'none'; its value is {found!r}"
        )
        found = headers.get("referrer-policy", "")
        assert found == "same-origin", f"{where} Referrer-Policy: same-origin; its value is {found!r}"
    middleware = service.module("middleware").SecurityHeadersMiddleware
    values, messages = service.run(_own_header, middleware)
    assert values == ["no-referrer"], (
        "a response that has the header Referrer-Policy: no-referrer already keeps it and has no second one; "
        f"seen: {', '.join(values) or 'none'}"
    )
    assert messages == ["http.response.start", "http.response.body"], (
        "`SecurityHeadersMiddleware` passes each message on, once and in order; "
        f"seen: {', '.join(messages) or 'none'}"
    )


@requirement(
    exercise=2,
    hints=(
        "Which ASGI message carries the headers of a response, and where can your middleware change it?",
        "Exercise 2: `RequestIdMiddleware`, the `send` that it passes to the inner application. "
        "Does `install` add the middleware?",
        'if message["type"] in ____:\n    headers = message.get("headers", ())\n'
        '    message["headers"] = [*headers, (b"____", name.encode())]\nawait send(message)',
    ),
)
def test_each_response_has_a_request_id(service: Service) -> None:
    """Every response, errors too, has a request ID in `X-Request-ID`, and no two requests have the same."""
    requests = (
        ("GET", "/"),
        ("GET", "/"),
        ("GET", "/nothing"),
        ("PUT", "/health"),
        ("GET", f"{LOTS}?limit=many"),
        ("GET", "/checkpoint/unavailable"),
    )
    ids: list[str] = []
    app = service.create_app()
    app.get("/checkpoint/unavailable")(lambda: Response(status_code=503))
    with service.client(app, person=None) as client:
        for method, path in requests:
            response = client.request(method, path)
            found = response.headers.get_list("x-request-id")
            assert len(found) == 1, (
                f"the response with status code {response.status_code} to {method} {path} has the header "
                f"X-Request-ID exactly once; found {len(found)}"
            )
            assert VALID_ID.fullmatch(found[0]), (
                "a request ID consists of 1 to 64 letters, digits, dots, hyphens or underscores; "
                f"found {found[0]!r}"
            )
            ids += found
    ids += service.run(_many_ids, service.module("middleware").RequestIdMiddleware, 300)
    assert len(set(ids)) == len(ids), (
        f"{len(ids)} requests have {len(ids)} different request IDs; seen: {len(set(ids))} different ones"
    )


@requirement(
    exercise=2,
    hints=(
        "The client chooses the text of a request header. Where does that text appear if you keep it?",
        "Exercise 2: the *whole* request ID of the client must match `VALID_REQUEST_ID`. Which method of a "
        "compiled pattern tests the whole text?",
        'theirs = read_header(scope, b"____")\n'
        "name = theirs if VALID_REQUEST_ID.____(theirs) else token_hex(16)",
    ),
)
def test_a_valid_request_id_is_kept_and_others_replaced(service: Service) -> None:
    """The response repeats a valid `X-Request-ID` of the client; any other is replaced by a new one."""
    client = service.client(person=None)

    def returned_id(sent: str) -> str:
        return client.get("/", headers={"X-Request-ID": sent}).headers.get("x-request-id", "")

    for sent in ("ticket-7", "A.b_C-9", "x", "x" * 64):
        found = returned_id(sent)
        assert found == sent, (
            f"a valid request ID of {len(sent)} characters is kept; sent {sent!r}, received {found!r}"
        )
    for sent in ("", " ", "a b", "x" * 65, "lot/7", "ticket-7;admin=1", "{}", "na\tme"):
        found = returned_id(sent)
        told = f"sent {sent[:20]!r} ({len(sent)} characters), received {found[:20]!r}"
        assert VALID_ID.fullmatch(found), f"an invalid request ID is replaced by a valid one; {told}"
        sent_back = found in (sent, sent.strip())
        assert not sent_back, f"an invalid request ID is not sent back; {told}"
        shortened = found in ("ticket-7", "x" * 64)
        assert not shortened, f"an invalid request ID is replaced by a new one, and not shortened; {told}"


@requirement(
    exercise=2,
    hints=(
        "Two requests wait at the same time. Which kind of variable has a separate value for each of them?",
        "Exercise 2: `request_id` in app/logs.py. You set it before you call the inner application. What "
        "happens to it afterwards?",
        "token = request_id.____(name)\ntry:\n    await self.app(scope, receive, send_named)\nfinally:\n"
        "    request_id.____(token)",
    ),
)
def test_the_request_id_is_known_during_the_request(service: Service) -> None:
    """During a request, `request_id` holds its ID, in threads and tasks too; then the old value is back."""
    app = service.create_app()
    request_id = service.module("logs").request_id
    seen: list[str | None] = []
    together = asyncio.Barrier(2)

    async def meet() -> str | None:
        async with asyncio.timeout(5):
            await together.wait()
            found: str | None = request_id.get()
            await together.wait()
        return found

    def wait(tasks: BackgroundTasks) -> None:
        seen.append(request_id.get())
        tasks.add_task(lambda: seen.append(request_id.get()))

    async def fail() -> None:
        raise RuntimeError("the hammer broke")

    app.get("/checkpoint/meet")(meet)
    app.get("/checkpoint/thread")(wait)
    app.get("/checkpoint/broken")(fail)
    response = service.client(app, person=None).get(
        "/checkpoint/thread", headers={"X-Request-ID": "ticket-7"}
    )
    assert seen == ["ticket-7"] * 2, (
        "an endpoint that runs in a thread and its background task both find the request ID 'ticket-7' in "
        f"`request_id`; they found {seen}"
    )
    assert response.status_code == 200, (
        "a request whose endpoint and background task return normally has status code 200; "
        f"the service responded with {response.status_code}"
    )
    for in_header, in_endpoint in service.run(_two_at_once, app, "/checkpoint/meet"):
        assert in_endpoint == in_header, (
            "of two requests at the same time, each finds its own request ID in `request_id`; the endpoint "
            f"found {in_endpoint!r}, and its response has X-Request-ID: {in_header}"
        )
    for path in ("/checkpoint/thread", "/checkpoint/broken"):
        after = service.run(_value_after, app, path, request_id)
        how = "raised an exception" if path.endswith("broken") else "returned normally"
        assert after == "before", (
            "after a request, `request_id` has the value that it had before, here 'before'; "
            f"after a request whose endpoint {how} it is {after!r}"
        )
    middleware = service.module("middleware").RequestIdMiddleware
    after = service.run(_value_after_cancellation, middleware, request_id)
    assert after == "before", (
        "after a request, `request_id` has the value that it had before, here 'before'; "
        f"seen: after a request that was cancelled it is {after!r}"
    )
    inside = service.run(_value_in_lifespan, middleware, request_id)
    assert inside == "before", (
        "the lifespan is no request, so `request_id` keeps its value, here 'before'; seen: during the "
        f"lifespan it is {inside!r}"
    )


@requirement(
    exercise=3,
    hints=(
        "An ASGI server calls your middleware with three types of scope. Which two are no HTTP request?",
        'Exercises 2 and 3: `scope["type"]`. What does your middleware do with a type that it does not '
        "handle?",
        'if scope["type"] == "____":\n    await self.app(scope, receive, send)\n    ____',
    ),
)
def test_websockets_and_the_lifespan_pass(service: Service) -> None:
    """Lifespan and WebSockets pass all middleware; an accepted WebSocket has the header `X-Request-ID`."""
    app = service.create_app(cors_origins=[OURS], log_level="INFO")
    request_id = service.module("logs").request_id
    seen: list[str | None] = []

    async def follow(socket: WebSocket) -> None:
        seen.append(request_id.get())
        await socket.accept()
        await socket.send_text("going")
        await socket.close()

    async def refuse(socket: WebSocket) -> None:
        raise HTTPException(403)

    app.websocket("/checkpoint/live")(follow)
    app.websocket("/checkpoint/refused")(refuse)
    with _output(), service.client(app, person=None) as client:
        response = client.get("/")
        assert response.status_code == 200, (
            f"after the start, GET / has status code 200; the service responded with {response.status_code}"
        )
        with client.websocket_connect("/checkpoint/live", headers={"X-Request-ID": "ticket-7"}) as socket:
            received = socket.receive_text()
            assert received == "going", (
                "the client of a WebSocket receives the message 'going' that the endpoint sends; "
                f"it received {received!r}"
            )
            pairs: Any = socket.extra_headers
            headers = {name.decode(): value.decode() for name, value in pairs or ()}
        with (
            pytest.raises(WebSocketDenialResponse) as refused,
            client.websocket_connect("/checkpoint/refused"),
        ):
            pass
    assert seen == ["ticket-7"], (
        "while a WebSocket is open, `request_id` holds its request ID 'ticket-7'; "
        f"the WebSocket endpoint found {seen}"
    )
    found = headers.get("x-request-id", "")
    assert found == "ticket-7", (
        "the message that accepts a WebSocket has the header X-Request-ID: ticket-7; "
        f"its headers are {headers}"
    )
    told = refused.value.headers.get("x-request-id", "")
    assert VALID_ID.fullmatch(told), (
        f"the response that refuses a WebSocket has the header X-Request-ID; seen: {told!r}"
    )


@requirement(
    exercise=3,
    hints=(
        "What do you want to know from the log on the day after, and which fields does a line need for that?",
        "Exercise 3: `log_request` needs the scope, the status code and the start time. Which message has "
        "the status code?",
        'if message["type"] == "http.response.start":\n    status = message["____"]\nawait send(message)\n'
        'if message["type"] == "____" and not message.get("more_body"):\n    log_request(scope, ____, began)',
    ),
)
def test_each_request_is_logged_once(service: Service) -> None:
    """Each request logs one JSON line: method, path without query, status, duration and the request ID."""
    with _output() as output, service.client(person=None, log_level="INFO") as client:
        responses = [
            client.get("/?ticket=secret", headers={"Authorization": "Bearer secret"}),
            client.put("/health", json={"password": "secret"}),
            client.get(f"{LOTS}?limit=many"),
            client.get("/lots%0ASOLD%20to%20mallory"),
        ]
    lines = output.requests
    found = [(line.get("method"), line.get("path"), line.get("status")) for line in lines]
    expected = [
        ("GET", "/", 200),
        ("PUT", "/health", 405),
        ("GET", LOTS, 422),
        ("GET", "/lots\nSOLD to mallory", 404),
    ]
    assert found == expected, (
        "four requests produce four JSON lines in the log, in their order, with method, path and status; "
        f"found {found or 'none'}"
    )
    with_query = [line for line in output.text.splitlines() if "secret" in line]
    assert "secret" not in output.text, (
        "no line of the log contains the query string, a token or the request body, which may contain "
        f"secrets; this line does: {with_query[:1]}"
    )
    for line, response in zip(lines, responses, strict=True):
        sent = response.headers.get("x-request-id", "none")
        assert line.get("request_id") == sent, (
            f'"request_id" of a line is the X-Request-ID of the response, {sent}; '
            f"found {line.get('request_id')!r}"
        )
        took = line.get("duration_ms")
        assert isinstance(took, int | float), f'"duration_ms" of a line is a number; found {took!r}'
        assert 0 <= took < 10_000, (
            f'"duration_ms" of a line is the duration of the request in milliseconds; found {took}'
        )


@requirement(given=True)
def test_a_line_of_the_log_is_ascii(service: Service) -> None:
    """A log line contains printable ASCII only: other characters of a client are escaped, none is lost."""
    odd = "/lots/\x7f\x85\x9b2J\u200b\u202e\u2028\u2029\U000e0041"
    with _output() as output, service.client(person=None, log_level="INFO") as client:
        client.get(quote(odd))
        try:
            raise ValueError(f"\ud800 and {odd}")
        except ValueError:
            logging.getLogger("gavel.checkpoint").exception("half a character: \udfff\u202e")
    raw = sorted({character for character in output.text if not " " <= character <= "~"} - {"\n"})
    assert not raw, (
        "a log line contains printable ASCII characters only, so that no character can act on a terminal or "
        f"break a line; seen: {', '.join(f'U+{ord(each):04X}' for each in raw)}"
    )
    paths = [line.get("path") for line in output.requests]
    assert paths in ([odd], []), (
        f"the path of a log line, read as JSON, is the path that was requested; found {paths}"
    )
    found = [line for line in output.text.splitlines() if "half a character" in line]
    assert found, "a log record whose text UTF-8 cannot encode is written too; seen: no line about it"


@requirement(
    exercise=3,
    hints=(
        "Between the start of a request and its line in the log there may be an exception, or background "
        "tasks after the response. Which of the two belongs to the duration of the request?",
        "Exercise 3: where do you call `log_request`: after the last part of the body, and in the `finally`?",
        "try:\n    await self.app(scope, receive, send_timed)\n____:\n    if not written:\n"
        "        log_request(scope, status, began)",
    ),
)
def test_a_request_is_logged_however_it_ends(service: Service) -> None:
    """A request that raises is logged once, with status 500; no line waits for background tasks."""
    app = service.create_app(log_level="INFO")
    at_task: list[int] = []
    with _output() as output:

        def count_lines() -> None:
            at_task.append(len(output.requests))  # 1 if the line of this request is in the log

        async def fail() -> None:
            raise RuntimeError("the hammer broke")

        async def later(tasks: BackgroundTasks) -> None:
            tasks.add_task(count_lines)

        app.get("/checkpoint/later")(later)
        app.get("/checkpoint/broken")(fail)
        with service.client(app, person=None, raise_server_exceptions=False) as client:
            client.get("/checkpoint/later")
            lines = ", ".join(map(str, at_task)) or "the task did not run"
            assert at_task == [1], (
                "the line of a request is in the log before its background tasks run, because the response "
                f"is complete; lines in the log when the task ran: {lines}"
            )
            status = client.get("/checkpoint/broken").status_code
            assert status == 500, (
                "a request whose endpoint raises an exception has status code 500; "
                f"the service responded with {status}"
            )
    found = [(line["path"], line["status"]) for line in output.requests]
    assert ("/checkpoint/broken", 500) in found, (
        f"a request whose endpoint raises is logged with status 500; the lines are {found}"
    )
    assert found == [("/checkpoint/later", 200), ("/checkpoint/broken", 500)], (
        f"each of the two requests is logged once; the lines are {found}"
    )
    middleware = service.module("middleware").AccessLogMiddleware
    with _output("INFO") as output:
        counts = service.run(_lines_while_it_responds, middleware, output)
    assert counts == [0, 0, 0, 1], (
        "if a response is sent in parts, its line is logged after the last part: no line after the headers, "
        f"none after the first part of the body, none before the last part is sent, one at the end; "
        f"found {counts}"
    )
    for how in ("is cancelled", "raises after its headers", "sends no response"):
        with _output("INFO") as output:
            service.run(_broken_off, middleware, how)
        number = len(output.requests)
        assert number == 1, (
            "each request is logged once, whatever becomes of it; seen: for a request that "
            f"{how}, {number} lines"
        )
    with _output():
        raised = service.run(_exception_through, middleware)
    assert raised == "the hammer broke", (
        "`AccessLogMiddleware` logs an exception of the inner application and lets it pass: RuntimeError "
        f"with the text 'the hammer broke'; it raised {raised!r}"
    )


@requirement(
    exercise=3,
    hints=(
        "When are the headers sent, and how much of the duration do you know then?",
        "Exercise 3: add the header where you read the status code.",
        'duration = f"app;____={1000 * (perf_counter() - began):.1f}".encode()\n'
        'message["headers"] = [*message.get("headers", ()), (b"____", duration)]',
    ),
)
def test_responses_have_server_timing(service: Service) -> None:
    """Every response, errors too, has the header `Server-Timing: app;dur=` with the milliseconds it took."""
    milliseconds = re.compile(r"\bapp;\s*dur=(\d+(?:\.\d+)?)")
    with service.client(person=None) as client:
        for path in ("/", "/nothing"):
            timing = client.get(path).headers.get("server-timing", "")
            found = milliseconds.search(timing)
            assert found, (
                f"the response to GET {path} has a header such as Server-Timing: app;dur=12.3; "
                f"its value is {timing!r}"
            )
            assert float(found[1]) < 10_000, (
                "the number in Server-Timing is in milliseconds, counted from the start of the request; "
                f"found {found[1]}"
            )
        new = {"email": "ada@example.com", "name": "Ada", "password": "a password of 27 characters"}
        registered = client.post("/auth/register", json=new)
        found = milliseconds.search(registered.headers.get("server-timing", ""))
        duration = float(found[1]) if found else 0.0
        assert duration > 1, (
            "a registration hashes a password, so its Server-Timing is more than 1 millisecond; "
            f"found {duration if found else 'no such header'}"
        )
    app = service.create_app(log_level="INFO")

    async def wait() -> Response:
        await asyncio.sleep(0.03)
        return Response(status_code=503)

    app.get("/checkpoint/slow")(wait)
    with _output() as output, service.client(app, person=None) as client:
        found = milliseconds.search(client.get("/checkpoint/slow").headers.get("server-timing", ""))
    duration = float(found[1]) if found else 0.0
    assert duration > 20, (
        "a 503 of an endpoint that waits for 30 milliseconds has a Server-Timing of more than 20; "
        f"seen: {duration if found else 'no such header'}"
    )
    logged = [line["duration_ms"] for line in output.requests]
    assert [took > 20 for took in logged] == [True], (
        "the line of a request that takes 30 milliseconds has a duration_ms of more than 20; "
        f"seen: {', '.join(map(str, logged)) or 'no line'}"
    )


@requirement(
    exercise=5,
    hints=(
        "Which request does a browser send before a page may send an `Authorization` header, and which part "
        "of your application responds to it?",
        "Exercise 5: `CORSMiddleware` with CORS_METHODS, CORS_HEADERS and CORS_EXPOSED. Which middleware is "
        "inside it?",
        "app.add_middleware(\n    CORSMiddleware,\n    allow_origins=settings.____,\n"
        "    allow_methods=____,\n    allow_headers=____,\n    expose_headers=____,\n)",
    ),
)
def test_cors_allows_configured_origins(service: Service) -> None:
    """CORS: pages of the configured origins may use each method with a token, and read errors and IDs."""
    with service.client(person=None, cors_origins=["https://other.example", OURS]) as client:
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            response = _preflight(client, OURS, method)
            assert response.status_code == 200, (
                f"a preflight request for {method} with the headers Authorization, Content-Type, "
                "If-None-Match and X-Request-ID has status code 200; "
                f"the service responded with {response.status_code}"
            )
            found = response.headers.get("access-control-allow-origin", "")
            assert found == OURS, (
                f"the response to a preflight request allows the origin {OURS}; "
                f"Access-Control-Allow-Origin is {found!r}"
            )
            found = response.headers.get("x-request-id", "")
            assert VALID_ID.fullmatch(found), (
                f"the response to a preflight request has an X-Request-ID; its value is {found!r}"
            )
        for method, path in (("GET", LOTS), ("GET", "/nothing"), ("POST", LOTS)):
            response = client.request(method, path, headers={"Origin": OURS})
            where = f"the response with status code {response.status_code} to {method} {path}"
            found = response.headers.get("access-control-allow-origin", "")
            assert found == OURS, (
                f"{where} allows the origin {OURS}; Access-Control-Allow-Origin is {found!r}"
            )
            exposed = response.headers.get("access-control-expose-headers", "")
            for name in ("X-Request-ID", "ETag", "Location", "Retry-After"):
                assert name.lower() in exposed.lower() or exposed == "*", (
                    f"{where} lets a page read {name}; Access-Control-Expose-Headers is {exposed!r}"
                )
            vary = response.headers.get("vary", "")
            assert "origin" in vary.lower(), (
                f"{where} has Vary: Origin, so that caches keep origins apart; Vary is {vary!r}"
            )


@requirement(
    exercise=5,
    hints=(
        "Whose cookies would a browser send, if every page were allowed to make requests with credentials?",
        "Exercise 5: take the origins from the settings, and leave out `allow_credentials`.",
        "if settings.____:\n    app.add_middleware(CORSMiddleware, allow_origins=settings.____, ...)",
    ),
)
def test_cors_allows_no_other_origin(service: Service) -> None:
    """CORS: no other origin is allowed, no credentials are; without configured origins there is no CORS."""
    with service.client(person=None, cors_origins=[OURS]) as client:
        status = _preflight(client, OURS).status_code
        assert status == 200, (
            f"a preflight request from {OURS} has status code 200; the service responded with {status}"
        )
        for origin in (
            THEIRS,
            f"{OURS}.evil.example",
            "http://bidder.example",
            "https://evil-bidder.example",
            "https://evil.bidder.example",
            "https://bidder-example",
            f"{OURS}:8443",
            OURS[:-1],
            "https://",
            "null",
        ):
            for sent in ("GET /", "a preflight request"):
                headers = {"Origin": origin}
                response = client.get("/", headers=headers) if sent == "GET /" else _preflight(client, origin)
                found = response.headers.get("access-control-allow-origin", "")
                assert "access-control-allow-origin" not in response.headers, (
                    f"the response to {sent} from the origin {origin}, which is not configured, has no "
                    f"Access-Control-Allow-Origin; its value is {found!r}"
                )
        found = client.get("/", headers={"Origin": OURS}).headers.get("access-control-allow-credentials")
        assert found is None, (
            "no response has Access-Control-Allow-Credentials, because Gavel uses tokens and no cookies; "
            f"its value is {found!r}"
        )
    with service.client(person=None) as client:
        response = client.get("/", headers={"Origin": OURS})
        found = response.headers.get("access-control-allow-origin", "")
        assert "access-control-allow-origin" not in response.headers, (
            "without cors_origins no response has Access-Control-Allow-Origin; "
            f"for the origin {OURS} its value is {found!r}"
        )
        vary = response.headers.get("vary", "")
        assert "origin" not in vary.lower(), (
            "without cors_origins there is no CORS middleware, so responses have no Vary: Origin; "
            f"Vary is {vary!r}"
        )


@requirement(
    exercise=5,
    hints=(
        "An exception passes your middleware. Which of them has ended already when the log line is written?",
        "Exercise 5: the order of AccessLogMiddleware and RequestIdMiddleware in `install`.",
        "app.add_middleware(____)  # inside\napp.add_middleware(____)  # outside: added last",
    ),
)
def test_a_crash_is_found_by_its_id(service: Service) -> None:
    """The log line of a request that raises has the request ID of that request."""
    app = service.create_app(log_level="INFO")

    async def fail() -> None:
        raise RuntimeError("the hammer broke")

    app.get("/checkpoint/broken")(fail)
    with _output() as output, service.client(app, person=None, raise_server_exceptions=False) as client:
        client.get("/checkpoint/broken", headers={"X-Request-ID": "ticket-7"})
    ids = [line.get("request_id") for line in output.requests]
    assert ids == ["ticket-7"], (
        "the line of a request that raises has its request ID, here 'ticket-7', so that a complaint leads to "
        f"it; seen: {ids[0] if ids else 'no line'!r}"
    )


@requirement(
    exercise=5,
    hints=(
        "The redirect to HTTPS is built from the Host header. Which middleware must have checked it before?",
        "Exercise 5: hosts, redirect, log and request ID. Which middleware is the outermost, and do you add "
        "it first or last?",
        "if settings.https:\n    app.add_middleware(____)\napp.add_middleware(____, "
        "allowed_hosts=settings.allowed_hosts, www_redirect=False)\n...\n"
        "app.add_middleware(RequestIdMiddleware)",
    ),
)
def test_a_wrong_host_is_refused_and_logged(service: Service) -> None:
    """A wrong Host gets 400 and no redirect; the response has its ID and headers, and is logged."""
    named: dict[str, Any] = {"allowed_hosts": ["gavel.example", "www.gavel.org"], "log_level": "INFO"}
    wrong_hosts = ("thief.example", "gavel.org", "gavel.example.thief.example")
    for https in (False, True):
        scheme = "https" if https else "http"
        with (
            _output() as output,
            service.client(person=None, follow_redirects=False, https=https, **named) as client,
        ):
            for host in wrong_hosts:
                response = client.get("http://testserver/", headers={"Host": host})
                told = f"with https={https}, the response to Host: {host}"
                assert response.status_code == 400, (
                    f"{told}, which is not an allowed host, has status code 400 and is no redirect; "
                    f"the service responded with {response.status_code}"
                )
                found = response.headers.get("x-request-id", "")
                assert VALID_ID.fullmatch(found), f"{told} has an X-Request-ID; its value is {found!r}"
                found = response.headers.get("x-content-type-options", "")
                assert found == "nosniff", (
                    f"{told} has the security headers; X-Content-Type-Options is {found!r}"
                )
            logged = [line["status"] for line in output.requests]
            assert logged == [400] * len(wrong_hosts), (
                "each refused Host is logged with status 400, so the access log is outside the middleware "
                f"that refuses; the lines have the statuses {logged}"
            )
            for host in ("gavel.example", "GAVEL.example:8000"):
                status = client.get(f"{scheme}://testserver/", headers={"Host": host}).status_code
                assert status == 200, (
                    f"Host: {host} is an allowed host: status code 200; the service responded with {status}"
                )


@requirement(
    exercise=5,
    hints=(
        "HSTS tells a browser to use only HTTPS. Which responses may carry it: HTTP, HTTPS or both?",
        "Exercise 5: you add one middleware only if the settings say so.",
        "if settings.____:\n    app.add_middleware(____)",
    ),
)
def test_https_redirects_plain_requests(service: Service) -> None:
    """With `https`, HTTP is redirected, and the redirect has a request ID; only HTTPS responses have HSTS."""
    with service.client(person=None, follow_redirects=False) as client:
        status = client.get("/").status_code
        assert status == 200, (
            "without the setting `https`, a request over HTTP has status code 200; "
            f"the service responded with {status}"
        )
        found = client.get("https://testserver/").headers.get("strict-transport-security")
        assert found is None, (
            f"without the setting `https`, no response has Strict-Transport-Security; its value is {found!r}"
        )
    with service.client(person=None, follow_redirects=False, https=True) as client:
        response = client.get("http://testserver/api/v1/lots?limit=5")
        redirected = response.status_code in (307, 308)
        assert redirected, (
            "with the setting `https`, a request over HTTP is redirected with 307 or 308, which keep the "
            f"method; the service responded with {response.status_code}"
        )
        location = response.headers.get("location", "")
        assert location == "https://testserver/api/v1/lots?limit=5", (
            "the redirect to HTTPS keeps the path and the query: https://testserver/api/v1/lots?limit=5; "
            f"Location is {location!r}"
        )
        found = response.headers.get("x-request-id", "")
        assert VALID_ID.fullmatch(found), f"the redirect to HTTPS has an X-Request-ID; its value is {found!r}"
        found = response.headers.get("strict-transport-security")
        assert found is None, (
            f"a response over plain HTTP has no Strict-Transport-Security; its value is {found!r}"
        )
        response = client.get("https://testserver/")
        assert response.status_code == 200, (
            "with the setting `https`, a request over HTTPS has status code 200; "
            f"the service responded with {response.status_code}"
        )
        found = response.headers.get("strict-transport-security", "")
        assert "max-age=" in found, (
            "with the setting `https`, a response over HTTPS has Strict-Transport-Security with max-age; "
            f"its value is {found!r}"
        )


@requirement(
    exercise=5,
    hints=(
        "From which size on is compression useful, and how does a cache know that two versions exist?",
        "Exercise 5: `GZipMiddleware` and its minimum size.",
        "app.add_middleware(____, minimum_size=____, compresslevel=4)",
    ),
)
def test_long_responses_are_compressed(service: Service) -> None:
    """Responses of 1000 bytes or more are compressed with gzip if the client accepts it; others are not."""
    app = service.create_app()
    text = ("Going, going, gone! " * 50)[:998]  # two quotation marks more in JSON
    app.get("/checkpoint/long")(lambda: text)
    app.get("/checkpoint/short")(lambda: text[:-1])
    client = service.client(app, person=None)
    accepts = {"Accept-Encoding": "gzip"}
    for media_type in ("image/png", "text/event-stream"):
        app.get(f"/checkpoint/{media_type}")(_responding(Response(2 * text, media_type=media_type)))
    packed = client.get("/checkpoint/long", headers=accepts)
    found = packed.headers.get("content-encoding", "")
    assert found == "gzip", (
        "a response of 1000 bytes is compressed with gzip if the client sends Accept-Encoding: gzip; "
        f"Content-Encoding is {found!r}"
    )
    same = packed.json() == text
    assert same, "the compressed response has the same content when it is decompressed; its content differs"
    vary = packed.headers.get("vary", "")
    assert "accept-encoding" in vary.lower(), (
        f"a compressed response has Vary: Accept-Encoding, for caches; Vary is {vary!r}"
    )
    plain = client.get("/checkpoint/long", headers={"Accept-Encoding": "identity"})
    found = plain.headers.get("content-encoding", "")
    assert "content-encoding" not in plain.headers, (
        f"a response is not compressed if the client does not accept gzip; Content-Encoding is {found!r}"
    )
    short = client.get("/checkpoint/short", headers=accepts)
    found = short.headers.get("content-encoding", "")
    assert "content-encoding" not in short.headers, (
        f"a response of 999 bytes is not compressed; Content-Encoding is {found!r}"
    )
    for media_type in ("image/png", "text/event-stream"):
        found = client.get(f"/checkpoint/{media_type}", headers=accepts).headers.get("content-encoding", "")
        assert not found, (
            f"a response of the media type {media_type}, one of COMPRESSED, is not compressed; "
            f"seen: Content-Encoding is {found!r}"
        )


@requirement(
    exercise=5,
    hints=(
        "What do you know about a body before you read it, and what only while you read it?",
        "Exercise 5: `RequestBodyLimitMiddleware`. Which middleware must be outside it, so that a page can "
        "read the 413?",
        "app.add_middleware(____, max_body_size=settings.____)  # the innermost: added first",
    ),
)
def test_a_body_over_the_limit_is_refused(service: Service) -> None:
    """A body over `max_body_size` gets 413 with a request ID, with or without a declared length."""
    app = service.create_app(max_body_size=100, cors_origins=[OURS])
    read: list[int] = []

    async def take(bid: dict[str, str]) -> None:
        read.append(len(bid["note"]))

    app.post("/checkpoint/bids")(take)
    client = service.client(app, person=None, headers={"Origin": OURS, "Content-Type": "application/json"})

    def post(size: int, *, in_pieces: bool) -> Any:
        body = json.dumps({"note": "x" * (size - 12)}).encode()
        content: Any = iter([body[:60], body[60:]]) if in_pieces else body
        return client.post("/checkpoint/bids", content=content)

    for in_pieces in (False, True):
        how = "in chunks, without Content-Length" if in_pieces else "with Content-Length"
        status = post(100, in_pieces=in_pieces).status_code
        assert status == 200, (
            f"with max_body_size=100, a request body of 100 bytes, sent {how}, has status code 200; "
            f"the service responded with {status}"
        )
        response = post(101, in_pieces=in_pieces)
        assert response.status_code == 413, (
            f"with max_body_size=100, a request body of 101 bytes, sent {how}, has status code 413; "
            f"the service responded with {response.status_code}"
        )
        told = f"the 413 for a request body sent {how}"
        found = response.headers.get("x-request-id", "")
        assert VALID_ID.fullmatch(found), f"{told} has an X-Request-ID; its value is {found!r}"
        found = response.headers.get("access-control-allow-origin", "")
        assert found == OURS, (
            f"{told} allows the origin {OURS}, so that a page can read it; "
            f"Access-Control-Allow-Origin is {found!r}"
        )
    assert len(read) == 2, (
        "the endpoint receives the two bodies of 100 bytes and no body that is too large; "
        f"it received {len(read)}"
    )


@requirement(
    exercise=4,
    hints=(
        "Which default is right on your own machine, and a security hole in production?",
        "Exercise 4: `Settings`, in the same way as chapter 5 does it with the key.",
        'if self.environment == "____" and "____" in self.allowed_hosts:\n'
        '    raise ValueError("GAVEL_ALLOWED_HOSTS …")',
    ),
)
def test_production_names_its_hosts(service: Service) -> None:
    """`Settings` for production raise an error that names the variable while any host is allowed."""
    for hosts in (["*"], ["gavel.example.com", "*"], ["*", "gavel.example.com"]):
        try:
            service.settings(environment="production", allowed_hosts=hosts)
            words = ""
        except ValidationError as error:
            words = str(error)
        assert words, (
            f"Settings(environment='production', allowed_hosts={hosts}) raises a ValidationError; "
            "it raised nothing"
        )
        assert "GAVEL_ALLOWED_HOSTS" in words, (
            f"the error names the variable GAVEL_ALLOWED_HOSTS, which must be set; its text is {words!r}"
        )
    for hosts in (["gavel.example.com"], ["*.gavel.example.com"]):
        try:
            kept = service.settings(environment="production", allowed_hosts=hosts).allowed_hosts
        except ValidationError as error:
            kept = str(error)
        assert kept == hosts, (
            f"Settings(environment='production', allowed_hosts={hosts}) accept and keep these hosts; "
            f"found {kept!r}"
        )
    for environment in ("development", "test"):
        try:
            service.settings(environment=environment, allowed_hosts=["*"])
            words = ""
        except ValidationError as error:
            words = str(error)
        assert not words, (
            f"Settings(environment={environment!r}, allowed_hosts=['*']) are accepted; they raised {words!r}"
        )


def _preflight(client: RecordingClient, origin: str, method: str = "POST") -> Any:
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization,content-type,if-none-match,x-request-id",
    }
    return client.options(LOTS, headers=headers)


def _responding(response: Response) -> Callable[[], Response]:
    """An endpoint that responds so."""

    def respond() -> Response:
        return response

    return respond


class Output(io.StringIO):
    """What the service wrote to standard error and standard output."""

    @property
    def text(self) -> str:
        return self.getvalue()

    @property
    def requests(self) -> list[dict[str, Any]]:
        """The JSON lines about requests."""
        found = []
        for line in self.text.splitlines():
            with suppress(ValueError):
                read = json.loads(line)
                if isinstance(read, dict) and {"method", "path", "status"} <= read.keys():
                    found.append(read)
        return found


@contextmanager
def _output(level: str = "") -> Iterator[Output]:
    """Record the output meanwhile, from `level` on if it is given, else as the service is configured."""
    output, logger = Output(), logging.getLogger("gavel")
    before = logger.level
    if level:
        logger.setLevel(level)
    try:
        with redirect_stderr(output), redirect_stdout(output):
            yield output
    finally:
        logger.setLevel(before or logging.CRITICAL)


async def _own_header(middleware: Callable[[Any], Any]) -> tuple[list[str], list[str]]:
    """Of a response with its own Referrer-Policy: the values of that header, and the types of messages."""
    values: list[str] = []
    types: list[str] = []

    async def respond(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"referrer-policy", b"no-referrer")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"Gone!"})

    async def record(message: Any) -> None:
        types.append(message["type"])
        values.extend(
            value.decode() for name, value in message.get("headers", ()) if name.lower() == b"referrer-policy"
        )

    await middleware(respond)(dict(PLAIN_SCOPE), _ignore, record)
    return values, types


async def _lines_while_it_responds(middleware: Callable[[Any], Any], output: Output) -> list[int]:
    """How many lines there are when headers, a first part and the last part are sent, and at the end."""
    counts = []

    async def in_parts(scope: Any, receive: Any, send: Any) -> None:
        for message in (
            {"type": "http.response.start", "status": 200, "headers": []},
            {"type": "http.response.body", "body": b"going, ", "more_body": True},
            {"type": "http.response.body", "body": b"gone"},
        ):
            await send(message)
        counts.append(len(output.requests))

    async def count(message: Any) -> None:
        counts.append(len(output.requests))

    async def ignore(message: Any = None) -> Any: ...

    await middleware(in_parts)(dict(PLAIN_SCOPE), ignore, count)
    return counts


async def _two_at_once(app: FastAPI, path: str) -> list[tuple[str, str]]:
    """Of two requests at the same time: the ID in each response, and the ID that its endpoint found."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        responses = await asyncio.gather(client.get(path), client.get(path))
    return [(response.headers.get("x-request-id", "none"), response.json()) for response in responses]


async def _value_after(app: FastAPI, path: str, request_id: ContextVar[str | None]) -> str | None:
    """What `request_id` is after a request, where it was "before" before it."""
    request_id.set("before")
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": b"",
        "headers": [(b"host", b"testserver")],
    }

    async def ignore(message: Any = None) -> Any: ...

    with suppress(RuntimeError):
        await app(scope, ignore, ignore)
    return request_id.get()


async def _ignore(message: Any = None) -> Any: ...


async def _many_ids(middleware: Callable[[Any], Any], number: int) -> list[str]:
    """The request IDs of so many requests."""
    ids: list[str] = []

    async def respond(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def note(message: Any) -> None:
        ids.extend(
            value.decode() for name, value in message.get("headers", ()) if name.lower() == b"x-request-id"
        )

    for _ in range(number):
        await middleware(respond)(dict(PLAIN_SCOPE), _ignore, note)
    return ids


async def _value_after_cancellation(
    middleware: Callable[[Any], Any], request_id: ContextVar[str | None]
) -> str | None:
    """What `request_id` is after a request that was cancelled, where it was "before" before it."""
    request_id.set("before")

    async def cancelled(scope: Any, receive: Any, send: Any) -> None:
        raise asyncio.CancelledError

    with suppress(asyncio.CancelledError, RuntimeError):
        await middleware(cancelled)(dict(PLAIN_SCOPE), _ignore, _ignore)
    return request_id.get()


async def _value_in_lifespan(
    middleware: Callable[[Any], Any], request_id: ContextVar[str | None]
) -> str | None:
    """What `request_id` is during the lifespan, where it was "before" before it."""
    request_id.set("before")
    found: list[str | None] = []

    async def begin(scope: Any, receive: Any, send: Any) -> None:
        found.append(request_id.get())

    await middleware(begin)({"type": "lifespan"}, _ignore, _ignore)
    return found[0] if found else "no call of the inner application"


async def _broken_off(middleware: Callable[[Any], Any], how: str) -> None:
    """One request that has no complete response."""

    async def broken(scope: Any, receive: Any, send: Any) -> None:
        if how == "raises after its headers":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            raise RuntimeError("the hammer broke")
        if how == "is cancelled":
            raise asyncio.CancelledError

    with suppress(RuntimeError, asyncio.CancelledError):
        await middleware(broken)(dict(PLAIN_SCOPE), _ignore, _ignore)


async def _exception_through(middleware: Callable[[Any], Any]) -> str:
    """The text of the exception that a middleware raises if the inner application raises."""

    async def broken(scope: Any, receive: Any, send: Any) -> None:
        raise RuntimeError("the hammer broke")

    async def ignore(message: Any = None) -> Any: ...

    try:
        scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []}
        await middleware(broken)(scope, ignore, ignore)
    except RuntimeError as error:
        return str(error)
    return "nothing"
