"""Worker processes that are kept ready, so that a check does not wait for imports."""

import atexit
import os
import threading
import time
from pathlib import Path
from typing import Any, Protocol

from course.engine.checkpoint.worker_process import Limits, Worker

WARMING = 120.0
"""Seconds that a worker may take to import the libraries and collect the tests, on a slow machine."""
CORES = 2
"""A machine with fewer has nothing to gain from a companion."""


class Chapter(Protocol):
    """What a check needs to know of a chapter."""

    @property
    def number(self) -> int: ...
    @property
    def tests(self) -> Path: ...
    @property
    def misconceptions(self) -> Path: ...
    @property
    def checkpoint(self) -> Path: ...
    @property
    def previous(self) -> "Chapter | None": ...


def prepared(chapter: Chapter, limits: Limits | None = None) -> Worker:
    """A new worker that prepares itself for a chapter: its own tests first, then the earlier ones."""
    return Worker(preparation(chapter), output=(limits or Limits()).output)


def preparation(chapter: Chapter) -> dict[str, Any]:
    """What a worker is told before the job comes."""
    chapters = [chapter]
    while chapters[-1].previous is not None:
        chapters.append(chapters[-1].previous)
    order = [chapter, *reversed(chapters[1:])]
    files = [
        [each.number, str(each.tests), str(each.misconceptions)] for each in order if each.tests.exists()
    ]
    return {"chapters": files, "stamp": _stamp(files), "example": str(chapter.checkpoint)}


def pair(chapter: Chapter, limits: Limits | None = None) -> list[Worker]:
    """New workers for one check: a second one where there are earlier chapters and a second core."""
    number = 2 if chapter.previous is not None and (os.cpu_count() or 1) >= CORES else 1
    return [prepared(chapter, limits) for _ in range(number)]


def fits(worker: Worker, chapter: Chapter) -> bool:
    """Whether a worker lives and was prepared for this chapter, and for the tests as they are now."""
    known = worker.preparation["chapters"]
    same = bool(known) and known[0][1] == str(chapter.tests)
    return same and not worker.ended and worker.preparation["stamp"] == _stamp(known)


class _Kept:
    """The workers that are kept: one for a chapter's own requirements, a companion for the earlier ones.

    The companion starts when the first one is warm, so that the background never takes more than one core.
    """

    def __init__(self, chapter: Chapter, first: Worker, *, alone: bool) -> None:
        self.chapter = chapter
        self.first = first
        self.alone = alone or chapter.previous is None or (os.cpu_count() or 1) < CORES
        self._companion: Worker | None = None
        self._taken = False
        self._lock = threading.Lock()
        if not self.alone:
            threading.Thread(target=self._follow, name="course-companion", daemon=True).start()

    def _follow(self) -> None:
        if self.first.is_warm.wait(WARMING):
            with self._lock:
                if not self._taken:
                    self._companion = prepared(self.chapter)

    def take(self) -> list[Worker]:
        """The workers that are there; no other is started from now on."""
        with self._lock:
            self._taken = True
            return [self.first, *([self._companion] if self._companion else [])]

    def wait(self, seconds: float) -> bool:
        """Wait until all are warm that will be there."""
        end = time.monotonic() + seconds
        if not self.first.is_warm.wait(seconds):
            return False
        while not self.alone and self._companion is None and time.monotonic() < end:
            time.sleep(0.01)
        return self.alone or (self._companion is not None and self._companion.is_warm.wait(seconds))


_kept: _Kept | None = None


def warm(chapter: Chapter, *, alone: bool = False) -> None:
    """Keep workers ready for a chapter. They start in the background; this returns at once.

    Args:
        alone: keep one, as those do who need only the chapter's own requirements, or many checks.
    """
    if _kept is not None and fits(_kept.first, chapter):
        return
    keep(chapter, prepared(chapter), alone=alone)


def keep(chapter: Chapter, worker: Worker, *, alone: bool) -> None:
    """Keep this worker ready, in place of those that were."""
    global _kept
    if _kept is None:
        atexit.register(cool)
    for old in _kept.take() if _kept is not None else []:
        old.dismiss()
    _kept = _Kept(chapter, worker, alone=alone)


def take() -> tuple[list[Worker], bool]:
    """The workers that are kept ready, to be used, and whether they were to be one alone."""
    global _kept
    kept, _kept = _kept, None
    if kept is None:
        return [], True
    atexit.unregister(cool)
    return kept.take(), kept.alone


def wait_until_warm(seconds: float = WARMING) -> bool:
    """Wait for the workers that are kept ready; False where there is none, or it is not ready in time."""
    return _kept is not None and _kept.wait(seconds)


def cool() -> None:
    """End the workers that are kept ready, if there are any."""
    for worker in take()[0]:
        worker.end()


def _stamp(files: list[list[Any]]) -> list[int]:
    return [_changed(path) for _, *both in files for path in both]


def _changed(path: str) -> int:
    try:
        return Path(path).stat().st_mtime_ns
    except OSError:
        return 0
