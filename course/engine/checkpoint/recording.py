"""A TestClient that remembers what was sent and what came back, for the report."""

import asyncio
import json
import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Self, cast, overload

import httpx2
from fastapi.testclient import TestClient
from starlette.testclient import WebSocketTestSession, _Upgrade

from course.engine.checkpoint.transport import DIRECT, ENDPOINT, RAISED, App, Message, Transport
from course.engine.checkpoint.websocket_recording import WebSocketRecording
from course.engine.report.model import Exchange

ANSWER_LENGTH = 700
"""Characters of a body that a report shows."""

SECRET_FIELD = re.compile(
    r"""((?<![a-z_])["']?(?:[a-z_]*password|[a-z_]*secret|[a-z_]*token|ticket|api_?key|authorization)["']?\s*[:=]\s*)"""
    r"""("(?:[^"\\]|\\.)*"|[^\s&,}"]+)""",
    re.IGNORECASE,
)
SECRET_HEADERS = frozenset({"authorization", "cookie", "set-cookie", "x-api-key"})
USUAL_REQUEST_HEADERS = frozenset(
    {"host", "accept", "accept-encoding", "connection", "user-agent", "content-length", "content-type"}
)
TOLD_ANSWER_HEADERS = (
    *("location", "etag", "allow", "www-authenticate", "retry-after", "set-cookie"),
    *("x-request-id", "access-control-allow-origin", "content-encoding", "strict-transport-security"),
)

TOLD_OF_A_SOCKET = ("origin", "authorization", "cookie", "sec-websocket-protocol")


class LeftTheService(Exception):
    """The learner's code tried to end the program (`sys.exit`) while it was serving."""


class Guarded:
    """The learner's app behind a wall that `SystemExit` and its like do not pass: they would end the loop."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Message, receive: Any, send: Any) -> None:
        try:
            await self._app(scope, receive, send)
        except (Exception, asyncio.CancelledError, GeneratorExit):
            raise
        except BaseException as leaving:
            raise LeftTheService(f"{type(leaving).__name__}: {leaving}") from leaving

    def __getattr__(self, name: str) -> Any:
        return getattr(self._app, name)


class Exchanges(Sequence[Exchange]):
    """What was sent and came back, in order. Put into words only when it is read: most never are."""

    def __init__(self) -> None:
        self._each: list[Exchange | Callable[[], Exchange]] = []

    def append(self, exchange: Exchange | Callable[[], Exchange]) -> None:
        """Add an exchange, or what makes it later."""
        self._each.append(exchange)

    def __len__(self) -> int:
        return len(self._each)

    @overload
    def __getitem__(self, index: int) -> Exchange: ...
    @overload
    def __getitem__(self, index: slice) -> list[Exchange]: ...
    def __getitem__(self, index: int | slice) -> Exchange | list[Exchange]:
        self._each = [each if isinstance(each, Exchange) else each() for each in self._each]
        return cast(list[Exchange], self._each)[index]


class RecordingClient(TestClient):
    """Works as TestClient does, and adds each exchange to `exchanges`."""

    def __init__(self, app: App, exchanges: Exchanges, **options: Any) -> None:
        super().__init__(Guarded(app), **options)
        self._transport: httpx2.BaseTransport = Transport(self._transport)  # type: ignore[arg-type]
        self.exchanges = exchanges
        self.on_entry: Callable[[RecordingClient], None] | None = None

    def __enter__(self) -> Self:
        super().__enter__()
        if self.on_entry is not None:
            self.on_entry(self)
        return self

    def send(self, request: httpx2.Request, *, stream: bool = False, **options: Any) -> httpx2.Response:
        request.extensions = {**request.extensions, DIRECT: not stream}
        try:
            response = super().send(request, stream=stream, **options)
        except _Upgrade:
            raise
        except BaseException:
            self.exchanges.append(exchange_of(request, None))
            raise
        recorded = partial(exchange_of, request, response)
        self.exchanges.append(recorded() if stream else recorded)
        return response

    def websocket_connect(
        self, url: str, subprotocols: Sequence[str] | None = None, **options: Any
    ) -> WebSocketTestSession:
        session = super().websocket_connect(url, subprotocols, **options)
        path = session.scope["path"] + ("?" if session.scope["query_string"] else "")
        path += masked(session.scope["query_string"].decode("ascii", "replace"))
        told = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in session.scope["headers"]]
        sent = [f"{name.title()}: {_value(name, value)}" for name, value in told if name in TOLD_OF_A_SOCKET]
        conversation = WebSocketRecording(path, "\n".join(sent), masked)
        self.exchanges.append(conversation.exchange)
        return conversation.overhear(session)


def exchange_of(request: httpx2.Request, response: httpx2.Response | None) -> Exchange:
    """A request and its answer as short text. No answer where the app raised an exception."""
    path = request.url.raw_path.decode("ascii")
    unusual = {"host"} if request.headers.get("host") != request.url.netloc.decode("ascii") else set()
    sent = _told(request.headers, lambda name: name not in USUAL_REQUEST_HEADERS - unusual, _body(request))
    if response is None:
        return Exchange(request.method, path, sent)
    answer = _told(response.headers, TOLD_ANSWER_HEADERS.__contains__, _body(response))
    raised = masked("\n".join(response.extensions.get(RAISED, ())))
    endpoint = response.extensions.get(ENDPOINT, "")
    return Exchange(request.method, path, sent, response.status_code, answer, endpoint, raised)


def masked(text: str) -> str:
    """The text without the values of fields whose names say that they are secret."""
    return SECRET_FIELD.sub(lambda found: found[1] + '"•••"', text)


def _told(headers: Any, wanted: Callable[[str], bool], body: str) -> str:
    lines = [
        f"{name.title()}: {_value(name, value)}" for name, value in headers.multi_items() if wanted(name)
    ]
    return "\n".join([*lines, body]) if body else "\n".join(lines)


def _value(name: str, value: str) -> str:
    if name == "authorization" and " " in value:
        return value.split(" ")[0] + " •••"
    return "•••" if name in SECRET_HEADERS else value


def _body(message: httpx2.Request | httpx2.Response) -> str:
    """The body as text: JSON on one line, other text as it is, anything else named by its type and size."""
    try:
        content = message.content
    except (httpx2.RequestNotRead, httpx2.ResponseNotRead):
        return "(a stream)"
    if not content:
        return ""
    kind = message.headers.get("content-type", "").split(";")[0]
    if kind.startswith("multipart/"):
        return f"({kind}, {len(content)} bytes)"
    try:
        body = content.decode("utf-8")
        if kind.endswith("json"):
            body = json.dumps(json.loads(body), ensure_ascii=False)
    except (ValueError, RecursionError):
        body = content.decode("utf-8", "backslashreplace") if kind.startswith("text/") else ""
    if not body or "\0" in body:
        return f"({kind or 'bytes'}, {len(content)} bytes)"
    shown = masked(body[: 2 * ANSWER_LENGTH])
    return shown if len(body) <= ANSWER_LENGTH else f"{shown[:ANSWER_LENGTH]}… ({len(body)} characters)"
