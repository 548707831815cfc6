"""The clients that watch each lot, and the messages that wait for each client."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from .exceptions import ChannelFull, TooManyConnections
from .schemas.live import WatcherCount

MAX_QUEUED = 32
"""Messages that may wait for one client. A client that leaves more unread has fallen behind."""


class Subscription:
    """One client's subscription to a lot: the messages that are still to be sent to this client."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[str | None] = asyncio.Queue(MAX_QUEUED)
        self._latest: dict[str, str] = {}
        self.fell_behind = asyncio.Event()

    def put(self, message: str) -> None:
        """Add a message to the queue, without waiting. If the queue is full, the client fell behind."""
        try:
            self._queue.put_nowait(message)
        except asyncio.QueueFull:
            self.fell_behind.set()

    def put_latest(self, kind: str, message: str) -> None:
        """Store the latest message of a kind. It takes no place in the queue."""
        self._latest[kind] = message
        if self._queue.empty():
            self._queue.put_nowait(None)

    async def get(self) -> str:
        """Return the oldest message of the queue, or else a latest message. Wait while there is none."""
        while not self._latest or not self._queue.empty():
            message = await self._queue.get()
            if message is not None:  # None only wakes up a `get` that waits
                return message
        return self._latest.pop(min(self._latest))  # "state" comes before "watchers"


class Channels:
    """For each lot, the subscriptions of the clients that watch it, in this process."""

    def __init__(self, limit: int, limit_per_network: int) -> None:
        self._limit, self._limit_per_network = limit, limit_per_network
        self._subscriptions: dict[int, dict[Subscription, str]] = {}  # by lot; the value is a network

    def _check_limits(self, lot_id: int, network: str) -> None:
        networks = [*self._subscriptions.get(lot_id, {}).values()]
        if networks.count(network) >= self._limit_per_network:
            raise TooManyConnections(f"Your network has {self._limit_per_network} connections to this lot.")
        if len(networks) >= self._limit:
            raise ChannelFull(f"{self._limit} clients watch lot {lot_id}. Try again later.")

    def publish(self, lot_id: int, message: str) -> None:
        """Put a message into each subscription to a lot, without waiting."""
        for subscription in self._subscriptions.get(lot_id, {}):
            subscription.put(message)

    def publish_count(self, lot_id: int) -> None:
        """Send the number of watchers to each of them. It replaces an older number that was not sent yet."""
        subscriptions = self._subscriptions.get(lot_id, {})
        message = WatcherCount(count=len(subscriptions)).model_dump_json()
        for subscription in subscriptions:
            subscription.put_latest("watchers", message)

    @contextmanager
    def subscribe(self, lot_id: int, network: str = "") -> Iterator[Subscription]:
        """Subscribe to a lot until the block ends. Raises TooManyConnections, ChannelFull."""
        self._check_limits(lot_id, network)
        subscription = Subscription()
        subscriptions = self._subscriptions.setdefault(lot_id, {})
        subscriptions[subscription] = network
        try:
            yield subscription
        finally:
            del subscriptions[subscription]
            if not subscriptions:
                del self._subscriptions[lot_id]
            self.publish_count(lot_id)
