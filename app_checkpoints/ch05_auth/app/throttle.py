"""How often somebody may try within a while."""

from collections import OrderedDict, deque
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from math import ceil


class Throttle:
    """Attempts within a sliding window, counted for each key. Of too many keys the longest unused goes."""

    def __init__(self, window: timedelta, *, most_keys: int = 10_000) -> None:
        self._window, self._most_keys = window, most_keys
        self._taken: OrderedDict[str, deque[datetime]] = OrderedDict()
        self._known: OrderedDict[str, None] = OrderedDict()

    def _wait(self, key: str, attempts: int, now: datetime) -> int:
        taken = self._taken.get(key, deque())
        while taken and taken[0] <= now - self._window:
            taken.popleft()
        if len(taken) < attempts:
            return 0
        return ceil((taken[0] + self._window - now).total_seconds())

    def take(self, limits: Mapping[str, int], now: datetime) -> int:
        """Take an attempt from each key, and return 0; or take none, and return how many seconds to wait."""
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
            taken = self._taken.get(key, deque())
            if now in taken:
                taken.remove(now)

    def remember(self, key: str) -> None:
        """Note that this key has succeeded."""
        self._known[key] = None
        self._known.move_to_end(key)
        if len(self._known) > self._most_keys:
            self._known.popitem(last=False)

    def knows(self, key: str) -> bool:
        """Whether this key has succeeded before."""
        return key in self._known
