"""How often somebody may try within a while."""

from collections import OrderedDict, deque
from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil


class Throttle:
    """Attempts within a sliding window, counted for each key. Of too many keys the longest unused goes."""

    def __init__(self, window: timedelta, *, most_keys: int = 10_000) -> None:
        self._window, self._most_keys = window, most_keys
        self._taken: OrderedDict[str, deque[datetime]] = OrderedDict()

    def _wait(self, key: str, attempts: int, now: datetime) -> int:
        taken = self._taken.get(key, deque())
        while taken and taken[0] <= now - self._window:
            taken.popleft()
        if len(taken) < attempts:
            return 0
        return ceil((taken[0] + self._window - now).total_seconds())

    def take(self, keys: Sequence[str], attempts: int, now: datetime) -> int:
        """Take an attempt from each key, and say 0; or take none, and say how many seconds to wait."""
        wait = max(self._wait(key, attempts, now) for key in keys)
        if wait == 0:
            for key in keys:
                self._taken.setdefault(key, deque()).append(now)
                self._taken.move_to_end(key)
            while len(self._taken) > self._most_keys:
                self._taken.popitem(last=False)
        return wait

    def give_back(self, keys: Sequence[str], now: datetime) -> None:
        """Give back the attempts that were taken at this moment."""
        for key in keys:
            taken = self._taken.get(key, deque())
            if now in taken:
                taken.remove(now)
