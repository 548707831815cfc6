"""On which CPUs a process runs.

A test of a service hands each request to and fro: from the client's thread to the loop's, from there to
SQLite's, and back. Only one of them works at a time. Where each wakes the next on another CPU, the waking
costs as much again as the work; on one CPU it costs next to nothing. Linux only; elsewhere nothing is chosen.
"""

import contextlib
import os
import random
import sys
from collections.abc import Iterator


def some(number: int) -> list[int]:
    """Up to `number` different CPUs that this process may use; by chance, so that neighbours take others."""
    if sys.platform != "linux":
        return []
    allowed = sorted(os.sched_getaffinity(0))
    return random.sample(allowed, min(number, len(allowed)))


def stay_on(cpu: int | None) -> None:
    """Keep this thread, and all that it starts from now on, on one CPU; None leaves it where it likes."""
    if sys.platform == "linux" and cpu is not None:
        with contextlib.suppress(OSError):  # taken away from this process meanwhile
            os.sched_setaffinity(0, {cpu})


@contextlib.contextmanager
def one() -> Iterator[None]:
    """Within it, this thread and all that it starts run on one CPU."""
    if sys.platform != "linux":
        yield
        return
    before = os.sched_getaffinity(0)
    stay_on(some(1)[0])
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
