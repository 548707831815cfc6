"""How a checkpoint's client reaches the app: in one step where TestClient takes eight.

Starlette's own transport hands each request back and forth between the test's thread and the loop's, so that
an answer can be read while it is being sent. A whole answer needs that once: the app is called on the loop,
and what it sends is collected. Requests that stream, and WebSockets, go through Starlette's transport.
Scope, messages and what is raised are those of `starlette.testclient` (1.10).
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import unquote

import anyio
import anyio.from_thread
import httpx2
from starlette.testclient import _TestClientTransport

from course.engine.checkpoint.raised import endpoint_of, noted

Message = MutableMapping[str, Any]
App = Callable[[Message, Any, Any], Awaitable[None]]

PORTS = {"http": 80, "https": 443}
DIRECT = "course.direct"
"""The extension of a request whose whole answer is wanted."""
ENDPOINT = "course.endpoint"
"""The extension of a response that names the endpoint which the request reached."""
RAISED = "course.raised"
"""The extension of a response that lists the exceptions which were handled before it."""


class Transport(httpx2.BaseTransport):
    """Starlette's transport, with a short cut for requests that are marked `DIRECT`."""

    def __init__(self, usual: _TestClientTransport) -> None:
        self._usual = usual

    def close(self) -> None:
        self._usual.close()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.scheme not in PORTS or not request.extensions.get(DIRECT):
            return self._usual.handle_request(request)
        call = _Call(self._usual.app, _scope(request, self._usual), request.read())
        with self._usual.portal_factory() as portal:
            # Without the task group and the cancel scope that `portal.call` makes for each call.
            error = anyio.from_thread.run(call.run, token=portal._token)
        if error is not None and self._usual.raise_server_exceptions:
            raise error
        if call.status is None:
            assert not self._usual.raise_server_exceptions, "TestClient did not receive any response."
            return httpx2.Response(500, request=request)
        body = b"" if request.method == "HEAD" else b"".join(call.body)
        return httpx2.Response(
            call.status,
            headers=call.headers,
            stream=httpx2.ByteStream(body),
            request=request,
            extensions={ENDPOINT: endpoint_of(call.scope), RAISED: call.raised},
        )


class _Call:
    """One call of the app, and what it sent."""

    def __init__(self, app: App, scope: Message, content: bytes) -> None:
        self._app = app
        self.scope = scope
        self._content: bytes | None = content
        self.status: int | None = None
        self.headers: list[tuple[str, str]] = []
        self.body: list[bytes] = []
        self.raised: list[str] = []

    async def run(self) -> BaseException | None:
        """Call the app; what it raises is the result, so that what it sent before is not lost."""
        self._complete = anyio.Event()
        noted.set(self.raised)
        try:
            await self._app(self.scope, self._receive, self._send)
        except Exception as error:
            return error
        return None

    async def _receive(self) -> Message:
        if self._content is None:
            await self._complete.wait()
            return {"type": "http.disconnect"}
        content, self._content = self._content, None
        return {"type": "http.request", "body": content}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            assert self.status is None, 'Received multiple "http.response.start" messages.'
            self.status = message["status"]
            self.headers = [(name.decode(), value.decode()) for name, value in message.get("headers", [])]
        elif message["type"] == "http.response.body":
            assert self.status is not None, 'Received "http.response.body" without "http.response.start".'
            assert not self._complete.is_set(), 'Received "http.response.body" after response completed.'
            self.body.append(bytes(message.get("body", b"")))
            if not message.get("more_body", False):
                self._complete.set()


def _scope(request: httpx2.Request, usual: _TestClientTransport) -> Message:
    url = request.url
    host = url.raw_host.decode("ascii")
    return {
        "type": "http",
        "http_version": "1.1",
        "method": request.method,
        "path": unquote(url.path),
        "raw_path": url.raw_path.split(b"?", 1)[0],
        "root_path": usual.root_path,
        "scheme": url.scheme,
        "query_string": url.query,
        "headers": [(name.lower().encode(), value.encode()) for name, value in request.headers.multi_items()],
        "client": usual.client,
        "server": [host, PORTS[url.scheme] if url.port is None else url.port],
        "extensions": {},
        "state": usual.app_state.copy(),
    }
