"""How often a client may try something within a time."""

from collections import OrderedDict, deque
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from math import ceil


class Throttle:
    """Attempts within a sliding window, by key. Of too many keys, the least recently used is evicted."""

    def __init__(self, window: timedelta, *, most_keys: int = 10_000) -> None:
        self._window, self._most_keys = window, most_keys
        self._taken: OrderedDict[str, deque[datetime]] = OrderedDict()
        self._succeeded: OrderedDict[str, None] = OrderedDict()

    def _wait(self, key: str, attempts: int, now: datetime) -> int:
        taken = self._taken.get(key, deque())
        while taken and taken[0] <= now - self._window:
            taken.popleft()
        return ceil((taken[0] + self._window - now).total_seconds()) if len(taken) >= attempts else 0

    def take(self, limits: Mapping[str, int], now: datetime) -> int:
        """Take an attempt from each key and return 0, or take none and return how many seconds to wait."""
        wait = max(self._wait(key, attempts, now) for key, attempts in limits.items())
        if wait == 0:
            for key in limits:
                self._taken.setdefault(key, deque()).append(now)
                self._taken.move_to_end(key)
            while len(self._taken) > self._most_keys:
                self._taken.popitem(last=False)
        return wait

    def give_back(self, keys: Iterable[str], now: datetime) -> None:
        """Give back the attempts that were taken at this time."""
        for key in keys:
            if now in (taken := self._taken.get(key, deque())):
                taken.remove(now)

    def note_success(self, key: str) -> None:
        """Note that this key has succeeded."""
        self._succeeded[key] = None
        self._succeeded.move_to_end(key)
        if len(self._succeeded) > self._most_keys:
            self._succeeded.popitem(last=False)

    def has_succeeded(self, key: str) -> bool:
        """Return whether this key has succeeded before."""
        return key in self._succeeded
