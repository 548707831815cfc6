"""Find the learner's line that runs, or awaits, when the time limit is nearly reached."""

import asyncio
import gc
import sys
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

from course.engine.report.model import Fault
from course.engine.worker.place import Place

EARLY = 0.8
"""The part of the limit after which the place is looked up."""


class TimeLimit:
    """A thread that waits beside the requirement. `begin` and `end` are cheap."""

    def __init__(self, place: Place, tell: Callable[[Fault], None]) -> None:
        self._place = place
        self._tell = tell
        self._turn = threading.Condition()
        self._left: float | None = None
        self._number = 0
        threading.Thread(target=self._run, name="course-watch", daemon=True).start()

    def begin(self, seconds: float) -> None:
        with self._turn:
            self._left = seconds * EARLY
            self._number += 1
            self._turn.notify()

    def end(self) -> None:
        with self._turn:
            self._left = None
            self._turn.notify()

    def _run(self) -> None:
        while True:
            with self._turn:
                number, left = self._number, self._left
                self._turn.wait(left)
                if left is None or number != self._number or self._left is None:
                    continue
                self._left = None
            fault = current_line(self._place)
            if fault is not None:
                self._tell(fault)


def current_line(place: Place) -> Fault | None:
    """The line of the project that runs in some thread, else the one that a task awaits; None if neither."""
    for stack in _running():
        for frame in stack:
            if place.inside(frame.f_code.co_filename):
                return place.fault(frame.f_code.co_filename, frame.f_lineno)
    waiting = [fault for task in _tasks() if (fault := _awaiting(task, place)) is not None]
    return waiting[0] if waiting else None


def _running() -> Iterator[list[FrameType]]:
    """The stack of each thread, innermost frame first; those that serve a request before all others."""
    own = threading.get_ident()
    stacks = []
    for ident, top in sys._current_frames().items():
        if ident == own:
            continue
        stack: list[FrameType] = []
        frame: FrameType | None = top
        while frame is not None:
            stack.append(frame)
            frame = frame.f_back
        stacks.append(stack)
    return iter(sorted(stacks, key=lambda stack: not _serves(stack)))


def _serves(stack: list[FrameType]) -> bool:
    names = {str(frame.f_globals.get("__name__", "")).partition(".")[0] for frame in stack}
    return bool(names & {"fastapi", "starlette", "anyio", "_pytest", "course"})


def _tasks() -> list["asyncio.Task[Any]"]:
    # Not asyncio.all_tasks: it sees one loop, and the loop runs in a thread that is not ours.
    return [each for each in gc.get_objects() if isinstance(each, asyncio.Task) and not each.done()]


def _awaiting(task: "asyncio.Task[Any]", place: Place) -> Fault | None:
    """The innermost line of the project in the chain of what a task awaits."""
    found = None
    link: Any = task.get_coro()
    for _ in range(200):
        frame = _frame(link)
        if frame is not None and place.inside(frame.f_code.co_filename):
            found = place.fault(frame.f_code.co_filename, frame.f_lineno)
        link = _next(link)
        if link is None:
            break
    return found


def _frame(link: Any) -> FrameType | None:
    for name in ("cr_frame", "gi_frame", "ag_frame"):
        frame = getattr(link, name, None)
        if isinstance(frame, FrameType):
            return frame
    return None


def _next(link: Any) -> Any:
    for name in ("cr_await", "gi_yieldfrom", "ag_await"):
        if hasattr(link, name):
            return getattr(link, name)
    # `anext(generator)` does not say which generator it drives; the garbage collector knows.
    for behind in gc.get_referents(link):
        if hasattr(behind, "ag_frame") or hasattr(behind, "cr_frame"):
            return behind
    return None
