"""A conversation over a WebSocket, which no slow, silent or rude watcher can hold up."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from time import monotonic

from fastapi import WebSocket, WebSocketDisconnect

from .live import Seat
from .schemas.live import Ping

LONGEST = 4096
"""Bytes of one message."""


class Goodbye(Exception):
    """The house ends a conversation: with a close code (RFC 6455, section 7.4.1), and why."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


async def hear(socket: WebSocket) -> str:
    """The next message. Raises WebSocketDisconnect when they left, Goodbye for bytes or too many."""
    message = await socket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message["code"], message.get("reason"))
    text: str | None = message.get("text")
    if text is None:
        raise Goodbye(1003, "Text, please.")
    if len(text.encode()) > LONGEST:
        raise Goodbye(1009, f"At most {LONGEST} bytes a message.")
    return text


PACE = 10
"""Messages in a second."""
PATIENCE = 5.0
"""Seconds in which a goodbye is said. Whoever does not read would have it said for ever."""


class Pace:
    """The moments of the last messages, and no more than are needed."""

    def __init__(self) -> None:
        self._moments: deque[float] = deque(maxlen=PACE)

    def step(self, now: float) -> None:
        """Count one message; `now` in seconds of any clock that only goes forward. Raises Goodbye."""
        if len(self._moments) == PACE and now - self._moments[0] < 1:
            raise Goodbye(1008, f"At most {PACE} messages a second.")
        self._moments.append(now)


class Conversation:
    """One socket and one seat. Of three tasks one listens, one speaks, one sees whether they are there."""

    def __init__(self, socket: WebSocket, seat: Seat, heartbeat: float) -> None:
        self._socket, self._seat, self._heartbeat = socket, seat, heartbeat
        self._heard = True

    async def hold(self, answer: Callable[[str], Awaitable[None]]) -> None:
        """Go on until either side ends it. `answer` is given what they say, one message at a time."""
        goodbyes: Sequence[BaseException] = ()
        try:
            async with asyncio.TaskGroup() as tasks:
                for work in (self._listen(answer), self._speak(), self._guard()):
                    tasks.create_task(work)
        except* WebSocketDisconnect:
            pass  # they left: nobody is there to say goodbye to
        except* Goodbye as ended:
            goodbyes = ended.exceptions
        for goodbye in goodbyes[:1]:
            await self._close(goodbye)

    async def _listen(self, answer: Callable[[str], Awaitable[None]]) -> None:
        pace = Pace()
        while True:
            text = await hear(self._socket)
            pace.step(monotonic())
            self._heard = True
            await answer(text)

    async def _speak(self) -> None:
        while True:
            await self._socket.send_text(await self._seat.next())

    async def _guard(self) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._heartbeat):
                    await self._seat.fell_behind.wait()
                raise Goodbye(1013, "You fell behind. Come again.")
            if not self._heard:
                raise Goodbye(1008, "No answer to a ping.")
            self._heard = False
            self._seat.replace("ping", Ping().model_dump_json())

    async def _close(self, goodbye: BaseException) -> None:
        if isinstance(goodbye, Goodbye):
            with suppress(TimeoutError, WebSocketDisconnect, RuntimeError):
                async with asyncio.timeout(PATIENCE):
                    await self._socket.close(goodbye.code, goodbye.reason)
        if goodbye.__cause__ is not None:
            raise goodbye.__cause__  # what broke goes up, to whoever writes it down
