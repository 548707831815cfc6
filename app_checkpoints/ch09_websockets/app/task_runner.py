"""Background tasks that belong to no request."""

import asyncio
import logging
from collections.abc import Coroutine


class TaskRunner:
    """The background tasks that run. It keeps a reference to each: an event loop keeps only a weak one."""

    def __init__(self, shutdown_seconds: float) -> None:
        self._shutdown_seconds, self._running = shutdown_seconds, set[asyncio.Task[None]]()

    def start(self, work: Coroutine[None, None, None]) -> None:
        """Start a task, and return at once. An exception of the task does not reach your code."""
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def __aenter__(self) -> "TaskRunner":
        return self

    async def __aexit__(self, *_: object) -> None:
        running = [*self._running]
        try:
            async with asyncio.timeout(self._shutdown_seconds):
                await asyncio.gather(*running, return_exceptions=True)
        except TimeoutError:
            count = sum(task.cancelled() for task in running)
            logging.getLogger("gavel.task_runner").error("%d background tasks were cancelled", count)
