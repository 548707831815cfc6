"""One writer at a time for a project, also when two kernels share it."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

from course.errors import CourseError
from course.setup.lock import take

PATIENCE = 10.0  # seconds; writing a file takes some hundredths of one


@contextlib.contextmanager
def locked(path: Path, patience: float = PATIENCE) -> Iterator[None]:
    """Hold the lock file at `path` for the length of the block.

    The operating system's own lock is used, and not the existence of a file: it ends with the process that
    held it, however that ended, so nothing is ever stale. Raises CourseError after `patience` seconds.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        limit = time.monotonic() + patience
        while not _taken(handle):
            if time.monotonic() > limit:
                raise CourseError(
                    f"Another notebook is writing to `{path.parent.parent.name}` and does not finish.",
                    "Wait for its cell or interrupt it, and run this cell again. Nothing was changed.",
                )
            time.sleep(0.01)
        yield
    finally:
        os.close(handle)  # gives the lock back


def _taken(handle: int) -> bool:
    try:
        take(handle)
    except OSError:
        return False
    return True
