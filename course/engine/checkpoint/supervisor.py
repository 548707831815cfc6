"""Drives a check: which workers run it, one or two side by side, and what a press of the stop button does."""

import contextlib
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from course.engine import cpus
from course.engine.checkpoint import failures, warm_workers
from course.engine.checkpoint.check_run import LOOK, CheckRun
from course.engine.checkpoint.warm_workers import Chapter
from course.engine.checkpoint.worker_process import Limits, Worker, memory_disk
from course.engine.report.model import Result, Verdict


def check(
    project: Path,
    chapter: Chapter,
    *,
    exercise: int | None = None,
    on_verdict: Callable[[Verdict], None] | None = None,
    spare: Worker | None = None,
    limits: Limits | None = None,
) -> Result:
    """Run a chapter's requirements, and those of the chapters before it, on a project.

    Args:
        project: the folder that holds `app/`. Nothing in it is changed.
        exercise: run only the requirements of this exercise of the chapter, and no earlier chapter's.
        on_verdict: called with each of the chapter's own verdicts as it comes.
        spare: a worker from `prepared(chapter)` to use; else the one that `warm` keeps, else a new one.
        limits: time, memory and output; where nothing is given those that the course promises, with the time
            scaled to this machine.

    A requirement that timed out without using its processor time is run once more at the end, alone.

    An interrupt (the stop button) ends the worker and gives a result that says so.
    """
    scale = limits is None
    limits = limits or Limits()
    problem = failures.no_project(project)
    if problem is not None:
        return Result(chapter.number, problem=problem)
    kept, alone = warm_workers.take() if spare is None else ([], True)
    # In a terminal nothing is warm: both workers start at once, as the second would otherwise never come.
    cold = spare is None and not kept and exercise is None
    started = warm_workers.pair(chapter, limits) if cold else kept if spare is None else [spare]
    ready = [worker for worker in started if warm_workers.fits(worker, chapter)]
    for worker in started:
        if worker not in ready:
            worker.dismiss()
    running = CheckRun(project, chapter, limits, on_verdict, ready[0] if ready else None, scale=scale)
    running.cpu, other = (*cpus.some(2), None, None)[:2]
    beside: _Beside | None = None
    claims = tempfile.TemporaryDirectory(prefix="gavel-check-", dir=memory_disk(), ignore_cleanup_errors=True)
    running.claims = claims.name
    if exercise is not None:
        running.part, running.exercise = "exercise", exercise
        running.next = ready[1] if len(ready) > 1 else None
    elif len(ready) > 1:
        beside = _Beside(
            CheckRun(project, chapter, limits, None, ready[1], "earlier", other, claims.name, scale=scale)
        )
    try:
        running.run()
        if beside is not None and running.problem is None:
            beside.wait()
            running.adopt(beside.check)
        running.run_again()
    except KeyboardInterrupt:
        running.problem = failures.INTERRUPTED
    finally:
        with _uninterrupted():
            running.end()
            if beside is not None:
                beside.end()
                running.adopt(beside.check)
            claims.cleanup()
            unused = running.take_next()
            if kept:
                warm_workers.keep(chapter, unused or warm_workers.prepared(chapter), alone=alone)
            elif unused is not None:
                unused.dismiss()
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


class _Beside:
    """A second worker, which meanwhile takes earlier chapters' requirements from the end of the list."""

    def __init__(self, check: CheckRun) -> None:
        self.check = check
        self._thread = threading.Thread(target=self.check.run, name="course-earlier", daemon=True)
        self._thread.start()

    def wait(self) -> None:
        """Wait until all is said; the stop button is heard meanwhile, on Windows too."""
        while self._thread.is_alive():
            self._thread.join(LOOK)

    def end(self) -> None:
        """End what still runs."""
        self.check.stopped = True
        self._thread.join()
        self.check.end()
        unused = self.check.take_next()
        if unused is not None:
            unused.dismiss()
