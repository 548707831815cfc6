"""The picture of the room, drawn once for all who watch, and how they hear that it is new."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import datetime

from .exceptions import TooManyWatchers
from .services.view import RoomView

STALE_SECONDS = 10.0
"""Without any event, the picture is drawn again after this time, because misconceptions become old."""


class Live:
    """Who watches the room. Between two pictures lie `pulse` seconds, however much happens."""

    def __init__(self, view: RoomView, clock: Callable[[], datetime], pulse: float, seats: int) -> None:
        self.view = view
        self._clock, self._pulse, self._seats = clock, pulse, seats
        self._watchers = 0
        self._news = asyncio.Event()
        self._is_old = False
        self._drawn = asyncio.Condition()
        self.version = 0
        self.ended = False
        self.text = ""
        self._draw()

    def changed(self) -> None:
        """Something is new: it is shown with the next picture."""
        self._is_old = True
        self._news.set()

    def now(self) -> str:
        """The room as it is now, as JSON. It is drawn again only where something is new."""
        if self._is_old:
            self._draw()
        return self.text

    async def after(self, version: int) -> int:
        """Wait until there is a newer picture than this, or the board ends; the number of the newest."""
        async with self._drawn:
            await self._drawn.wait_for(lambda: self.version > version or self.ended)
        return self.version

    async def end(self) -> None:
        """Let everyone who watches go: the board ends, and waits for no line that stays open."""
        self.ended = True
        async with self._drawn:
            self._drawn.notify_all()

    @contextmanager
    def seat(self) -> Iterator[None]:
        """A place to watch from, given up when the block ends. Raises TooManyWatchers."""
        if self._watchers >= self._seats:
            raise TooManyWatchers(f"{self._seats} pages watch already.", headers={"Retry-After": "10"})
        self._watchers += 1
        try:
            yield
        finally:
            self._watchers -= 1

    @asynccontextmanager
    async def beating(self) -> AsyncIterator["Live"]:
        """Draw new pictures for as long as the block lasts."""
        task = asyncio.create_task(self._beat())
        try:
            yield self
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _beat(self) -> None:
        told = 0
        while True:
            try:
                async with asyncio.timeout(STALE_SECONDS):
                    await self._news.wait()
            except TimeoutError:
                self._is_old = self._watchers > 0
            self._news.clear()
            if self._is_old:
                self._draw()
            if self.version > told:
                told = self.version
                async with self._drawn:
                    self._drawn.notify_all()
            await asyncio.sleep(self._pulse)

    def _draw(self) -> None:
        self._is_old = False
        self.text = self.view.picture(self._clock()).model_dump_json()
        self.version += 1
