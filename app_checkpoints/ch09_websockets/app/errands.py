"""Background tasks that belong to no request."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

log = logging.getLogger("gavel.errands")


class Errands:
    """The background tasks that run. A loop holds no task, so they are held here."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._running: set[asyncio.Task[None]] = set()

    def send(self, errand: Coroutine[Any, Any, None]) -> None:
        """Begin an errand, and return at once. Whatever it raises is its own affair."""
        task = asyncio.create_task(errand)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def __aenter__(self) -> "Errands":
        return self

    async def __aexit__(self, *_: object) -> None:
        running = [*self._running]
        try:
            async with asyncio.timeout(self._seconds):
                await asyncio.gather(*running, return_exceptions=True)
        except TimeoutError:
            lost = sum(task.cancelled() for task in running)
            log.error("%d background tasks cancelled after %g seconds", lost, self._seconds)
