"""The worker that is kept ready, so that a check need not wait for imports."""

import atexit
from pathlib import Path
from typing import Any, Protocol

from course.checkpoint.limits import Limits
from course.checkpoint.process import Worker

WARMING = 120.0
"""Seconds that a worker may take to import the libraries and collect the tests, on a slow machine."""


class Chapter(Protocol):
    """What a check needs to know of a chapter."""

    @property
    def number(self) -> int: ...
    @property
    def tests(self) -> Path: ...
    @property
    def bank(self) -> Path: ...
    @property
    def checkpoint(self) -> Path: ...
    @property
    def previous(self) -> "Chapter | None": ...


_spare: Worker | None = None


def prepared(chapter: Chapter, limits: Limits | None = None) -> Worker:
    """A new worker that prepares itself for a chapter: its own tests first, then the earlier ones."""
    limits = limits or Limits()
    chapters = [chapter]
    while chapters[-1].previous is not None:
        chapters.append(chapters[-1].previous)
    order = [chapter, *reversed(chapters[1:])]
    files = [[each.number, str(each.tests), str(each.bank)] for each in order if each.tests.exists()]
    preparation = {"chapters": files, "stamp": _stamp(files), "example": str(chapter.checkpoint)}
    return Worker(preparation, output=limits.output)


def fits(worker: Worker, chapter: Chapter) -> bool:
    """Whether a worker lives and was prepared for this chapter, and for the tests as they are now."""
    known = worker.preparation["chapters"]
    same = bool(known) and known[0][1] == str(chapter.tests)
    return same and not worker.ended and worker.preparation["stamp"] == _stamp(known)


def warm(chapter: Chapter) -> None:
    """Keep one worker ready for a chapter. It starts in the background; this returns at once."""
    if _spare is not None and fits(_spare, chapter):
        return
    keep(prepared(chapter))


def keep(worker: Worker) -> None:
    """Keep this worker ready, in place of the one that was."""
    global _spare
    if _spare is None:
        atexit.register(cool)
    else:
        _spare.dismiss()
    _spare = worker


def take() -> Worker | None:
    """The worker that is kept ready, to be used; from now on none is."""
    global _spare
    worker, _spare = _spare, None
    if worker is not None:
        atexit.unregister(cool)
    return worker


def wait_until_warm(seconds: float = WARMING) -> bool:
    """Wait for the worker that is kept ready; False where there is none, or it is not ready in time."""
    return _spare is not None and _spare.is_warm.wait(seconds)


def cool() -> None:
    """End the worker that is kept ready, if there is one."""
    worker = take()
    if worker is not None:
        worker.end()


def _stamp(files: list[list[Any]]) -> list[int]:
    return [_changed(path) for _, *both in files for path in both]


def _changed(path: str) -> int:
    try:
        return Path(path).stat().st_mtime_ns
    except OSError:
        return 0
