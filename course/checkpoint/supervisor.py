"""Drives workers through a check: the clock, the limits, what is left to run, and the result."""

import atexit
import contextlib
import queue
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from course.checkpoint import endings
from course.checkpoint.limits import Limits
from course.checkpoint.process import Event, Worker
from course.report.model import Fault, Problem, Result, Verdict, verdict_from

WARMING = 120.0
"""Seconds that a worker may take to import the libraries and collect the tests, on a slow machine."""
STRIKES = 2
"""After this many requirements that ended their process, the remaining ones are not run."""
PATIENCE = 1.5
"""Seconds without news after which a second worker is started: it may soon be needed."""
LOOK = 0.1
"""Seconds between two looks at whether the worker still lives."""


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


def warm(chapter: Chapter) -> None:
    """Keep one worker ready for a chapter. It starts in the background; this returns at once."""
    global _spare
    if _spare is not None:
        fresh = prepared_for(_spare, chapter)
        if fresh and not _spare.ended:
            return
        _spare.end()
    else:
        atexit.register(cool)
    _spare = prepared(chapter)


def wait_until_warm(seconds: float = WARMING) -> bool:
    """Wait for the worker that is kept ready; False where there is none, or it is not ready in time."""
    return _spare is not None and _spare.is_warm.wait(seconds)


def cool() -> None:
    """End the worker that is kept ready, if there is one."""
    global _spare
    if _spare is not None:
        atexit.unregister(cool)
        _spare.end()
        _spare = None


def prepared_for(worker: Worker, chapter: Chapter) -> bool:
    """Whether a worker was prepared for this chapter, and for the tests as they are now."""
    known = worker.preparation["chapters"]
    return bool(known) and known[0][1] == str(chapter.tests) and worker.preparation["stamp"] == _stamp(known)


def _stamp(files: list[list[Any]]) -> list[int]:
    return [_changed(path) for _, *both in files for path in both]


def _changed(path: str) -> int:
    try:
        return Path(path).stat().st_mtime_ns
    except OSError:
        return 0


def check(
    project: Path,
    chapter: Chapter,
    *,
    on_verdict: Callable[[Verdict], None] | None = None,
    spare: Worker | None = None,
    limits: Limits | None = None,
) -> Result:
    """Run a chapter's requirements, and those of the chapters before it, on a project.

    Args:
        project: the folder that holds `app/`. Nothing in it is changed.
        on_verdict: called with each of the chapter's own verdicts as it comes.
        spare: a worker from `prepared(chapter)` to use; else the one that `warm` keeps, else a new one.
        limits: time, memory and output; as the course promises them where nothing is given.

    An interrupt (the stop button) ends the worker and gives a result that says so.
    """
    global _spare
    limits = limits or Limits()
    problem = endings.no_project(project)
    if problem is not None:
        return Result(chapter.number, problem=problem)
    keeps_warm = spare is None and _spare is not None
    if spare is None:
        spare, _spare = _spare, None
    if spare is not None and (spare.ended or not prepared_for(spare, chapter)):
        spare.end()
        spare = None
    running = _Check(project, chapter, limits, on_verdict, spare)
    try:
        running.run()
    except KeyboardInterrupt:
        running.problem = endings.INTERRUPTED
    finally:
        with _uninterrupted():
            running.end()
            if keeps_warm:
                _spare = running.take_next() or prepared(chapter)
            elif (unused := running.take_next()) is not None:
                unused.end()
    return running.result()


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Let the second press of the stop button wait until what the first one ended is gone."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before if before is not None else signal.SIG_DFL)


@dataclass
class _Check:
    project: Path
    chapter: Chapter
    limits: Limits
    on_verdict: Callable[[Verdict], None] | None
    worker: Worker | None
    next: Worker | None = None
    plan: list[Verdict] = field(default_factory=list)
    done: dict[tuple[int, str], Verdict] = field(default_factory=dict)
    current: tuple[int, str] | None = None
    finished: bool = False
    problem: Problem | None = None
    where: Fault | None = None
    printed: list[str] = field(default_factory=list)

    def run(self) -> None:
        strikes = 0
        while True:
            self.worker = self.worker or self.take_next() or prepared(self.chapter, self.limits)
            self.current, self.where = None, None
            ending = self._drive(self.worker)
            if self.finished or self.problem is not None:
                return
            self._account(ending, self.worker)
            self.end()
            strikes += 1
            if self.problem is not None or strikes == STRIKES:
                return

    def _drive(self, worker: Worker) -> str:
        """Hear a worker until it is done, is out of time ("time"), or has ended by itself ("ended")."""
        worker.give(
            {
                "project": str(self.project.absolute()),
                "done": [list(key) for key in self.done],
                "seconds": self.limits.seconds,
                "memory": self.limits.memory,
            }
        )
        deadline = time.monotonic() + WARMING
        quiet_since = time.monotonic()
        while True:
            event = self._next_event(worker)
            now = time.monotonic()
            if event is None:
                if worker.ended:
                    self._last_events(worker)
                    return "done" if self.finished or self.problem else "ended"
                if now > deadline:
                    return "time"
                if (
                    self.plan
                    and self.next is None
                    and now - quiet_since > min(PATIENCE, self.limits.seconds / 3)
                ):
                    self.next = prepared(self.chapter, self.limits)
                continue
            quiet_since = now
            if event["kind"] in {"importing", "start", "verdict", "plan"}:
                deadline = now + self.limits.seconds
            self._take(event)
            if self.finished or self.problem is not None:
                return "done"

    def _next_event(self, worker: Worker) -> Event | None:
        try:
            event = worker.events.get(timeout=LOOK)
        except queue.Empty:
            return None
        if event is None:
            # The pipe is closed: the process ends, or its code closed the pipe and it is of no more use.
            worker.wait(1.0)
            worker.end()
        return event

    def _last_events(self, worker: Worker) -> None:
        while True:
            try:
                event = worker.events.get(timeout=LOOK)
            except queue.Empty:
                return
            if event is None:
                return
            self._take(event)

    def _take(self, event: Event) -> None:
        match event["kind"]:
            case "plan":
                self.plan = [verdict_from(each) for each in event["requirements"]]
            case "start":
                self.current = (event["chapter"], event["id"])
            case "where":
                self.where = Fault(**event["fault"])
            case "verdict":
                self.current = None
                self._add(verdict_from(event["verdict"]))
            case "problem":
                self.problem = Problem(**event["problem"])
            case "done":
                self.finished = True

    def _add(self, verdict: Verdict) -> None:
        known = {(each.chapter, each.id) for each in self.plan}
        key = (verdict.chapter, verdict.id)
        if key in self.done or key not in known:
            return
        self.done[key] = verdict
        if self.on_verdict is not None and verdict.chapter == self.chapter.number:
            self.on_verdict(verdict)

    def _account(self, ending: str, worker: Worker) -> None:
        """Say what the ending of a worker means: for the import a problem, for a requirement its verdict."""
        worker.end()
        crash = endings.crash_site(worker.last_words, self.project)
        where = self.where or crash.fault
        late = ending == "time" or crash.timed_out
        if self.current is None:
            self.problem = endings.problem_of(late, worker.exit_code, where, self.limits, bool(self.plan))
            return
        for planned in self.plan:
            if (planned.chapter, planned.id) == self.current:
                self._add(endings.verdict_of(planned, late, worker.exit_code, where, self.limits))

    def take_next(self) -> Worker | None:
        worker, self.next = self.next, None
        return worker

    def end(self) -> None:
        """End the worker that runs, and keep what its code printed."""
        if self.worker is not None:
            if self.finished and not self.worker.ended:
                self.worker.dismiss()
            else:
                self.worker.end()
            printed = self.worker.output()
            if printed and not self.printed:
                self.printed.append(_relative(printed, self.project))
            self.worker = None

    def result(self) -> Result:
        verdicts: Mapping[tuple[int, str], Verdict] = self.done
        every = [verdicts.get((each.chapter, each.id), each) for each in self.plan]
        if self.problem is not None and not self.done:
            every = []
        own = tuple(each for each in every if each.chapter == self.chapter.number)
        earlier = tuple(each for each in every if each.chapter != self.chapter.number)
        for verdict in own:
            told = (verdict.chapter, verdict.id) in self.done or self.problem is endings.INTERRUPTED
            if self.on_verdict is not None and not told:
                self.on_verdict(verdict)
        result = Result(self.chapter.number, own, earlier, self.problem, "".join(self.printed))
        if not result.verdicts and result.problem is None:
            return replace(result, problem=endings.NOTHING_RAN)
        return result


def _relative(text: str, project: Path) -> str:
    """The text without the absolute path of the project: a report is the same in every place."""
    for folder in {str(project.absolute()), str(project.resolve())}:
        text = text.replace(folder + "/", "").replace(folder + "\\", "")
    return text
