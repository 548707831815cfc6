"""One worker after another works through a check: the clock, the limits, what is left to run, the result."""

import contextlib
import queue
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from course.engine.checkpoint import blanks, failures, warm_workers
from course.engine.checkpoint.failures import WorkerFailure
from course.engine.checkpoint.warm_workers import Chapter
from course.engine.checkpoint.worker_process import Event, Limits, Worker
from course.engine.report.model import Fault, Problem, Result, Verdict, verdict_from

STRIKES = 2
"""After this many requirements that ended their process, the remaining ones are not run."""
PATIENCE = 1.5
"""Seconds without an event after which a second worker is started: it may soon be needed."""
LOOK = 0.1
"""Seconds between two looks at whether the worker still lives, and how much memory it takes."""

IDLE = 0.5
"""A requirement that timed out and used a smaller part of its time on a processor may have waited for one."""

Key = tuple[int, str]


@dataclass
class CheckRun:
    project: Path
    chapter: Chapter
    limits: Limits
    on_verdict: Callable[[Verdict], None] | None
    worker: Worker | None
    part: str = "all"
    cpu: int | None = None
    claims: str = ""
    scale: bool = False
    next: Worker | None = None
    plan: list[Verdict] = field(default_factory=list)
    done: dict[Key, Verdict] = field(default_factory=dict)
    late: dict[Key, Verdict] = field(default_factory=dict)
    alone: bool = False
    used: float = 0.0
    tried: bool = False
    current: Key | None = None
    imported: bool = False
    finished: bool = False
    stopped: bool = False
    problem: Problem | None = None
    where: Fault | None = None
    output: str = ""
    exercise: int | None = None

    def run(self) -> None:
        """Work through the plan, with a fresh worker after each requirement that ends its process."""
        for _ in range(STRIKES):
            self._work()
            if self._over():
                return

    def adopt(self, other: "CheckRun") -> None:
        """Take over what the second worker found, and what timed out there."""
        self.done = other.done | self.done
        self.late = other.late | self.late

    def run_again(self) -> None:
        """Run what timed out without using its processor time once more, now that nothing runs beside it.

        What was not reached before is run as well. The first time-out of this run is the last one: then the
        machine is not the reason.
        """
        if not self.late or self.problem is not None:
            return
        self.end()  # the worker that came to the end of the list still waits
        self.alone, self.finished = True, False
        for chapter, name in self.late:
            (Path(self.claims) / f"{chapter}-{name}").unlink(missing_ok=True)
        self._work()
        self.end()

    def _work(self) -> None:
        """Let one worker work, and end it where something is left to run."""
        self.worker = self.worker or self.take_next() or warm_workers.prepared(self.chapter, self.limits)
        self.current, self.where, self.imported = None, None, False
        how = self._drive(self.worker)
        if not self._over():
            self._account(how, self.worker)
            self.end()

    def _over(self) -> bool:
        return self.finished or self.stopped or self.problem is not None

    def _drive(self, worker: Worker) -> failures.How:
        """Hear a worker until all is said, or until it is out of time or memory, or has ended."""
        before = 0.0
        news = time.monotonic()
        deadline = news + warm_workers.WARMING
        while True:
            try:
                event = worker.events.get(timeout=LOOK)
            except queue.Empty:
                now = time.monotonic()
                self.used = max(self.used, worker.processor_time() - before)
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
            if event["kind"] == "warm":
                self._give(worker, event["seconds"])
                continue
            self._take(event)
            if self._over():
                return "ended"
            if event["kind"] in {"importing", "start"}:
                deadline = news + self.limits.seconds
                before, self.used = worker.processor_time(), 0.0

    def _give(self, worker: Worker, imports: float) -> None:
        """Give a worker that is warm its job, with limits that suit the machine as it is now."""
        if self.scale:
            self.limits = Limits().on_this_machine(imports)
        worker.give(
            {
                "project": str(self.project.absolute()),
                "part": self.part,
                "exercise": self.exercise,
                "cpu": self.cpu,
                "claims": self.claims,
                "done": [list(key) for key in (self.done if self.alone else {**self.done, **self.late})],
                "seconds": self.limits.seconds,
                "memory": self.limits.memory,
            }
        )

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
        self.late.pop(key, None)
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
        waiting = [
            each
            for each in self.plan
            if (key := (each.chapter, each.id)) not in self.done and (self.alone or key not in self.late)
        ]
        idle = failure.how == "time" and self.used < IDLE * self.limits.seconds and not self.alone
        if not self.imported:
            if idle and self.plan and not self.tried:
                self.tried = True  # the next worker of `run` tries the import again
                return
            self.problem = failures.problem_of(failure) if self.plan else failures.could_not_start(failure)
        elif waiting and not self._over():
            at = ([each for each in waiting if (each.chapter, each.id) == self.current] or waiting)[0]
            verdict = failures.verdict_of(at, failure)
            if idle:
                self.late[(at.chapter, at.id)] = verdict
            else:
                self._add(verdict)

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
        known = {**self.late, **self.done}
        every = [known.get((each.chapter, each.id), each) for each in self.plan]
        if self.problem is not None and not known:
            every = []
        own = tuple(each for each in every if each.chapter == self.chapter.number)
        earlier = tuple(each for each in every if each.chapter != self.chapter.number)
        if self.on_verdict is not None and self.problem is not failures.INTERRUPTED:
            for verdict in own:
                if (verdict.chapter, verdict.id) not in self.done:
                    self.on_verdict(verdict)
        result = Result(
            self.chapter.number,
            own,
            earlier,
            self.problem,
            self.output,
            skipped=0 if every else len(self.plan),
            blanks=blanks.left_in(self.project),
        )
        if not every and self.problem is None:
            return replace(result, problem=failures.NOTHING_RAN)
        return result


def _relative(text: str, project: Path) -> str:
    """The text without the absolute path of the project: a report is the same in every place."""
    for folder in {str(project.absolute()), str(project.resolve())}:
        text = text.replace(folder + "/", "").replace(folder + "\\", "")
    return text
