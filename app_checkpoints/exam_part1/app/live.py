"""Who watches which tool, and how they are told."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from anyio import CancelScope

Message = dict[str, Any]
WAITING = 16
"""Messages that may wait for a watcher; whoever is further behind is let go."""


class Watcher:
    """One socket: what waits to be sent to it, and the scope that ends it."""

    def __init__(self) -> None:
        self.messages: asyncio.Queue[Message] = asyncio.Queue(WAITING)
        self.scope = CancelScope()


class Live:
    """The watchers of one process, tool by tool."""

    def __init__(self) -> None:
        self._rooms: defaultdict[int, set[Watcher]] = defaultdict(set)

    @contextmanager
    def watching(self, tool_id: int) -> Iterator[Watcher]:
        """A watcher of a tool, for as long as the block lasts."""
        watcher = Watcher()
        self._rooms[tool_id].add(watcher)
        try:
            yield watcher
        finally:
            self._rooms[tool_id].discard(watcher)
            if not self._rooms[tool_id]:
                del self._rooms[tool_id]

    async def tell(self, tool_id: int, message: Message) -> None:
        """Put a message before every watcher of a tool; nobody is waited for."""
        for watcher in list(self._rooms.get(tool_id, ())):
            try:
                watcher.messages.put_nowait(message)
            except asyncio.QueueFull:
                watcher.scope.cancel()
