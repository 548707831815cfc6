"""Record the messages of a WebSocket connection."""

import asyncio
import json
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import anyio
from starlette.testclient import WebSocketTestSession

from course.engine.checkpoint.transport import Message
from course.engine.report.model import Exchange

LONGEST = 20
"""Messages that a report shows: the last ones."""
WIDEST = 300
"""Characters of a message that a report shows."""
PATIENCE = 5.0
"""Seconds for which a socket waits: for a word of the service, and at the end for the service's own end."""


class WebSocketRecording:
    """What went to and fro on one socket; `→` was sent to the service, `←` came from it."""

    def __init__(self, path: str, sent: str, mask: Callable[[str], str]) -> None:
        self._path = path
        self._sent = sent
        self._mask = mask
        self._status: int | None = None
        self._lines: list[str] = []

    def overhear(self, session: WebSocketTestSession) -> WebSocketTestSession:
        """The same session, and all messages that pass through it are recorded.

        A service that says nothing fails the test, which would wait for ever; and when the test leaves, the
        service may come to its end by itself, where `TestClient` cancels it in the middle.
        """
        app, send, close = session.app, session.send, session.close
        over = threading.Event()

        async def to_its_end(scope: Any, receive: Any, send: Any) -> None:
            # A task of its own: asyncio.TaskGroup (Python 3.11, 3.12) may leave its task marked as cancelled.
            task = asyncio.ensure_future(app(scope, receive, send))
            try:
                await task
            finally:
                over.set()

        async def next_message() -> Message:
            with anyio.fail_after(PATIENCE):
                return await session._send_rx.receive()

        def sending(message: Message) -> None:
            self._write("→", message)
            send(message)

        def receiving() -> Message:
            try:
                message = session.portal.call(next_message)
            except TimeoutError:
                raise AssertionError(
                    f"the service sends another message on this connection within {PATIENCE:g} s"
                ) from None
            self._write("←", message)
            return message

        def closing(code: int = 1000, reason: str | None = None) -> None:
            close(code, reason)
            over.wait(PATIENCE)

        session.app = to_its_end
        session.send = sending  # type: ignore[method-assign]
        session.receive = receiving  # type: ignore[method-assign]
        session.close = closing  # type: ignore[method-assign]
        return session

    def exchange(self) -> Exchange:
        """The messages so far: 101 if the service accepted the connection, else the status that denied it."""
        return Exchange("WEBSOCKET", self._path, self._sent, self._status, "\n".join(self._lines[-LONGEST:]))

    def _write(self, arrow: str, message: Message) -> None:
        match message["type"]:
            case "websocket.accept":
                self._status = 101
            case "websocket.http.response.start":
                self._status = message["status"]
            case "websocket.receive" | "websocket.send":
                self._lines.append(f"{arrow} {self._told(message)}")
            case "websocket.http.response.body":
                self._lines.append(f"{arrow} {self._short(message['body'].decode('utf-8', 'replace'))}")
            case "websocket.close" | "websocket.disconnect":
                reason = f" ({message['reason']})" if message.get("reason") else ""
                self._lines.append(f"{arrow} closed, {message.get('code', 1000)}{reason}")

    def _told(self, message: Message) -> str:
        content: Any = message.get("text")
        if content is None:
            return f"({len(message['bytes'])} bytes)"
        with suppress(ValueError, RecursionError):
            content = json.dumps(json.loads(content), ensure_ascii=False)
        return self._short(content)

    def _short(self, text: str) -> str:
        shown = self._mask(text[: 2 * WIDEST])
        return shown if len(text) <= WIDEST else f"{shown[:WIDEST]}… ({len(text)} characters)"
