"""Limits that the operating system enforces on a worker; elsewhere the supervisor's clock must do."""

import contextlib
import faulthandler
import sys
from pathlib import Path
from typing import TextIO

from course.engine.checkpoint.worker_process import FAULTS

SPARE_ROOM = 256 * 1024**2
"""Bytes that are given back after a MemoryError, so that it can be reported."""


def limit_memory(size: int) -> None:
    """Let an allocation fail that takes the process over `size` bytes of data. POSIX only.

    RLIMIT_DATA counts what is written to, on Linux since 4.7 (getrlimit(2)); RLIMIT_AS would also count the
    address space that threads reserve and never use.
    """
    if sys.platform == "win32":
        return
    import resource

    with contextlib.suppress(OSError, ValueError):
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (size, hard))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def give_room() -> None:
    """After a MemoryError: room enough to say so."""
    if sys.platform == "win32":
        return
    import resource

    with contextlib.suppress(OSError, ValueError):
        soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
        if soft != resource.RLIM_INFINITY:
            resource.setrlimit(resource.RLIMIT_DATA, (soft + SPARE_ROOM, hard))


def adopt_orphans() -> None:
    """Become the parent of what the learner's processes leave behind, so that it can be found. Linux only."""
    if sys.platform != "linux":
        return
    import ctypes

    pr_set_child_subreaper = 36  # prctl(2)
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(pr_set_child_subreaper, 1, 0, 0, 0)


class LastWords:
    """The interpreter's own report of a crash or a standstill. It works where Python itself hangs."""

    def __init__(self, scratch: Path) -> None:
        self._file: TextIO = (scratch / FAULTS).open("w", encoding="utf-8")
        faulthandler.enable(self._file)

    def expect_an_end_within(self, seconds: float) -> None:
        """Write all stacks and end the process if this is not called again, nor `rest`, in time."""
        faulthandler.dump_traceback_later(seconds, file=self._file, exit=True)

    def rest(self) -> None:
        faulthandler.cancel_dump_traceback_later()
