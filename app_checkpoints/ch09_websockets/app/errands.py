"""What nobody waits for, until the house closes."""

import asyncio
from collections.abc import Coroutine
from typing import Any


class Errands:
    """Tasks that belong to no request. A loop forgets tasks that nobody holds, so they are held here."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()

    def send(self, errand: Coroutine[Any, Any, None]) -> None:
        """Begin an errand, and return at once. Whatever it raises is its own affair."""
        task = asyncio.create_task(errand)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def __aenter__(self) -> "Errands":
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.gather(*self._running, return_exceptions=True)
