"""The rooms in which lots are watched, and how news reaches everyone there without waiting for anyone."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from .exceptions import RoomFull
from .schemas.live import Watchers

WAITING = 32
"""Messages that may wait for one watcher. Whoever leaves more unread has fallen behind."""


class Seat:
    """One watcher's place in a room: the news that are still to be told to them."""

    def __init__(self) -> None:
        self._news: asyncio.Queue[str] = asyncio.Queue(WAITING)
        self.fell_behind = asyncio.Event()

    def tell(self, news: str) -> None:
        """Put news down, without waiting. Where there is no place left, the watcher fell behind."""
        try:
            self._news.put_nowait(news)
        except asyncio.QueueFull:
            self.fell_behind.set()

    async def next(self) -> str:
        """The oldest news that were not fetched yet; it waits while there are none."""
        return await self._news.get()


class Rooms:
    """Who watches which lot, in this process."""

    def __init__(self, seats: int) -> None:
        self._seats = seats
        self._rooms: dict[int, set[Seat]] = {}

    def tell(self, lot_id: int, news: str) -> None:
        """Put news down at every seat of a room. Nothing is awaited, so nobody can hold up the others."""
        for seat in self._rooms.get(lot_id, ()):
            seat.tell(news)

    def count(self, lot_id: int) -> None:
        """Tell everyone in a room how many they are."""
        watchers = Watchers(count=len(self._rooms.get(lot_id, ())))
        self.tell(lot_id, watchers.model_dump_json())

    @contextmanager
    def seat(self, lot_id: int) -> Iterator[Seat]:
        """A seat in the room of a lot, given up when the block ends, however it ends. Raises RoomFull."""
        room = self._rooms.setdefault(lot_id, set())
        if len(room) >= self._seats:
            raise RoomFull(f"{self._seats} people watch lot {lot_id} already.", headers={"Retry-After": "10"})
        seat = Seat()
        room.add(seat)
        try:
            yield seat
        finally:
            room.remove(seat)
            if not room:
                del self._rooms[lot_id]
            self.count(lot_id)
