"""The live line: through a client, and as ASGI has it for watchers that no client plays."""

import json
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import anyio
from starlette.testclient import WebSocketDenialResponse
from starlette.websockets import WebSocketDisconnect

from course.engine.checkpoint.recording import RecordingClient
from tests.attacks import wire

BID = '{"type": "bid", "amount": "30.00"}'


def opened(client: RecordingClient, path: str, **headers: str) -> int:
    """What comes of opening a line: 101, or the status of the refusal; 500 where the service breaks."""
    try:
        with client.websocket_connect(path, headers=headers):
            return 101
    except WebSocketDenialResponse as denial:
        return int(denial.status_code)
    except WebSocketDisconnect as closed:
        return closed.code
    except Exception:
        return 500


def said(client: RecordingClient, path: str, *messages: str | bytes) -> str | int:
    """What the house says to the last of these messages: "bid", "problem", or the code with which it closes.

    "broke" where the service did. The messages are sent at once, and each must be one that is answered.
    """
    came: str | int = "nothing"
    try:
        with client.websocket_connect(path) as socket:
            for message in messages:
                socket.send_text(message) if isinstance(message, str) else socket.send_bytes(message)
            answered = 0
            while answered < len(messages):
                came = json.loads(socket.receive_text())["type"]
                answered += came in {"bid", "problem"}
    except WebSocketDenialResponse as denial:
        return int(denial.status_code)
    except WebSocketDisconnect as closed:
        return "broke" if closed.code in {1006, 1011} else closed.code
    except Exception:
        return "broke"
    return came


class Watcher:
    """Somebody who watches. `read` is called for each message to them; it may take for ever, or raise."""

    def __init__(
        self,
        client: RecordingClient,
        path: str,
        read: Callable[[], Awaitable[None]] | None = None,
        address: str = "testclient",
    ) -> None:
        self._client, self._path, self._read, self._address = client, path, read, address
        self.heard: list[dict[str, Any]] = []
        self.code: int | None = None
        self.seated, self.gone = anyio.Event(), anyio.Event()
        self._news = anyio.Event()
        self._connected = False

    async def watch(self) -> None:
        """Hold the line until the house ends it."""
        came_from = (self._address, 50000)
        scope = wire.scope(
            self._client, "websocket", self._path, (), scheme="ws", subprotocols=[], client=came_from
        )
        try:
            await self._client.app(scope, self._receive, self._send)
        finally:
            self.seated.set()
            self.gone.set()

    async def _receive(self) -> wire.Message:
        if self._connected:
            await anyio.sleep_forever()
        self._connected = True
        return {"type": "websocket.connect"}

    async def _send(self, message: wire.Message) -> None:
        if message["type"] == "websocket.close":
            self.code = message["code"]
        elif message["type"] == "websocket.accept":
            self.seated.set()
        elif message["type"] == "websocket.send":
            if self._read is not None:
                await self._read()
            self.heard.append(json.loads(message["text"]))
            self._news.set()

    def bids(self) -> int:
        """Of how many bids they have heard."""
        return sum(each["type"] == "bid" for each in self.heard)

    async def hear_bids(self, count: int) -> None:
        """Wait until they have heard of so many."""
        while self.bids() < count:
            self._news = anyio.Event()
            await self._news.wait()


async def never() -> None:
    """Read nothing, for ever."""
    await anyio.sleep_forever()


async def cut() -> None:
    """The line is cut."""
    raise BrokenPipeError


async def while_they_watch(
    watchers: Iterable[Watcher], work: Callable[[], Awaitable[Any]], seconds: float = 5.0
) -> Any:
    """Do something while these people watch; None where it is not done within so many seconds."""
    came = None
    async with anyio.create_task_group() as group:
        for watcher in watchers:
            group.start_soon(watcher.watch)
            await watcher.seated.wait()
        with anyio.move_on_after(seconds):
            came = await work()
        group.cancel_scope.cancel()
    return came
