"""How often a client may send a request: buckets that fill again as time passes."""

from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from math import ceil
from time import monotonic

MOST_KEYS = 20_000


class Throttle:
    """`rate` attempts a minute for each key, which may come all at once. Of too many keys the oldest goes."""

    def __init__(self, rate: int, clock: Callable[[], float] = monotonic) -> None:
        self._rate, self._clock = rate, clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def _filled(self, key: str) -> float:
        tokens, at = self._buckets.get(key, (float(self._rate), self._clock()))
        return min(self._rate, tokens + (self._clock() - at) * self._rate / 60)

    def wait(self, key: str) -> int:
        """Whole seconds until the next attempt is allowed; 0 where one is allowed now."""
        lacking = 1 - self._filled(key)
        return max(0, ceil(lacking * 60 / self._rate))

    def take(self, key: str) -> int:
        """Take an attempt and say 0; or take none, and say how many seconds to wait."""
        if seconds := self.wait(key):
            return seconds
        self._buckets[key] = (self._filled(key) - 1, self._clock())
        self._buckets.move_to_end(key)
        while len(self._buckets) > MOST_KEYS:
            self._buckets.popitem(last=False)
        return 0


def place(host: str | None) -> str:
    """What counts as one address: with IPv6 the first 64 bits, as one machine may have all of them."""
    try:
        address = ip_address(host or "")
    except ValueError:
        return host or "nowhere"
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(IPv6Address(int(address) >> 64 << 64))
    return str(address)
