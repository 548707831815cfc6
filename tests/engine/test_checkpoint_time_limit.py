"""The time limit: scaled to the machine, and a second run for what timed out without using its processor."""

import time
from pathlib import Path

import pytest

from course.engine import checkpoint
from course.engine.checkpoint import Limits, Worker
from course.engine.checkpoint.worker_process import REFERENCE
from course.engine.report import Verdict
from tests.engine.conftest import SmallChapter


def test_the_time_limit_grows_with_the_machines_slowness_and_never_shrinks() -> None:
    assert Limits().on_this_machine(0.1).seconds == 10
    assert Limits().on_this_machine(3 * REFERENCE).seconds == 30
    assert Limits().on_this_machine(1000.0).seconds == 60


SLOW_ONCE = """
import pathlib, time

def test_it_waits_once(service):

    mark = pathlib.Path({mark!r})
    if not mark.exists():
        mark.touch()
        time.sleep(60)

def test_it_waits_always(service):

    time.sleep(60 * {always})
"""


def test_what_timed_out_without_its_processor_time_is_run_once_more(
    chapter: SmallChapter, project: Path, tmp_path: Path, made: list[Worker]
) -> None:
    chapter.tests.write_text(SLOW_ONCE.format(mark=str(tmp_path / "mark"), always=0))
    seen: list[Verdict] = []
    result = checkpoint.check(project, chapter, on_verdict=seen.append, limits=Limits(seconds=1))
    assert result.passed
    for worker in made:
        worker.settle()
        assert worker.ended
    assert sorted(verdict.id for verdict in seen) == ["test_it_waits_always", "test_it_waits_once"]
    assert all(verdict.holds for verdict in seen)


def test_what_times_out_a_second_time_does_not_hold(
    chapter: SmallChapter, project: Path, tmp_path: Path
) -> None:
    chapter.tests.write_text(SLOW_ONCE.format(mark=str(tmp_path / "mark"), always=1))
    once, always = checkpoint.check(project, chapter, limits=Limits(seconds=1)).verdicts
    assert once.holds
    assert always.outcome == "stuck"


def test_what_used_its_processor_time_is_not_run_again(
    chapter: SmallChapter, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Worker, "processor_time", lambda worker: time.monotonic())
    chapter.tests.write_text(SLOW_ONCE.format(mark=str(tmp_path / "mark"), always=0))
    once, always = checkpoint.check(project, chapter, limits=Limits(seconds=1)).verdicts
    assert once.outcome == "stuck"
    assert always.holds
