"""Workers that are forked from one process that has imported everything, for the checks of a validation.

A misconception's checkpoint took about two seconds of imports and one of requirements. The fork server is
Python's own: https://docs.python.org/3/library/multiprocessing.html#contexts-and-start-methods. Each check
still has a process of its own. A learner's check does not fork: it is the same on Windows and macOS.
"""

import io
import multiprocessing
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NoReturn

from course.engine.checkpoint import Worker, warm_workers

LOOK = 0.005
"""Seconds between two looks at whether a process has ended."""


def prepared(chapter: warm_workers.Chapter) -> Worker:
    """A new worker for a chapter, as `warm_workers.prepared` makes it; forked on Linux."""
    if sys.platform != "linux":
        return warm_workers.prepared(chapter)
    # `preloaded` has served the last chapter's checkpoint, which warms what every chapter's would.
    return _ForkedWorker({**warm_workers.preparation(chapter), "example": ""})


class _ForkedWorker(Worker):
    def _start(self, writing: int) -> Any:
        return _ForkedProcess(writing, self.scratch, self._environment())


class _ForkedProcess:
    """What `Worker` needs of a `subprocess.Popen`, for a process of the fork server."""

    def __init__(self, channel: int, folder: Path, environment: Mapping[str, str]) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["course.maintain.validate.preloaded"])
        stdin, to_stdin = context.Pipe(duplex=False)
        from_stdout, stdout = context.Pipe(duplex=False)
        with stdin, stdout, Connection(os.dup(channel), readable=False) as events:
            arguments = (stdin, stdout, events, str(folder), dict(environment))
            self._process = context.Process(target=_serve, args=arguments, daemon=True)
            self._process.start()
        self.pid: int = self._process.pid or 0
        self.stdin = os.fdopen(os.dup(to_stdin.fileno()), "wb", buffering=0)
        self.stdout = os.fdopen(os.dup(from_stdout.fileno()), "rb", buffering=0)
        to_stdin.close()
        from_stdout.close()
        self._lock = threading.Lock()

    def poll(self) -> int | None:
        """The exit code, or None while the process runs."""
        with self._lock:
            return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the process to end.

        Raises:
            subprocess.TimeoutExpired: it still runs after `timeout` seconds.
        """
        began = time.monotonic()
        while (code := self.poll()) is None:
            if timeout is not None and time.monotonic() - began > timeout:
                raise subprocess.TimeoutExpired("worker", timeout)
            time.sleep(LOOK)
        return code

    def kill(self) -> None:
        """End the process at once."""
        self._process.kill()


def _serve(
    stdin: Connection, stdout: Connection, events: Connection, folder: str, environment: Mapping[str, str]
) -> NoReturn:
    """In the forked process: become what `python -m course.engine.worker` is."""
    from course.maintain.validate import preloaded

    os.setsid()
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.path[:] = preloaded.SEARCHED
    os.dup2(stdin.fileno(), 0)
    for descriptor in (1, 2):
        os.dup2(stdout.fileno(), descriptor)
    sys.stdout, sys.stderr = _text_to(1), _text_to(2)
    channel = os.dup(events.fileno())
    for each in (stdin, stdout, events):
        each.close()
    preloaded.process.work(str(channel), took=preloaded.TOOK)


def _text_to(descriptor: int) -> io.TextIOWrapper:
    """A new stream: the one that was opened when the descriptor was a file would seek on a pipe."""
    raw = io.BufferedWriter(io.FileIO(descriptor, "w", closefd=False))
    return io.TextIOWrapper(raw, encoding="utf-8", errors="backslashreplace", line_buffering=True)
