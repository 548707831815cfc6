"""`course test`: what it runs, what it says while it runs, and the table at its end."""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from course import paths
from course.engine.chapters import Chapter, contents
from course.maintain import validate
from course.maintain.validate import figures, newest, options, runner, steps
from course.maintain.validate.runner import Run
from course.maintain.validate.steps import Step

FIRST = contents()[0]


def step(name: str, program: str, *, count: str = r"(\d+) found") -> Step:
    return Step(name, "things", ((sys.executable, "-c", program),), count)


def finished(name: str, outcomes: dict[str, str], *, worked: bool = True) -> Run:
    """The run of a pytest step whose tests ended so; each took half a second."""
    run = Run(Step(name, "tests", ((),)), Path("nowhere"))
    run.tests = [
        {"id": test, "outcome": outcome, "seconds": 0.5, "why": "no reason"}
        for test, outcome in outcomes.items()
    ]
    run.worked = worked
    return run


def test_a_step_that_works_gets_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    (run,) = runner.run_all([step("search", "print('12 found')")])
    assert run.worked
    assert run.amount == 12
    assert capsys.readouterr().out.startswith("search: 12 things, ")


def test_a_step_that_fails_says_all_it_said(capsys: pytest.CaptureFixture[str]) -> None:
    runs = runner.run_all(
        [step("search", "print('line\\n' * 500); exit('the last word')"), step("b", "print('1 found')")]
    )
    said = capsys.readouterr().out
    assert [run.worked for run in runs] == [False, True]
    assert said.count("line\n") == 500
    assert "the last word\n\nend of search" in said


def test_a_step_that_validates_nothing_fails() -> None:
    (run,) = runner.run_all([step("search", "print('all is well')")])
    assert not run.worked
    assert "Nothing was validated here" in run.output


def test_a_step_without_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "LIMIT", 1.0)
    (run,) = runner.run_all([step("search", "import threading; threading.Event().wait()")])
    assert not run.worked
    assert "Ended after 1 s." in run.output


def test_no_step_sees_the_learners_work_or_another_steps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COURSE_WORKSPACE", str(tmp_path / "mine"))
    program = "import os; print('1 found', os.environ['COURSE_WORKSPACE'])"
    runs = runner.run_all([step("a", program), step("b", program)])
    places = {run.output.split()[-1] for run in runs}
    assert len(places) == 2
    assert not any(place.startswith(str(tmp_path)) for place in places)


def test_each_test_is_recorded_with_its_outcome(tmp_path: Path) -> None:
    tests = tmp_path / "test_three.py"
    tests.write_text(
        "import pytest\n"
        "def test_holds(): pass\n"
        "def test_fails(): assert 0\n"
        "def test_waits(): pytest.skip('no Chromium')\n"
        "@pytest.fixture\ndef broken():\n    yield\n    raise OSError\n"
        "def test_ends_badly(broken): pass\n"
    )
    (run,) = runner.run_all(
        [Step("three", "tests", ((*steps.PYTEST, "--rootdir", str(tmp_path), str(tests)),))]
    )
    outcomes = {test["id"].split("::")[1]: test["outcome"] for test in run.tests}
    assert outcomes == {
        "test_holds": "passed",
        "test_fails": "failed",
        "test_waits": "skipped",
        "test_ends_badly": "failed",
    }
    assert (run.passed, run.failed, run.amount, run.collected) == (1, 2, 3, 4)
    assert figures.left_out([run]) == ["three: no Chromium (1)"]


def test_the_processor_time_of_a_step_includes_what_its_tests_start(tmp_path: Path) -> None:
    tests = tmp_path / "test_busy.py"
    tests.write_text(
        "import subprocess, sys, time\n"
        "BUSY = 'import time\\nwhile time.process_time() < 1: pass'\n"
        "def test_waits(): subprocess.run([sys.executable, '-c', BUSY], check=True)\n"
        "def test_leaves_one(): subprocess.Popen([sys.executable, '-c', BUSY + '\\ninput()'],"
        " stdin=subprocess.PIPE); time.sleep(3)\n"
    )
    (run,) = runner.run_all(
        [Step("busy", "tests", ((*steps.PYTEST, "--rootdir", str(tmp_path), str(tests)),))]
    )
    assert run.cpu is not None
    assert run.cpu >= 1.5


def test_one_chapter_leaves_the_others_alone() -> None:
    plan = steps.planned(FIRST)
    named = " ".join(word for each in plan for command in each.commands for word in command)
    assert FIRST.stem in named
    assert not any(chapter.stem in named for chapter in contents()[1:])
    assert {"misconceptions", "starters", "alternatives", "freshness"} <= {each.name for each in plan}


def test_everything_is_planned_where_no_chapter_is_named() -> None:
    plan = steps.planned(None)
    names = {each.name for each in plan}
    assert {"engine", "learn", "misconceptions", "starters", "alternatives", "checkpoints"} <= names
    assert {"ruff", "mypy", "imports", "freshness"} <= names


def test_every_file_of_tests_is_in_the_plan() -> None:
    words = {word for each in steps.planned(None) for command in each.commands for word in command}
    planned = [paths.ROOT / word for word in words if word.startswith("tests")]
    files = paths.TESTS.rglob("test_*.py")
    assert [file for file in files if not any(file.is_relative_to(each) for each in planned)] == []


def test_only_what_needs_a_browser_or_a_server_may_be_missing() -> None:
    assert [each.name for each in steps.planned(None) if each.may_be_left_out] == ["browser", "servers"]


def test_the_table_has_a_line_for_each_step() -> None:
    runs = [
        finished("unit tests", {f"test_{number}": "passed" for number in range(1200)}),
        finished("starters", {"a": "passed", "b": "failed"}, worked=False),
    ]
    runs[0].cpu = 7.5
    lines = figures.table(runs).splitlines()
    assert [line.split() for line in lines if "tests" in line] == [
        ["unit", "tests", "1,200", "tests", "-", "0.0", "7.5"],
        ["starters", "2", "tests", "1", "0.0", "-"],
    ]


def test_the_closing_lines_give_the_totals_and_what_failed() -> None:
    good, bad = finished("a", {"x": "passed"}), finished("b", {"y": "failed", "z": "skipped"}, worked=False)
    assert figures.closing([good], 3).splitlines() == [
        "1 passed, 0 failed",
        "The course holds: all of it was validated in 3 s.",
    ]
    assert figures.closing([good, bad], 3).splitlines() == [
        "1 passed, 1 failed, 1 skipped",
        "The course does not hold: see b above (3 s).",
    ]


def test_a_step_that_broke_before_its_first_test_counts_as_a_failure() -> None:
    assert figures.closing([finished("a", {}, worked=False)], 1).startswith("0 passed, 1 failed\n")


def test_each_chapter_has_its_figures() -> None:
    stem = FIRST.stem
    runs = [
        finished(
            "misconceptions",
            {
                f"tests/test_misconceptions.py::test_x[{stem}-one]": "passed",
                f"tests/test_misconceptions.py::test_x[{stem}-two]": "failed",
                "tests/test_misconceptions.py::test_x[ch77_other-one]": "passed",
            },
        ),
        finished("alternatives", {f"tests/test_alternatives.py::test_y[{stem}-ours]": "passed"}),
        finished("solutions", {f"solutions/{stem}.ipynb::Cell {number}": "passed" for number in range(5)}),
    ]
    (got,) = figures.by_chapter(runs, [FIRST]).values()
    assert got.pop("requirements") > 0
    assert got == {
        "misconceptions": 2,
        "misconceptions_caught": 1,
        "alternatives_accepted": 1,
        "cells_compared": 5,
        "seconds": 4.0,
    }


def test_a_chapters_name_is_not_found_in_a_longer_one() -> None:
    short = Chapter(1, "life", "Life")
    runs = [finished("misconceptions", {"tests/test_misconceptions.py::test_x[ch01_lifespan-one]": "passed"})]
    assert figures.by_chapter(runs, [short])["ch01_life"]["misconceptions"] == 0


def test_the_figures_are_written_as_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = [step("search", "print('12 found')")]
    monkeypatch.setattr(steps, "planned", lambda chapter: plan)
    path = tmp_path / "figures.json"
    assert validate.command(["0", "--json", str(path)]) == 0
    data = json.loads(path.read_text(encoding="utf-8"))
    assert data["worked"] is True
    assert data["steps"][0]["amount"] == 12
    assert list(data["chapters"]) == [FIRST.stem]
    assert data["left_out"] == []


def test_the_exit_status_says_whether_the_course_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "planned", lambda chapter: [step("search", "exit(1)")])
    assert validate.command([]) == 1


def test_what_passes_only_sometimes_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    rounds = [[finished("a", {"x": "passed", "y": outcome})] for outcome in ("passed", "failed", "passed")]
    runs, failures = runner.repeat(3, lambda: rounds.pop(0))
    assert failures == {"y": 1}
    assert runs[0].tally("passed") == 2
    assert capsys.readouterr().out.startswith("Run 1 of 3\n")


def test_an_environment_that_follows_the_pins_differs_in_nothing_but_what_is_newer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Installed:
        def __init__(self, name: str, version: str) -> None:
            self.metadata, self.version = {"Name": name}, version

    def installed() -> Sequence[Any]:
        return [
            Installed("FastAPI", "0.166.0"),
            Installed("pydantic_core", "2.50.4"),
            Installed("uv", "1"),
            Installed("new", "1"),
        ]

    monkeypatch.setattr(newest, "pins", lambda: {"fastapi": "0.165.0", "pydantic-core": "2.50.4"})
    monkeypatch.setattr("importlib.metadata.distributions", installed)
    assert newest.differing() == [("fastapi", "0.165.0", "0.166.0"), ("new", "-", "1")]


def test_exploring_prints_its_seed_and_takes_one_to_repeat(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seen: list[str | None] = []

    def run_all(steps: Sequence[Step]) -> list[Run]:
        seen.append(os.environ.get("COURSE_EXPLORE"))
        return [Run(step, Path("nowhere"), worked=len(seen) < 3) for step in steps]

    monkeypatch.setenv("COURSE_EXPLORE", "")
    monkeypatch.setattr(runner, "run_all", run_all)
    assert validate.command(["--explore", "7"]) == 0
    assert "course test --explore 7" in capsys.readouterr().out
    assert validate.command(["--explore"]) == 0
    assert f"with the seed {seen[-1]}." in capsys.readouterr().out
    assert validate.command(["--explore", "7"]) == 1
    assert "CONTRIBUTING" in capsys.readouterr().out
    assert len(set(seen)) == 2


@pytest.mark.parametrize("words", [["--flakes", "1"], ["--jsno", "x"], ["1", "2"]])
def test_words_that_make_no_sense_are_refused(words: list[str]) -> None:
    with pytest.raises(SystemExit):
        options.parse(words)
