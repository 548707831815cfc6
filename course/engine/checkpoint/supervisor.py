"""Drives workers through a check: the clock, the limits, what is left to run, and the result."""

import contextlib
import queue
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from course.engine import cpus
from course.engine.checkpoint import failures, warm_workers
from course.engine.checkpoint.failures import WorkerFailure
from course.engine.checkpoint.warm_workers import Chapter
from course.engine.checkpoint.worker_process import Event, Limits, Worker, memory_disk
from course.engine.report.model import Fault, Problem, Result, Verdict, verdict_from

STRIKES = 2
"""After this many requirements that ended their process, the remaining ones are not run."""
PATIENCE = 1.5
"""Seconds without news after which a second worker is started: it may soon be needed."""
LOOK = 0.1
"""Seconds between two looks at whether the worker still lives, and how much memory it takes."""

Key = tuple[int, str]


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
    limits = limits or Limits()
    problem = failures.no_project(project)
    if problem is not None:
        return Result(chapter.number, problem=problem)
    kept, alone = warm_workers.take() if spare is None else ([], True)
    ready = [worker for worker in (kept if spare is None else [spare]) if warm_workers.fits(worker, chapter)]
    for worker in kept if spare is None else [spare]:
        if worker not in ready:
            worker.dismiss()
    running = _Check(project, chapter, limits, on_verdict, ready[0] if ready else None)
    running.cpu, other = (*cpus.some(2), None, None)[:2]
    beside: _Beside | None = None
    claims = tempfile.TemporaryDirectory(prefix="gavel-check-", dir=memory_disk(), ignore_cleanup_errors=True)
    running.claims = claims.name
    if len(ready) > 1:
        beside = _Beside(_Check(project, chapter, limits, None, ready[1], "earlier", other, claims.name))
    try:
        running.run()
        if beside is not None and running.problem is None:
            beside.wait()
    except KeyboardInterrupt:
        running.problem = failures.INTERRUPTED
    finally:
        with _uninterrupted():
            running.end()
            if beside is not None:
                beside.end()
            claims.cleanup()
            unused = running.take_next()
            if kept:
                warm_workers.keep(chapter, unused or warm_workers.prepared(chapter), alone=alone)
            elif unused is not None:
                unused.dismiss()
    result = running.result()
    return beside.complete(result) if beside is not None and result.verdicts else result


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
    part: str = "all"
    cpu: int | None = None
    claims: str = ""
    next: Worker | None = None
    plan: list[Verdict] = field(default_factory=list)
    done: dict[Key, Verdict] = field(default_factory=dict)
    current: Key | None = None
    imported: bool = False
    finished: bool = False
    stopped: bool = False
    problem: Problem | None = None
    where: Fault | None = None
    output: str = ""

    def run(self) -> None:
        """Work through the plan, with a fresh worker after each requirement that ends its process."""
        for _ in range(STRIKES):
            self.worker = self.worker or self.take_next() or warm_workers.prepared(self.chapter, self.limits)
            self.current, self.where, self.imported = None, None, False
            how = self._drive(self.worker)
            if self._over():
                return
            self._account(how, self.worker)
            self.end()
            if self._over():
                return

    def _over(self) -> bool:
        return self.finished or self.stopped or self.problem is not None

    def _drive(self, worker: Worker) -> failures.How:
        """Hear a worker until all is said, or until it is out of time or memory, or has ended."""
        worker.give(
            {
                "project": str(self.project.absolute()),
                "part": self.part,
                "cpu": self.cpu,
                "claims": self.claims,
                "done": [list(key) for key in self.done],
                "seconds": self.limits.seconds,
                "memory": self.limits.memory,
            }
        )
        news = time.monotonic()
        deadline = news + warm_workers.WARMING
        while True:
            try:
                event = worker.events.get(timeout=LOOK)
            except queue.Empty:
                now = time.monotonic()
                if worker.ended or self.stopped:
                    return "ended"
                if now > deadline:
                    return "time"
                if worker.memory() > self.limits.memory:
                    return "memory"
                if self.plan and now - news > min(PATIENCE, self.limits.seconds / 3):
                    self.next = self.next or warm_workers.prepared(self.chapter, self.limits)
                continue
            if event is None:
                worker.wait(1.0)
                return "ended" if worker.ended else "closed"
            news = time.monotonic()
            self._take(event)
            if self._over():
                return "ended"
            if event["kind"] in {"importing", "start"}:
                deadline = news + self.limits.seconds

    def _take(self, event: Event) -> None:
        match event["kind"]:
            case "plan":
                self.plan = [verdict_from(each) for each in event["requirements"]]
            case "start":
                self.current, self.where, self.imported = (event["chapter"], event["id"]), None, True
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
        key = (verdict.chapter, verdict.id)
        if key in self.done or not any(key == (each.chapter, each.id) for each in self.plan):
            return
        self.done[key] = verdict
        if self.on_verdict is not None and verdict.chapter == self.chapter.number:
            self.on_verdict(verdict)

    def _account(self, how: failures.How, worker: Worker) -> None:
        """Say what the end of a worker means: for the import a problem, for a requirement its verdict."""
        exit_code = worker.exit_code
        worker.end()
        with contextlib.suppress(queue.Empty):
            while event := worker.events.get_nowait():
                self._take(event)
        crash = failures.crash_site(worker.last_words, self.project)
        failure = WorkerFailure(
            "time" if crash.timed_out else how, exit_code, self.where or crash.fault, self.limits
        )
        waiting = [each for each in self.plan if (each.chapter, each.id) not in self.done]
        if not self.imported:
            self.problem = failures.problem_of(failure) if self.plan else failures.could_not_start(failure)
        elif waiting and not self._over():
            at = [each for each in waiting if (each.chapter, each.id) == self.current]
            self._add(failures.verdict_of((at or waiting)[0], failure))

    def take_next(self) -> Worker | None:
        """The second worker, if it was started."""
        worker, self.next = self.next, None
        return worker

    def end(self) -> None:
        """End the worker that runs, and keep what the learner's code printed in the first one."""
        if self.worker is None:
            return
        if self.finished and not self.worker.ended:
            self.worker.dismiss()
        else:
            self.worker.end()
        self.output = self.output or _relative(self.worker.output(), self.project)
        self.worker = None

    def result(self) -> Result:
        """All verdicts in the order of the plan; those that were not run are told now."""
        every = [self.done.get((each.chapter, each.id), each) for each in self.plan]
        if self.problem is not None and not self.done:
            every = []
        own = tuple(each for each in every if each.chapter == self.chapter.number)
        earlier = tuple(each for each in every if each.chapter != self.chapter.number)
        if self.on_verdict is not None and self.problem is not failures.INTERRUPTED:
            for verdict in own:
                if (verdict.chapter, verdict.id) not in self.done:
                    self.on_verdict(verdict)
        result = Result(self.chapter.number, own, earlier, self.problem, self.output)
        if not every and self.problem is None:
            return replace(result, problem=failures.NOTHING_RAN)
        return result


class _Beside:
    """A second worker, which meanwhile takes earlier chapters' requirements from the end of the list."""

    def __init__(self, check: _Check) -> None:
        self._check = check
        self._thread = threading.Thread(target=self._check.run, name="course-earlier", daemon=True)
        self._thread.start()

    def wait(self) -> None:
        """Wait until all is said; the stop button is heard meanwhile, on Windows too."""
        while self._thread.is_alive():
            self._thread.join(LOOK)

    def end(self) -> None:
        """End what still runs."""
        self._check.stopped = True
        self._thread.join()
        self._check.end()
        unused = self._check.take_next()
        if unused is not None:
            unused.dismiss()

    def complete(self, result: Result) -> Result:
        """The result with the verdicts of this worker, where the other one has none."""
        done = self._check.done
        earlier = (
            done.get((one.chapter, one.id), one) if one.outcome == "unknown" else one
            for one in result.earlier
        )
        return replace(result, earlier=tuple(earlier))


def _relative(text: str, project: Path) -> str:
    """The text without the absolute path of the project: a report is the same in every place."""
    for folder in {str(project.absolute()), str(project.resolve())}:
        text = text.replace(folder + "/", "").replace(folder + "\\", "")
    return text
