"""The machine's time zone during a requirement: far from UTC, so that local time is not taken for UTC."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

FAR = "<+14>-14"
"""Fourteen hours ahead of UTC, in POSIX's notation: it needs no database of time zones on the machine."""


@contextmanager
def far_from_utc() -> Iterator[None]:
    """Set the machine's time zone fourteen hours ahead of UTC in the block, then as it was.

    Windows has no `time.tzset`: there the zone stays as it is, and local time that is taken for UTC is
    noticed only where the machine's own zone is another.
    """
    tzset = getattr(time, "tzset", None)
    if tzset is None:
        yield
        return
    before = os.environ.get("TZ")
    _set(FAR)
    tzset()
    try:
        yield
    finally:
        _set(before)
        tzset()


def _set(zone: str | None) -> None:
    if zone is None:
        os.environ.pop("TZ", None)
    else:
        os.environ["TZ"] = zone
