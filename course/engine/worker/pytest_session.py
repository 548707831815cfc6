"""One pytest session: everything is collected and warm before the job comes, then the requirements run.

pytest collects the tests and rewrites their assertions. The requirements are then driven through its set-up,
call and tear-down hooks without its reports: a report would draw a traceback that no learner reads.
"""

import gc
import os
import shutil
import threading
import traceback
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from course import paths
from course.engine import code_evidence, cpus, misconceptions
from course.engine.checkpoint.app_cache import AppCache
from course.engine.checkpoint.raised import stubs
from course.engine.checkpoint.service import Service
from course.engine.checkpoint.time_zone import far_from_utc
from course.engine.report.model import Problem, Verdict
from course.engine.worker import resource_limits, tamper_check
from course.engine.worker.app_import import ImportFailure, load
from course.engine.worker.channel import Channel
from course.engine.worker.exits import close_output, tell_of_exits
from course.engine.worker.items import plan_of, requirement_of, run_item
from course.engine.worker.observations import observed
from course.engine.worker.place import Place
from course.engine.worker.time_limit import TimeLimit
from course.engine.worker.verdicts import judged, untrusted
from course.engine.worker.warm_up import warm_up

NEEDLESS = (
    *(
        "cacheprovider",
        "capture",
        "debugging",
        "doctest",
        "faulthandler",
        "junitxml",
        "legacypath",
        "logging",
    ),
    *("nose", "pastebin", "recwarn", "setuponly", "setupplan", "skipping", "stepwise", "threadexception"),
    *("unittest", "unraisableexception", "warnings"),
)
"""Plugins of pytest that a requirement has no use for; each costs at every start or at every test."""

PHASES = ("pytest_runtest_setup", "pytest_pyfunc_call", "pytest_runtest_call", "pytest_runtest_teardown")
"""The hooks through which a requirement is run."""


@dataclass
class Job:
    """What to check, and under which limits."""

    project: Path
    seconds: float
    memory: int
    done: set[tuple[int, str]] = field(default_factory=set)


class Checking:
    """The plugin that is the session: it waits for the job, imports the service and runs the requirements."""

    def __init__(
        self, channel: Channel, chapters: dict[Path, int], scratch: Path, example: Path, took: float
    ) -> None:
        self.channel = channel
        self.took = took
        self.example = example
        self.chapters = chapters
        self.scratch = scratch
        self.serving: Service | None = None
        self.misconceptions: dict[int, tuple[misconceptions.Misconception, ...]] = {}
        self.in_every_chapter: tuple[misconceptions.Misconception, ...] = ()
        self.at_import: tuple[str, ...] = ()
        self.unreadable = ""
        self.cache = AppCache()

    @pytest.fixture
    def service(self) -> Service:
        """The learner's service."""
        assert self.serving is not None
        return self.serving

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.unreadable = str(report.longrepr)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """The whole work of the process. It never returns: the other side ends it."""
        try:
            self._work(session)
        except Exception:
            self.channel.send("problem", problem=asdict(_own_fault(traceback.format_exc())))
        close_output()
        self.channel.send("done")
        threading.Event().wait()
        return True

    def _work(self, session: pytest.Session) -> None:
        items = [item for item in session.items if isinstance(item, pytest.Function)]
        warm_up(self.example, self.scratch)
        modules = {item.module for item in items}
        hooks = [hook for name in PHASES for hook in getattr(session.config.hook, name).get_hookimpls()]
        trusted = tamper_check.Snapshot(*modules, *items, *hooks, self, self.channel.send)
        differences, restore = trusted.differences, trusted.restore  # the class may be changed later
        words = resource_limits.LastWords(self.scratch)
        gc.collect()
        gc.freeze()  # what is loaded stays: no collection during the tests looks at it again
        gc.set_threshold(50_000, 20, 100)  # and what they make is mostly gone before anyone could collect it
        self.channel.send("warm", seconds=self.took)
        message = self.channel.receive()
        self.channel.end_with_the_other_side()
        cpus.stay_on(message["cpu"])
        send = self.channel.send
        items = self._part(items, message["part"], message["exercise"])
        claims = Path(message["claims"])
        job = Job(
            Path(message["project"]),
            message["seconds"],
            message["memory"],
            {(chapter, name) for chapter, name in message["done"]},
        )
        place = Place(job.project)
        plan = [plan_of(item, self.chapters[item.path]) for item in items]
        if self.unreadable:
            send("problem", problem=asdict(_unreadable(self.unreadable)))
            return
        watch = TimeLimit(place, lambda fault: send("where", fault=asdict(fault)))
        tell_of_exits(place, send)
        send("plan", requirements=[asdict(each) for each in plan])
        resource_limits.limit_memory(job.memory)
        send("importing")
        watch.begin(job.seconds)
        words.expect_an_end_within(job.seconds * 0.95)
        try:
            with observed(place) as seen:
                load(place)
                self.at_import = seen()
        except ImportFailure as trouble:
            resource_limits.give_room()
            restore()
            send("problem", problem=asdict(trouble.problem))
            return
        watch.end()
        replaced = differences()
        code = code_evidence.code_of(job.project)
        for item, planned in zip(items, plan, strict=True):
            if (planned.chapter, planned.id) in job.done or not _claim(claims, planned):
                continue
            if replaced:
                restore()
                send("verdict", verdict=asdict(untrusted(planned, tamper_check.in_words(replaced), [])))
                continue
            send("start", chapter=planned.chapter, id=planned.id)
            watch.begin(job.seconds)
            words.expect_an_end_within(job.seconds * 0.95)
            verdict = self._run(item, planned, place)
            watch.end()
            changed = differences()
            if changed:
                restore()
                verdict = untrusted(
                    planned, tamper_check.in_words(changed), self.serving.exchanges if self.serving else []
                )
            send("verdict", verdict=asdict(self._explained(verdict, code)))
        words.rest()

    def _part(self, items: list[pytest.Function], part: str, exercise: int | None) -> list[pytest.Function]:
        """What this worker runs: "all"; one "exercise"; or only what is "earlier", the last of it first."""
        own = next(iter(self.chapters.values()), 0)
        earlier = [item for item in items if self.chapters[item.path] != own]
        of_one = [
            item
            for item in items
            if self.chapters[item.path] == own and getattr(requirement_of(item), "exercise", None) == exercise
        ]
        return {"all": items, "earlier": earlier[::-1], "exercise": of_one}[part]

    def _run(self, item: pytest.Function, planned: Verdict, place: Place) -> Verdict:
        """The verdict of one requirement. An earlier chapter's is first tried on an app from the cache."""
        if planned.chapter != next(iter(self.chapters.values()), 0):
            verdict = self._try(item, planned, place, self.scratch / "house", self.cache)
            if verdict.holds:
                return verdict
        return self._try(item, planned, place, self.scratch / f"test-{len(os.listdir(self.scratch))}")

    def _try(
        self,
        item: pytest.Function,
        planned: Verdict,
        place: Place,
        folder: Path,
        cache: AppCache | None = None,
    ) -> Verdict:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(exist_ok=True)
        self.serving = Service("app", place.folder, folder, cache)
        stubs.clear()
        with far_from_utc(), observed(place) as seen:
            error = run_item(item)
            lines = (*self.at_import, *seen())
        if isinstance(error, MemoryError):
            resource_limits.give_room()
        verdict = judged(planned, error, self.serving.exchanges, place, stubs)
        return verdict if verdict.holds else replace(verdict, observed=lines)

    def _explained(self, verdict: Verdict, code: code_evidence.Code) -> Verdict:
        if verdict.outcome in {"holds", "open", "unknown"}:
            return verdict
        entries = [*self.misconceptions.get(verdict.chapter, ()), *self.in_every_chapter]
        return replace(verdict, misconception=misconceptions.explain(verdict, code, entries))


def _claim(claims: Path, planned: Verdict) -> bool:
    """Whether this worker is the one of two that runs a requirement: the first to ask."""
    try:
        (claims / f"{planned.chapter}-{planned.id}").touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def _own_fault(detail: str) -> Problem:
    return Problem(
        "The check itself failed",
        "This is a mistake of the course, not of your service.",
        "Please report it, with the details below.",
        detail,
    )


def _unreadable(detail: str) -> Problem:
    return Problem(
        "The requirements cannot be read",
        "A test file of the course itself cannot be imported; your service is not the reason.",
        "Take the newest version of the course, or undo what was changed under `tests/checkpoints`.",
        detail,
    )


def run(channel: Channel, preparation: dict[str, Any], took: float) -> None:
    """Collect the tests, wait for the job, do it. `took`: the seconds of this process's first imports."""
    scratch = Path(preparation["scratch"])
    chapters = {Path(tests).resolve(): number for number, tests, _ in preparation["chapters"]}
    checking = Checking(channel, chapters, scratch, Path(preparation["example"]), took)
    checking.misconceptions = {
        number: misconceptions.load(Path(entries), cells=False)
        for number, _, entries in preparation["chapters"]
    }
    checking.in_every_chapter = misconceptions.load(paths.IN_EVERY_CHAPTER, cells=False)
    ini = scratch / "pytest.ini"
    ini.write_text("[pytest]\n", encoding="utf-8")
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    options = [part for name in NEEDLESS for part in ("-p", f"no:{name}")]
    pytest.main(
        [
            *(str(path) for path in chapters),
            *options,
            *("-c", str(ini), "--rootdir", str(scratch), "--noconftest", "--import-mode=importlib"),
            *("--basetemp", str(scratch / "pytest"), "-q", "--no-header", "--no-summary"),
        ],
        plugins=[checking],
    )
