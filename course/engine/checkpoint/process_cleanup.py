"""End all processes that a learner's code started, when its check ends."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROUNDS = 5
"""How often to look again for children: one may start another while it is being ended."""


def kill(process: "subprocess.Popen[bytes]", mark: str, *, thorough: bool) -> None:
    """Kill a worker, its process group, and its children in sessions of their own.

    Args:
        process: the worker; on POSIX it leads a group.
        mark: what stands in the environment of everything that it started.
        thorough: look at all processes of this machine for the mark, too. Needed where the worker ended
            before its children could be listed.
    """
    for _ in range(ROUNDS):
        children = _children(process)
        if not children:
            break
        for child in children:
            _end(child)
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
    if process.poll() is None:
        process.kill()
    # Linux hands orphans to the worker (`worker.limits.adopt_orphans`), elsewhere they leave the tree.
    if thorough or sys.platform != "linux":
        for orphan in marked(mark):
            _end(orphan)


def marked(mark: str) -> Iterator[Any]:
    """All processes of this user with the mark in their environment."""
    import psutil  # type: ignore[import-untyped]

    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.status() != psutil.STATUS_ZOMBIE and mark in process.environ().values():
                yield process


def resident(pid: int) -> int:
    """Bytes of memory that a process holds; 0 where it is not there."""
    import psutil

    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0


def processor_time(pid: int) -> float:
    """Seconds of processor time that a process and its living children have used; 0 where it is not there."""
    import psutil

    try:
        process = psutil.Process(pid)
        times = [each.cpu_times() for each in (process, *process.children(recursive=True))]
    except psutil.Error:
        return 0.0
    return float(sum(each.user + each.system for each in times))


def _children(process: "subprocess.Popen[bytes]") -> list[Any]:
    import psutil

    try:
        found = psutil.Process(process.pid).children(recursive=True)
        return [child for child in found if child.status() != psutil.STATUS_ZOMBIE]
    except psutil.Error:
        return []


def _end(process: Any) -> None:
    import psutil

    with contextlib.suppress(psutil.Error):
        process.kill()


def remove(folder: Path) -> None:
    """Take a folder away. What a dying process still holds on Windows is left to the system."""
    shutil.rmtree(folder, ignore_errors=True)
