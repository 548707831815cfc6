"""One WebSocket connection: its limits, and how it is served until it ends."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from time import monotonic

from fastapi import WebSocket, WebSocketDisconnect

from .channels import Subscription
from .schemas.live import Ping

MAX_MESSAGE_BYTES = 4096


class CloseConnection(Exception):
    """Close this connection, with a close code (RFC 6455, section 7.4.1) and a reason."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


async def receive_message(websocket: WebSocket) -> str:
    """Return the next text message. Raises WebSocketDisconnect when the client left, else CloseConnection."""
    message = await websocket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message["code"], message.get("reason"))
    text: str | None = message.get("text")
    if text is None:
        raise CloseConnection(1003, "Only text messages are accepted.")
    if len(text.encode()) > MAX_MESSAGE_BYTES:
        raise CloseConnection(1009, f"A message has at most {MAX_MESSAGE_BYTES} bytes.")
    return text


MAX_MESSAGES_PER_SECOND = 10
CLOSE_TIMEOUT = 5.0
"""Seconds for sending a close code. A client that does not read would delay it for ever."""


class ClientMonitor:
    """Watches one client: how fast it sends, whether it still replies, and whether it fell behind."""

    def __init__(self, subscription: Subscription, heartbeat_seconds: float) -> None:
        self._subscription, self._heartbeat_seconds = subscription, heartbeat_seconds
        self._times: deque[float] = deque(maxlen=MAX_MESSAGES_PER_SECOND)
        self._has_replied = True

    def count_message(self) -> None:
        """Count one message of the client. Raises CloseConnection for too many within one second."""
        now = monotonic()
        if len(self._times) == MAX_MESSAGES_PER_SECOND and now - self._times[0] < 1:
            raise CloseConnection(1008, f"At most {MAX_MESSAGES_PER_SECOND} messages a second.")
        self._times.append(now)
        self._has_replied = True

    async def run(self) -> None:
        """Send pings. Raises CloseConnection for a client that did not reply, or fell behind."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._heartbeat_seconds):
                    await self._subscription.fell_behind.wait()
                raise CloseConnection(1013, "You fell behind. Connect again.")
            if not self._has_replied:
                raise CloseConnection(1008, "No reply to a ping.")
            self._has_replied = False
            self._subscription.put_latest("ping", Ping().model_dump_json())


async def close(websocket: WebSocket, error: BaseException) -> None:
    """Close with the code of a CloseConnection, with 1011 for any other error, if the client still reads."""
    code, reason = 1011, "Internal error."
    if isinstance(error, CloseConnection):
        code, reason = error.code, error.reason
    with suppress(TimeoutError, WebSocketDisconnect, RuntimeError):
        async with asyncio.timeout(CLOSE_TIMEOUT):
            await websocket.close(code, reason)


async def send_messages(websocket: WebSocket, subscription: Subscription) -> None:
    """Send each message of a subscription, until sending raises."""
    while True:
        await websocket.send_text(await subscription.get())


async def receive_messages(
    websocket: WebSocket, handle_message: Callable[[str], Awaitable[None]], monitor: ClientMonitor
) -> None:
    """Count and handle each message of the client, until receiving or handling raises."""
    while True:
        text = await receive_message(websocket)
        monitor.count_message()
        await handle_message(text)


async def serve_connection(
    websocket: WebSocket,
    subscription: Subscription,
    handle_message: Callable[[str], Awaitable[None]],
    heartbeat_seconds: float,
) -> None:
    """Send and receive messages until the client disconnects, or the service closes the connection."""
    monitor = ClientMonitor(subscription, heartbeat_seconds)
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(send_messages(websocket, subscription))
            tasks.create_task(receive_messages(websocket, handle_message, monitor))
            tasks.create_task(monitor.run())
    except* WebSocketDisconnect:
        pass
    except* CloseConnection as group:
        await close(websocket, group.exceptions[0])
    except* Exception as group:
        await close(websocket, group.exceptions[0])
        raise
