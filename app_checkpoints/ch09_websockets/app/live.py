"""The rooms in which lots are watched, and how news reaches everyone there without waiting for anyone."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from .exceptions import RoomFull, TooManyConnections
from .schemas.live import Watchers

WAITING = 32
"""Messages that may wait for one watcher. Whoever leaves more unread has fallen behind."""


class Seat:
    """One watcher's subscription: the messages that are still to be sent to them."""

    def __init__(self) -> None:
        self._news: asyncio.Queue[str | None] = asyncio.Queue(WAITING)
        self._newest: dict[str, str] = {}
        self.fell_behind = asyncio.Event()

    def tell(self, news: str) -> None:
        """Put a message into the queue, without waiting. If the queue is full, the watcher fell behind."""
        try:
            self._news.put_nowait(news)
        except asyncio.QueueFull:
            self.fell_behind.set()

    def replace(self, kind: str, news: str) -> None:
        """Keep a message of which only the newest of its kind is of use. It takes no place in the queue."""
        self._newest[kind] = news
        if self._news.empty():
            self._news.put_nowait(None)

    async def next(self) -> str:
        """The oldest message of the queue, else one of the newest of a kind; it waits while there is none."""
        while not self._newest or not self._news.empty():
            news = await self._news.get()
            if news is not None:  # None only wakes up whoever waits here
                return news
        return self._newest.pop(min(self._newest))  # "state" before "watchers"


class Rooms:
    """Who watches which lot, in this process: for each lot the subscriptions, and the network of each."""

    def __init__(self, seats: int, seats_each: int) -> None:
        self._seats, self._seats_each = seats, seats_each
        self._rooms: dict[int, dict[Seat, str]] = {}

    def tell(self, lot_id: int, news: str) -> None:
        """Put news down at every seat of a room. Nothing is awaited, so nobody can hold up the others."""
        for seat in self._rooms.get(lot_id, ()):
            seat.tell(news)

    def count(self, lot_id: int) -> None:
        """Tell everyone in a room how many they are. Who has not read an older number gets only this one."""
        room = self._rooms.get(lot_id, {})
        watchers = Watchers(count=len(room)).model_dump_json()
        for seat in room:
            seat.replace("watchers", watchers)

    @contextmanager
    def seat(self, lot_id: int, network: str = "") -> Iterator[Seat]:
        """A seat in the room of a lot, until the block ends. Raises RoomFull, TooManyConnections."""
        room = self._rooms.get(lot_id, {})
        if [*room.values()].count(network) >= self._seats_each:
            raise TooManyConnections(f"Your network watches lot {lot_id} {self._seats_each} times already.")
        if len(room) >= self._seats:
            raise RoomFull(f"{self._seats} people watch lot {lot_id} already.")
        room = self._rooms.setdefault(lot_id, {})
        seat = Seat()
        room[seat] = network
        try:
            yield seat
        finally:
            del room[seat]
            if not room:
                del self._rooms[lot_id]
            self.count(lot_id)
