"""The learner's verbs in a terminal."""

from typing import Any

import pytest

from course.engine import checkpoint
from course.engine.chapters import Chapter
from course.engine.report import Result, Verdict
from course.learn import commands, workspace

Two = tuple[Chapter, Chapter]


def test_start_says_what_the_chapter_starts_from(two_chapters: Two, capsys: Any) -> None:
    assert commands.start("0") == 0
    assert capsys.readouterr().out == "Chapter 0 starts from an empty service, in my_service/ch00_doors.\n"


@pytest.mark.parametrize(
    "verb", [commands.check, commands.hint, commands.solution, commands.changes, commands.serve]
)
def test_a_verb_without_a_chapter_says_how_to_begin_one(two_chapters: Two, capsys: Any, verb: Any) -> None:
    assert verb() == 2
    assert "Type `course start 0`" in capsys.readouterr().err


def test_check_prints_each_verdict_once_and_answers_with_its_status(
    two_chapters: Two, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    doors, _ = two_chapters
    outcomes: list[Any] = ["holds", "fails"]

    def check(project: object, chapter: Chapter, *, on_verdict: Any) -> Result:
        verdict = Verdict(id="test_door", chapter=0, sentence="The door answers.", outcome=outcomes.pop())
        on_verdict(verdict)
        return Result(chapter=0, verdicts=(verdict,))

    monkeypatch.setattr(checkpoint, "check", check)
    workspace.start(doors)
    assert commands.check() == 1
    assert capsys.readouterr().out.count("The door answers.") == 1
    assert commands.check() == 0
    assert "Next: chapter 1, Rooms." in capsys.readouterr().out
    commands.progress()
    assert capsys.readouterr().out == "1 of 2 chapters passed.\n  0  Doors  passed\n  1  Rooms  not begun\n"


def test_changes_and_solution_print_differences(two_chapters: Two, capsys: Any) -> None:
    doors, _ = two_chapters
    workspace.start(doors)
    (doors.project / "app" / "main.py").write_text("app = 1\n", encoding="utf-8")
    (doors.project / "README.md").write_text("My notes.\n", encoding="utf-8")
    assert commands.changes() == 0
    out = capsys.readouterr().out
    assert "  app/main.py: new, 1 line\n" in out
    assert "README.md" not in out
    assert commands.solution() == 0
    assert "--- app/main.py (yours)\n+++ app/main.py (the course's)\n" in capsys.readouterr().out


def test_start_over_keeps_what_was_there(two_chapters: Two, capsys: Any) -> None:
    commands.start("0")
    assert commands.start_over() == 0
    assert "Your work is kept in my_service/kept/ch00_doors-1." in capsys.readouterr().out


def test_a_workspace_that_cannot_be_used_is_said_without_a_traceback(
    two_chapters: Two, workspace_folder: Any, capsys: Any
) -> None:
    workspace_folder.write_text("a file where the folder should be", encoding="utf-8")
    assert commands.start("0") == 2
    assert "my_service is a file" in capsys.readouterr().err
