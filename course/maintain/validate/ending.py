"""Ends every process that `course test` started, also when a signal ends `course test` itself."""

import os
import secrets
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, NoReturn

import psutil  # type: ignore[import-untyped]

from course.engine.checkpoint import process_cleanup

SIGNALS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
MARK = "COURSE_TEST_RUN"
"""In the environment of all that is started: it identifies a process whose parent process has ended."""
SECONDS, PAUSE = 5.0, 0.05
"""How long to look for processes, and the pause in between: one may start another while it is killed."""


class _Own:
    """The mark of this process's own validation, which may run within another one; empty without one."""

    mark = ""


_own = _Own()


class Ended(SystemExit):
    """A signal ended the validation; the exit status is the one that shells use."""

    def __init__(self, number: int) -> None:
        super().__init__(128 + number)
        self.name = signal.Signals(number).name


@contextmanager
def on_signals() -> Iterator[None]:
    """While this runs, SIGTERM and SIGHUP leave nothing running. A signal that is ignored stays ignored."""
    taken = [number for number in SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]

    def end(number: int, frame: object) -> NoReturn:
        for each in taken:
            signal.signal(each, signal.SIG_IGN)  # a second signal must not interrupt the cleaning
        raise Ended(number)

    before, outer = {number: signal.signal(number, end) for number in taken}, os.environ.get(MARK, "")
    os.environ[MARK] = _own.mark = secrets.token_hex(8)
    try:
        yield
    except Ended as ended:
        end_children()
        with suppress(OSError):  # after SIGHUP there may be no terminal
            begin = "\n" if sys.stdout.isatty() else ""  # a terminal shows a status line that is not ended
            print(f"{begin}Ended by {ended.name}. No process of the validation is left.", file=sys.stderr)
        raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        os.environ[MARK], _own.mark = outer, ""


def end_children() -> None:
    """Kill all that this process started, in any session and any process group."""
    limit = time.monotonic() + SECONDS
    while time.monotonic() < limit:
        orphans = process_cleanup.marked(_own.mark) if _own.mark else ()
        found = {process.pid: process for process in (*_tree(), *orphans)}
        found.pop(os.getpid(), None)
        if not found:
            return
        for process in found.values():
            with suppress(psutil.Error):
                process.kill()
        time.sleep(PAUSE)


def _tree() -> list[Any]:
    """The processes below this one that still run."""
    running = []
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            if process.status() != psutil.STATUS_ZOMBIE:
                running.append(process)
    return running
