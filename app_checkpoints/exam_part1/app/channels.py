"""The watchers of each tool, and their queues."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from anyio import CancelScope

Message = dict[str, Any]
QUEUE_SIZE = 16
"""How many messages may wait for one watcher. If more wait, the service disconnects the watcher."""


class Watcher:
    """One WebSocket: the messages that wait for it, and the cancel scope that ends it."""

    def __init__(self) -> None:
        self.messages: asyncio.Queue[Message] = asyncio.Queue(QUEUE_SIZE)
        self.cancel_scope = CancelScope()


class Channels:
    """The watchers of one app, by the ID of their tool."""

    def __init__(self) -> None:
        self._watchers: defaultdict[int, set[Watcher]] = defaultdict(set)

    @contextmanager
    def subscribe(self, tool_id: int) -> Iterator[Watcher]:
        """Add a watcher of a tool. Remove it when the block ends."""
        watcher = Watcher()
        self._watchers[tool_id].add(watcher)
        try:
            yield watcher
        finally:
            self._watchers[tool_id].discard(watcher)
            if not self._watchers[tool_id]:
                del self._watchers[tool_id]

    async def publish(self, tool_id: int, message: Message) -> None:
        """Queue a message for every watcher of a tool. Disconnect a watcher whose queue is full."""
        for watcher in list(self._watchers.get(tool_id, ())):
            try:
                watcher.messages.put_nowait(message)
            except asyncio.QueueFull:
                watcher.cancel_scope.cancel()
