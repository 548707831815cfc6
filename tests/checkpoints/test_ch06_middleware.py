"""What Gavel does from chapter 6 on: each request has a name and a line, and the door knows its rules."""

import asyncio
import io
import json
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from contextvars import ContextVar
from typing import Any

import httpx
from fastapi import BackgroundTasks, FastAPI, WebSocket
from pydantic import ValidationError

from course.engine.checkpoint.recording import RecordingClient
from course.engine.checkpoint.requirements import requirement
from course.engine.checkpoint.service import Service

LOTS = "/api/v1/lots"
OURS, THEIRS = "https://bidder.example", "https://thief.example"
DECENT = re.compile(r"[A-Za-z0-9._-]{1,64}")
LOT = {"title": "A long-case clock", "category": "clocks", "starting_price": "120.00"}


@requirement(given=True)
def test_answers_say_what_browsers_must_not_do(service: Service) -> None:
    """Every answer, errors too, forbids guessing its type, framing it, and telling where one came from."""
    client = service.client(person=None)
    for method, path in (("GET", "/"), ("GET", "/nothing"), ("PUT", "/"), ("GET", "/docs")):
        headers = client.request(method, path).headers
        told = f"{method} {path} is answered with"
        assert headers.get("x-content-type-options") == "nosniff", f"{told} X-Content-Type-Options: nosniff"
        assert "frame-ancestors 'none'" in headers.get("content-security-policy", ""), (
            f"{told} Content-Security-Policy: frame-ancestors 'none'"
        )
        assert headers.get("referrer-policy") == "same-origin", f"{told} Referrer-Policy: same-origin"


@requirement(
    exercise=1,
    hints=(
        "Where do headers travel, in which of the messages, and who can still change them there?",
        "Exercise 1: `RequestIdMiddleware`, the `send` that it hands further in. Is it in `install` too?",
        'if message["type"] in ____:\n    headers = message.get("headers", ())\n'
        '    message["headers"] = [*headers, (b"____", name.encode())]\nawait send(message)',
    ),
)
def test_every_answer_has_a_name_of_its_own(service: Service) -> None:
    """Every answer carries a name in `X-Request-ID`, errors too, and no two requests have the same one."""
    asked = (
        ("GET", "/"),
        ("GET", "/"),
        ("GET", "/nothing"),
        ("PUT", "/health"),
        ("GET", f"{LOTS}?limit=many"),
    )
    names: list[str] = []
    with service.client(person=None) as client:
        for method, path in asked:
            answer = client.request(method, path)
            found = answer.headers.get_list("x-request-id")
            assert len(found) == 1, f"the answer with the status {answer.status_code} has one X-Request-ID"
            assert DECENT.fullmatch(found[0]), (
                "a name has 1 to 64 letters, digits, dots, dashes or underscores"
            )
            names += found
    assert len(set(names)) == len(asked), "five requests have five names"


@requirement(
    exercise=1,
    hints=(
        "Who wrote the text in the header of a request, and where will it stand when you keep it?",
        "Exercise 1: *all* of the caller's name must be decent. Which method of a pattern says so?",
        'theirs = header_of(scope, b"____")\nname = theirs if DECENT.____(theirs) else token_hex(16)',
    ),
)
def test_a_decent_name_is_kept_and_any_other_replaced(service: Service) -> None:
    """A decent `X-Request-ID` of the caller's stands on the answer; any other is replaced by a new one."""
    client = service.client(person=None)

    def answered(name: str) -> str:
        return client.get("/", headers={"X-Request-ID": name}).headers.get("x-request-id", "")

    for name in ("ticket-7", "A.b_C-9", "x", "x" * 64):
        assert answered(name) == name, f"a decent name of {len(name)} characters is kept as it is"
    bad = ("", " ", "a b", "x" * 65, "lot/7", "ticket-7;admin=1", "{}", "na\tme")
    for name in bad:
        found = answered(name)
        assert DECENT.fullmatch(found), f"{name[:20]!r} is replaced by a decent name"
        assert found not in (name, name.strip()), f"{name[:20]!r} is no decent name, and is not given back"
        assert found not in ("ticket-7", "x" * 64), f"{name[:20]!r} is replaced by a new name, not mended"


@requirement(
    exercise=1,
    hints=(
        "Two requests wait at one time. Which kind of variable has a value for each of them?",
        "Exercise 1: `request_id` of app/logs.py. It is set before the inner app is called; and afterwards?",
        "token = request_id.____(name)\ntry:\n    await self.app(scope, receive, send_named)\nfinally:\n"
        "    request_id.____(token)",
    ),
)
def test_the_name_is_known_while_the_request_lasts(service: Service) -> None:
    """While a request lasts, `request_id` is its name, in threads and tasks too; then it is as before."""
    app = service.create_app()
    request_id = service.module("logs").request_id
    seen: list[str | None] = []
    together = asyncio.Barrier(2)

    async def meet() -> str | None:
        async with asyncio.timeout(5):
            await together.wait()
            name: str | None = request_id.get()
            await together.wait()
        return name

    def wait(tasks: BackgroundTasks) -> None:
        seen.append(request_id.get())
        tasks.add_task(lambda: seen.append(request_id.get()))

    async def drop() -> None:
        raise RuntimeError("the hammer broke")

    app.get("/checkpoint/meet")(meet)
    app.get("/checkpoint/thread")(wait)
    app.get("/checkpoint/broken")(drop)
    answer = service.client(app, person=None).get("/checkpoint/thread", headers={"X-Request-ID": "ticket-7"})
    assert seen == ["ticket-7"] * 2, "a handler in a thread, and a background task, find the request's name"
    assert answer.status_code == 200, "the handler is answered"
    for ada, bob in service.run(_two_at_once, app, "/checkpoint/meet"):
        assert ada == bob, "of two requests at one time, each finds its own name in `request_id`"
    for path in ("/checkpoint/thread", "/checkpoint/broken"):
        after = service.run(_name_after, app, path, request_id)
        assert after == "before", "when the request is over, `request_id` has the value that it had before"


@requirement(
    exercise=2,
    hints=(
        "What comes through the same door as a request, and is none?",
        'Exercises 1 and 2: `scope["type"]`. What does a layer do with a type that is not its own?',
        'if scope["type"] == "____":\n    await self.app(scope, receive, send)\n    ____',
    ),
)
def test_websockets_and_the_lifespan_pass(service: Service) -> None:
    """The lifespan and WebSockets pass every layer, and an accepted WebSocket is told its name."""
    app = service.create_app(cors_origins=[OURS], log_level="INFO")
    request_id = service.module("logs").request_id
    seen: list[str | None] = []

    async def follow(socket: WebSocket) -> None:
        seen.append(request_id.get())
        await socket.accept()
        await socket.send_text("going")
        await socket.close()

    app.websocket("/checkpoint/live")(follow)
    with _written(), service.client(app, person=None) as client:
        answer = client.get("/")
        assert answer.status_code == 200, "the service starts, and answers"
        with client.websocket_connect("/checkpoint/live", headers={"X-Request-ID": "ticket-7"}) as socket:
            assert socket.receive_text() == "going", "what a WebSocket is sent arrives"
            headers: Any = socket.extra_headers
            told = {name.decode(): value.decode() for name, value in headers or ()}
    assert seen == ["ticket-7"], "while a WebSocket is open, `request_id` is its name"
    assert told.get("x-request-id") == "ticket-7", "the accepted WebSocket is told its name in X-Request-ID"


@requirement(
    exercise=2,
    hints=(
        "What would you want to ask of last night's log, and which fields does a line need for that?",
        "Exercise 2: `write_line` wants scope, status and beginning. Which message has the status?",
        'if message["type"] == "http.response.start":\n    status = message["____"]\nawait send(message)\n'
        'if message["type"] == "____" and not message.get("more_body"):\n    write_line(scope, ____, began)',
    ),
)
def test_each_request_is_written_down_once(service: Service) -> None:
    """For each request one JSON line: method, path without query, status, duration, and the answer's name."""
    with _written() as written, service.client(person=None, log_level="INFO") as client:
        asked = [
            client.get("/?ticket=secret"),
            client.put("/health"),
            client.get(f"{LOTS}?limit=many"),
            client.get("/lots%0ASOLD%20to%20mallory"),
        ]
    lines = written.requests
    found = [(line.get("method"), line.get("path"), line.get("status")) for line in lines]
    expected = [
        ("GET", "/", 200),
        ("PUT", "/health", 405),
        ("GET", LOTS, 422),
        ("GET", "/lots\nSOLD to mallory", 404),
    ]
    assert found == expected, (
        f"four requests are four lines, in their order, with method, path and status; found {found}"
    )
    assert "secret" not in written.text, "no line has the query, where secrets stand"
    for line, answer in zip(lines, asked, strict=True):
        assert line.get("request_id") == answer.headers.get("x-request-id", "none"), (
            '"request_id" of a line is the name that the answer carries'
        )
        took = line.get("duration_ms")
        assert isinstance(took, int | float), '"duration_ms" of a line is a number'
        assert 0 <= took < 10_000, '"duration_ms" is the request\'s duration in milliseconds'


@requirement(
    exercise=2,
    hints=(
        "Two things may come between the beginning and the line: an exception, and work after the answer. "
        "Which of them is part of the request's time?",
        "Exercise 2: where does `write_line` stand: after the last part of the body, and in the `finally`?",
        "try:\n    await self.app(scope, receive, send_timed)\n____:\n    if not written:\n"
        "        write_line(scope, status, began)",
    ),
)
def test_a_line_is_written_whatever_becomes_of_the_request(service: Service) -> None:
    """A request that breaks is written down once, with 500; no line waits for background tasks."""
    app = service.create_app(log_level="INFO")
    at_task: list[int] = []
    with _written() as written:

        def look() -> None:
            at_task.append(len(written.requests))  # 1 where the line of this request is there

        async def drop() -> None:
            raise RuntimeError("the hammer broke")

        async def later(tasks: BackgroundTasks) -> None:
            tasks.add_task(look)

        app.get("/checkpoint/later")(later)
        app.get("/checkpoint/broken")(drop)
        with service.client(app, person=None, raise_server_exceptions=False) as client:
            client.get("/checkpoint/later")
            assert at_task == [1], "the line is written before background tasks run: the answer is complete"
            assert client.get("/checkpoint/broken").status_code == 500, "what nobody caught is answered 500"
    told = [(line["path"], line["status"]) for line in written.requests]
    assert ("/checkpoint/broken", 500) in told, "a request whose handler raised is written down, with 500"
    assert told == [("/checkpoint/later", 200), ("/checkpoint/broken", 500)], (
        f"each of the two requests is written down once; found {told}"
    )
    layer = service.module("middleware").AccessLogMiddleware
    with _written("INFO") as written:
        counts = service.run(_lines_while_it_answers, layer, written)
    assert counts == [0, 0, 1], (
        "of an answer in parts the line is written after the last part: no line after the headers, "
        f"none after a first part, one at the end; found {counts}"
    )
    with _written():
        raised = service.run(_what_leaves, layer)
    assert raised == "the hammer broke", "the exception goes on: the layer writes, and does not swallow"


@requirement(
    exercise=2,
    hints=(
        "When are the headers sent, and what can be known of the duration by then?",
        "Exercise 2: the header is added where you read the status.",
        'thought = f"app;____={1000 * (perf_counter() - began):.1f}".encode()\n'
        'message["headers"] = [*message.get("headers", ()), (b"____", thought)]',
    ),
)
def test_the_answer_says_how_long_gavel_thought(service: Service) -> None:
    """Every answer has `Server-Timing: app;dur=` and its milliseconds, errors too."""
    milliseconds = re.compile(r"\bapp;\s*dur=(\d+(?:\.\d+)?)")
    with service.client(person=None) as client:
        for path in ("/", "/nothing"):
            timing = client.get(path).headers.get("server-timing", "")
            found = milliseconds.search(timing)
            assert found, f"GET {path} is answered with Server-Timing: app;dur=12.3, say; found {timing!r}"
            assert float(found[1]) < 10_000, "the number is in milliseconds, from the request's beginning"
        login = client.post("/auth/token", data={"username": "nobody@example.com", "password": "wrong"})
        found = milliseconds.search(login.headers.get("server-timing", ""))
        thought = float(found[1]) if found else 0.0
        assert thought > 1, f"a login hashes a password, which takes many milliseconds; dur was {thought}"


@requirement(
    exercise=4,
    hints=(
        "What does a browser ask before a page may send an `Authorization` header, and who answers?",
        "Exercise 4: the CORS layer, with METHODS, HEADERS and EXPOSED. Who stands inside of it?",
        "app.add_middleware(\n    CORSMiddleware,\n    allow_origins=settings.____,\n"
        "    allow_methods=____,\n    allow_headers=____,\n    expose_headers=____,\n)",
    ),
)
def test_pages_of_named_origins_may_call_and_read(service: Service) -> None:
    """Pages of named origins may use each method with a token, and read answers, errors and their names."""
    with service.client(person=None, cors_origins=["https://other.example", OURS]) as client:
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            answer = _preflight(client, OURS, method)
            assert answer.status_code == 200, (
                f"a page may ask for {method} with the headers Authorization, Content-Type and X-Request-ID"
            )
            assert answer.headers.get("access-control-allow-origin") == OURS, (
                "the preflight's response allows the page's origin"
            )
            assert DECENT.fullmatch(answer.headers.get("x-request-id", "")), "the preflight has its name too"
        for method, path in (("GET", LOTS), ("GET", "/nothing"), ("POST", LOTS)):
            answer = client.request(method, path, headers={"Origin": OURS})
            status = f"the answer with the status {answer.status_code}"
            assert answer.headers.get("access-control-allow-origin") == OURS, f"{status} allows {OURS}"
            exposed = answer.headers.get("access-control-expose-headers", "").lower()
            assert "x-request-id" in exposed, f"{status} lets the page read X-Request-ID"
            assert "origin" in answer.headers.get("vary", "").lower(), (
                f"{status} varies by Origin, for caches"
            )


@requirement(
    exercise=4,
    hints=(
        "Whose cookies would a browser send along, if any page at all were allowed to ask with credentials?",
        "Exercise 4: the origins come from the settings alone, and there is no word of credentials.",
        "if settings.____:\n    app.add_middleware(CORSMiddleware, allow_origins=settings.____, ...)",
    ),
)
def test_other_pages_may_not(service: Service) -> None:
    """No other page is allowed anything, nobody may use credentials, and without origins there is no CORS."""
    with service.client(person=None, cors_origins=[OURS]) as client:
        assert _preflight(client, OURS).status_code == 200, f"a page of {OURS} may ask"
        for origin in (
            THEIRS,
            f"{OURS}.evil.example",
            "http://bidder.example",
            "https://evil-bidder.example",
            "null",
        ):
            answer = client.get("/", headers={"Origin": origin})
            assert "access-control-allow-origin" not in answer.headers, f"{origin} is not allowed to read"
            refused = _preflight(client, origin)
            assert "access-control-allow-origin" not in refused.headers, f"{origin} is refused when it asks"
        credentials = client.get("/", headers={"Origin": OURS}).headers.get(
            "access-control-allow-credentials"
        )
        assert credentials is None, (
            "no page may use credentials: Gavel knows people by tokens, not by cookies"
        )
    with service.client(person=None) as client:
        answer = client.get("/", headers={"Origin": OURS})
        assert "access-control-allow-origin" not in answer.headers, "without cors_origins nobody is allowed"
        assert "origin" not in answer.headers.get("vary", "").lower(), (
            "without cors_origins there is no CORS middleware, so responses have no Vary: Origin"
        )


@requirement(
    exercise=4,
    hints=(
        "A redirect is made of the Host header. Who must have looked at that header before?",
        "Exercise 4: hosts, redirect, log and name. Who is outermost, and is it added first or last?",
        "if settings.https:\n    app.add_middleware(____)\napp.add_middleware(____, "
        "allowed_hosts=settings.allowed_hosts, www_redirect=False)\n...\n"
        "app.add_middleware(RequestIdMiddleware)",
    ),
)
def test_a_wrong_host_is_refused_and_written_down(service: Service) -> None:
    """A wrong host is answered 400, never a redirect, with its name and headers, and is written down."""
    named: dict[str, Any] = {"allowed_hosts": ["gavel.example", "www.gavel.org"], "log_level": "INFO"}
    strangers = ("thief.example", "gavel.org", "gavel.example.thief.example")
    for https in (False, True):
        scheme = "https" if https else "http"
        with (
            _written() as written,
            service.client(person=None, follow_redirects=False, https=https, **named) as client,
        ):
            for host in strangers:
                answer = client.get("http://testserver/", headers={"Host": host})
                assert answer.status_code == 400, f"Host: {host} is not ours: 400, and no redirect"
                assert DECENT.fullmatch(answer.headers.get("x-request-id", "")), "the refusal has its name"
                assert answer.headers.get("x-content-type-options") == "nosniff", (
                    "the response that refuses a Host has the security headers"
                )
            assert [line["status"] for line in written.requests] == [400] * len(strangers), (
                "each refusal is written down: the log stands outside of whoever refuses"
            )
            for host in ("gavel.example", "GAVEL.example:8000"):
                answer = client.get(f"{scheme}://testserver/", headers={"Host": host})
                assert answer.status_code == 200, f"Host: {host} is ours"


@requirement(
    exercise=4,
    hints=(
        "Which of the two may say that Gavel is only to be called by HTTPS, and which may not yet?",
        "Exercise 4: one layer is there only when the settings say so.",
        "if settings.____:\n    app.add_middleware(____)",
    ),
)
def test_with_https_a_plain_call_is_redirected(service: Service) -> None:
    """With `https`, a plain call is redirected, and the redirect is named; only HTTPS answers carry HSTS."""
    with service.client(person=None, follow_redirects=False) as client:
        assert client.get("/").status_code == 200, "without `https`, a plain call is answered"
        answer = client.get("https://testserver/")
        assert "strict-transport-security" not in answer.headers, "without `https`, nobody is told to stay"
    with service.client(person=None, follow_redirects=False, https=True) as client:
        answer = client.get("http://testserver/api/v1/lots?limit=5")
        assert answer.status_code in (307, 308), (
            "with `https`, a plain call is redirected and keeps its method"
        )
        assert answer.headers["location"] == "https://testserver/api/v1/lots?limit=5", (
            "the redirect to HTTPS keeps the path and the query"
        )
        assert DECENT.fullmatch(answer.headers.get("x-request-id", "")), "the redirect has its name"
        assert "strict-transport-security" not in answer.headers, (
            "a response over plain HTTP has no Strict-Transport-Security"
        )
        answer = client.get("https://testserver/")
        assert answer.status_code == 200, "a call over HTTPS is answered"
        assert "max-age=" in answer.headers.get("strict-transport-security", ""), (
            "a response over HTTPS has the header Strict-Transport-Security"
        )


@requirement(
    exercise=4,
    hints=(
        "Which answers are worth packing, and how does a cache know that there are two kinds?",
        "Exercise 4: GZip, and from which size on.",
        "app.add_middleware(____, minimum_size=____, compresslevel=4)",
    ),
)
def test_long_answers_are_packed_for_those_who_ask(service: Service) -> None:
    """Answers of 1000 bytes and more are packed with gzip for those who ask; others are not."""
    app = service.create_app()
    text = ("Going, going, gone! " * 50)[:998]  # two quotation marks more in JSON
    app.get("/checkpoint/long")(lambda: text)
    app.get("/checkpoint/short")(lambda: text[:-1])
    client = service.client(app, person=None)
    asks = {"Accept-Encoding": "gzip"}
    packed = client.get("/checkpoint/long", headers=asks)
    assert packed.headers.get("content-encoding") == "gzip", "an answer of 1000 bytes is packed"
    assert packed.json() == text, "the compressed response has the same content when it is decompressed"
    assert "accept-encoding" in packed.headers.get("vary", "").lower(), (
        "caches are told: Vary: Accept-Encoding"
    )
    plain = client.get("/checkpoint/long", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers, "who does not ask for gzip is not sent any"
    short = client.get("/checkpoint/short", headers=asks)
    assert "content-encoding" not in short.headers, "an answer of 999 bytes is left alone"


@requirement(
    exercise=4,
    hints=(
        "What is known of a body before it is read, and what only while it is read?",
        "Exercise 4: `BodyLimitMiddleware`. Who must stand outside of it, so that a page can read the 413?",
        "app.add_middleware(____, max_body_size=settings.____)  # the innermost: added first",
    ),
)
def test_a_body_over_the_limit_is_refused(service: Service) -> None:
    """A body over `max_body_size`, said or counted, is answered 413 with its name; what fits is read."""
    app = service.create_app(max_body_size=100, cors_origins=[OURS])
    read: list[int] = []

    async def take(bid: dict[str, str]) -> None:
        read.append(len(bid["note"]))

    app.post("/checkpoint/bids")(take)
    client = service.client(app, person=None, headers={"Origin": OURS, "Content-Type": "application/json"})

    def sent(size: int, *, in_pieces: bool) -> Any:
        body = json.dumps({"note": "x" * (size - 12)}).encode()
        content: Any = iter([body[:60], body[60:]]) if in_pieces else body
        return client.post("/checkpoint/bids", content=content)

    for in_pieces in (False, True):
        how = "in pieces" if in_pieces else "with its length said"
        assert sent(100, in_pieces=in_pieces).status_code == 200, f"a body of 100 bytes, {how}, is read"
        answer = sent(101, in_pieces=in_pieces)
        assert answer.status_code == 413, f"a body of 101 bytes, {how}, is answered 413"
        assert DECENT.fullmatch(answer.headers.get("x-request-id", "")), f"the 413 {how} has its name"
        assert answer.headers.get("access-control-allow-origin") == OURS, f"a page may read the 413 {how}"
        assert "json" in answer.headers.get("content-type", ""), f"the 413 {how} is JSON like other errors"
    assert len(read) == 2, "the handler never saw a body that is too large"


@requirement(
    exercise=3,
    hints=(
        "Which default is right on your desk, and a hole on the evening of the sale?",
        "Exercise 3: `Settings`, after the model of what chapter 5 does with the key.",
        'if self.environment == "____" and "____" in self.allowed_hosts:\n'
        '    raise ValueError("GAVEL_ALLOWED_HOSTS …")',
    ),
)
def test_production_names_its_hosts(service: Service) -> None:
    """`Settings` for production are refused while any host is allowed, in words that name the variable."""
    for hosts in (["*"], ["gavel.example.com", "*"]):
        try:
            service.settings(environment="production", allowed_hosts=hosts)
            words = ""
        except ValidationError as refused:
            words = str(refused)
        assert words, f"with environment='production' and allowed_hosts={hosts}, Settings are refused"
        assert "GAVEL_ALLOWED_HOSTS" in words, "the error says which variable must be set"
    for hosts in (["gavel.example.com"], ["*.gavel.example.com"]):
        kept = service.settings(environment="production", allowed_hosts=hosts)
        assert kept.allowed_hosts == hosts, "production with named hosts is accepted"
    for environment in ("development", "test"):
        service.settings(environment=environment, allowed_hosts=["*"])


def _preflight(client: RecordingClient, origin: str, method: str = "POST") -> Any:
    asks = {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization,content-type,x-request-id",
    }
    return client.options(LOTS, headers=asks)


class Written(io.StringIO):
    """What the service wrote to the standard error and output."""

    @property
    def text(self) -> str:
        return self.getvalue()

    @property
    def requests(self) -> list[dict[str, Any]]:
        """The JSON lines that tell of a request."""
        found = []
        for line in self.text.splitlines():
            with suppress(ValueError):
                read = json.loads(line)
                if isinstance(read, dict) and {"method", "path", "status"} <= read.keys():
                    found.append(read)
        return found


@contextmanager
def _written(level: str = "") -> Iterator[Written]:
    """Listen to what is written meanwhile, from `level` on where it is given, else as the service says."""
    written, house = Written(), logging.getLogger("gavel")
    before = house.level
    if level:
        house.setLevel(level)
    try:
        with redirect_stderr(written), redirect_stdout(written):
            yield written
    finally:
        house.setLevel(before or logging.CRITICAL)


async def _lines_while_it_answers(layer: Callable[[Any], Any], written: Written) -> list[int]:
    """How many lines there are after the headers, a first part of the body, and the last part."""
    counts = []

    async def in_parts(scope: Any, receive: Any, send: Any) -> None:
        for message in (
            {"type": "http.response.start", "status": 200, "headers": []},
            {"type": "http.response.body", "body": b"going, ", "more_body": True},
            {"type": "http.response.body", "body": b"gone"},
        ):
            await send(message)
            counts.append(len(written.requests))

    async def ignore(message: Any = None) -> Any: ...

    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []}
    await layer(in_parts)(scope, ignore, ignore)
    return counts


async def _two_at_once(app: FastAPI, path: str) -> list[tuple[str, str]]:
    """Of two requests at one time: the name on each answer, and the one that its handler found."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        answers = await asyncio.gather(client.get(path), client.get(path))
    return [(answer.headers.get("x-request-id", "no name"), answer.json()) for answer in answers]


async def _name_after(app: FastAPI, path: str, request_id: ContextVar[str | None]) -> str | None:
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


async def _what_leaves(layer: Callable[[Any], Any]) -> str:
    """The words of the exception that leaves a layer when what stands within raises."""

    async def broken(scope: Any, receive: Any, send: Any) -> None:
        raise RuntimeError("the hammer broke")

    async def ignore(message: Any = None) -> Any: ...

    try:
        scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []}
        await layer(broken)(scope, ignore, ignore)
    except RuntimeError as error:
        return str(error)
    return "nothing"
