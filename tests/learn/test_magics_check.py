"""`%checkpoint`, `%hint` and `%solution`, typed into IPython."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from course.engine import checkpoint
from course.engine.chapters import Chapter
from course.engine.report import Explanation, Fault, Problem, Result, Verdict
from course.learn import hints, progress

Two = tuple[Chapter, Chapter]
HINTS = ("What does a door say?", "Look at `app/main.py`.", 'return {"status": "____"}')


def verdict(name: str, *, holds: bool) -> Verdict:
    return Verdict(
        id=f"test_{name}",
        chapter=0,
        sentence=f"The {name} answers.",
        outcome="holds" if holds else "fails",
        hints=HINTS,
    )


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let the next checks find these verdicts."""

    def finds(*verdicts: Verdict) -> None:
        def check(project: Path, chapter: Chapter, *, on_verdict: Callable[[Verdict], None]) -> Result:
            for each in verdicts:
                on_verdict(each)
            return Result(chapter=chapter.number, verdicts=verdicts)

        monkeypatch.setattr(checkpoint, "check", check)

    return finds


def test_a_checkpoint_shows_the_report_and_remembers_the_count(
    notebook: Any, two_chapters: Two, found: Callable[..., None]
) -> None:
    doors, _ = two_chapters
    notebook.run("%chapter 0")
    found(verdict("door", holds=True), verdict("bell", holds=False))
    seen = notebook.run("%checkpoint")
    assert seen.text.startswith("Checking: ..\n")
    assert "Chapter 0: 1 of 2 requirements hold." in seen.text
    assert "The bell answers." in seen.text
    assert "The door answers." in seen.html
    assert "`%hint` gives a hint" in seen.text
    assert progress.load().of(doors) == progress.Record(passed=False, holds=1, of=2)


def test_a_checkpoint_that_passes_says_what_to_open_next(
    notebook: Any, two_chapters: Two, found: Callable[..., None]
) -> None:
    notebook.run("%chapter 0")
    notebook.run("%%add app/main.py\nx = 1")
    found(verdict("door", holds=True))
    assert "Next: chapter 1, Rooms. Open `notebooks/ch01_rooms.ipynb`" in notebook.run("%checkpoint").text
    assert "your own chapter 0, which passed" in notebook.run("%chapter 1").text


def test_a_checkpoint_that_is_stopped_leaves_the_notebook_usable(
    notebook: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*args: object, **kwargs: object) -> Result:
        raise KeyboardInterrupt

    notebook.run("%chapter 0")
    monkeypatch.setattr(checkpoint, "check", stopped)
    seen = notebook.run("%checkpoint")
    assert "\nStopped." in seen.text
    assert notebook.run("print(1)").text == "1"


def test_hints_climb_one_rung_at_a_time_and_stay_on_the_last(
    notebook: Any, two_chapters: Two, found: Callable[..., None]
) -> None:
    notebook.run("%chapter 0")
    assert "Run `%check` with the number of an exercise" in notebook.run("%hint").text
    found(verdict("door", holds=True), verdict("bell", holds=False), verdict("mat", holds=False))
    notebook.run("%checkpoint")
    rungs = [notebook.run("%hint").text for _ in range(4)]
    assert all("For: The bell answers." in rung for rung in rungs)
    for rung, words in zip(rungs, [*HINTS, HINTS[2]], strict=True):
        assert words in rung
    assert "Hint 1 of 3, a question:" in rungs[0]
    assert "<pre" in notebook.run("%hint").html
    assert "That was the last hint." in rungs[3]
    assert "For: The mat answers." in notebook.run("%hint 2").text
    assert "The report has entries 1 to 2." in notebook.run("%hint 3").text


def test_hints_are_those_of_the_diagnosis_and_begin_anew_with_another(
    notebook: Any, found: Callable[..., None]
) -> None:
    notebook.run("%chapter 0")
    why = Explanation(
        "no-rollback", "No rollback", "What was seen.", ("A question of its own.", "The end.\n\n`x`")
    )
    found(replace(verdict("bell", holds=False), misconception=why))
    notebook.run("%checkpoint")
    assert "Hint 1 of 2:\nA question of its own." in notebook.run("%hint").text
    assert "Hint 2 of 2:\nThe end.\n`x`" in notebook.run("%hint").text
    found(replace(verdict("bell", holds=False), misconception=replace(why, name="no-commit")))
    notebook.run("%checkpoint")
    assert "A question of its own." in notebook.run("%hint").text
    found(verdict("bell", holds=False))
    notebook.run("%checkpoint")
    assert HINTS[0] in notebook.run("%hint").text


def test_the_first_hint_on_what_broke_is_its_place(notebook: Any, found: Callable[..., None]) -> None:
    notebook.run("%chapter 0")
    fault = Fault("KeyError", "'a'", "app/main.py", 3, "return lot['a']")
    found(replace(verdict("bell", holds=False), outcome="broken", fault=fault, hints=()))
    notebook.run("%checkpoint")
    seen = notebook.run("%hint").text
    assert "Your code raises `KeyError` in `app/main.py, line 3`" in seen
    assert "return lot['a']" in seen


def test_there_is_a_hint_where_the_service_could_not_be_checked(
    notebook: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = Problem(
        "The app cannot be built", "It was given `a`.", "Change it.", "app/main.py, line 3:\n    x(a=1)"
    )
    notebook.run("%chapter 0")
    monkeypatch.setattr(checkpoint, "check", lambda *a, **b: Result(0, problem=problem, skipped=4))
    assert "Not run: 4 requirements." in notebook.run("%checkpoint").text
    seen = notebook.run("%hint").text
    for words in ("The app cannot be built", "It was given `a`.", "x(a=1)", "Change it."):
        assert words in seen


def test_a_hint_without_rungs_says_what_was_expected(notebook: Any, found: Callable[..., None]) -> None:
    notebook.run("%chapter 0")
    found(replace(verdict("bell", holds=False), hints=(), expected="it rings"))
    notebook.run("%checkpoint")
    assert "Expected: it rings." in notebook.run("%hint").text


def test_hints_work_in_another_process_than_the_check(
    notebook: Any, two_chapters: Two, found: Callable[..., None]
) -> None:
    doors, _ = two_chapters
    notebook.run("%chapter 0")
    found(verdict("bell", holds=False))
    notebook.run("%checkpoint")
    assert (doors.project / ".course" / "last.json").exists()
    assert HINTS[0] in hints.hint(doors).text


def test_a_hint_says_when_the_files_have_changed_since_the_check(
    notebook: Any, found: Callable[..., None]
) -> None:
    notebook.run("%chapter 0")
    found(verdict("bell", holds=False))
    notebook.run("%checkpoint")
    assert "have changed since" not in notebook.run("%hint").text
    notebook.run("%%add app/main.py\nx = 1")
    assert "Your files have changed since the last check" in notebook.run("%hint").text


def test_a_spoilt_note_of_the_last_check_counts_as_none(notebook: Any, two_chapters: Two) -> None:
    notebook.run("%chapter 0")
    (two_chapters[0].project / ".course" / "last.json").write_text('{"result": 3', encoding="utf-8")
    assert "Run `%check` with the number of an exercise" in notebook.run("%hint").text


def test_the_solution_is_a_difference_to_the_courses_files(notebook: Any) -> None:
    notebook.run("%chapter 0")
    notebook.run("%%write app/main.py\nfrom fastapi import FastAPI\n\napp = FastAPI()\n")
    seen = notebook.run("%solution app/main.py")
    assert seen.text.startswith("Lines with - are yours, lines with + are the course's")
    assert '-app = FastAPI()\n+app = FastAPI(title="Gavel")' in seen.text
    notebook.run("%%write app/own.py\nx = 1\n")
    assert "app/own.py: only you have it, 1 line" in notebook.run("%solution").text
    assert "There is no file app/other.py in this chapter." in notebook.run("%solution app/other.py").text


def test_the_last_chapter_has_no_next_one(notebook: Any, found: Callable[..., None]) -> None:
    notebook.run("%chapter 1")
    found(verdict("room", holds=True))
    assert "That was the last chapter." in notebook.run("%checkpoint").text
