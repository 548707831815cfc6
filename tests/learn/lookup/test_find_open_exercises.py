"""Code that solves an exercise which the learner has still to do is not shown by `course find`."""

from pathlib import Path

import pytest

from course.engine import chapters, exercises
from course.learn import progress
from course.learn.lookup.find import answer, shown, told
from course.learn.lookup.find.open_exercises import solutions, solved_by
from course.learn.lookup.find.render import not_yet
from course.learn.lookup.reference.items import items
from course.learn.lookup.reference.patterns import pattern

FOUR = chapters.find(4)
CODE = "Field(default=None, exclude_if=lambda amount: amount is None)"


@pytest.fixture(autouse=True)
def _workspace(workspace_folder: Path) -> None:
    """A workspace in which nothing has begun."""


def test_before_a_chapter_has_begun_the_code_is_shown() -> None:
    assert CODE in told(answer("exclude_if"))


def test_while_its_exercise_is_open_the_place_that_teaches_it_is_shown() -> None:
    progress.begun(FOUR)
    found = answer("exclude_if")
    text = told(found)
    assert CODE not in text
    assert CODE not in shown(found).html
    assert "solves exercise 4 of chapter 4, which you have not passed yet" in text
    assert "Chapter 4 teaches it in the section “Response models: what clients may read”." in text
    assert "The official page: https://docs.pydantic.dev/" in text


def test_after_the_exercise_or_the_chapter_the_code_is_shown() -> None:
    progress.begun(FOUR)
    progress.exercise_checked(FOUR, 4, holds=True)
    assert CODE in told(answer("exclude_if"))
    progress.exercise_checked(FOUR, 4, holds=False)
    assert CODE not in told(answer("exclude_if"))
    progress.checked(FOUR, passed=True, holds=9, of=9, fingerprint="3f")
    assert CODE in told(answer("exclude_if"))


def test_in_another_chapter_the_code_is_shown() -> None:
    progress.begun(chapters.find(5))
    assert CODE in told(answer("exclude_if"))


def test_what_httpexception_does_is_told_without_the_solution_of_an_exercise() -> None:
    for chapter in chapters.numbered():
        progress.begun(chapter)
        first = answer("what does HTTPException do").course[0].document
        item = next(item for item in items() if item.task == first.title)
        withheld = solved_by(item)
        text = told(answer("what does HTTPException do"))
        assert ("The pattern of the first task" in text) is (withheld is None)


@pytest.mark.parametrize("chapter", chapters.numbered(), ids=lambda chapter: chapter.stem)
def test_the_solutions_of_a_chapter_are_its_exercises(chapter: chapters.Chapter) -> None:
    """The lines are found without a Markdown parser; the parser must agree on the exercises."""
    assert set(solutions(chapter)) <= {each.number for each in exercises.of(chapter)}


def test_no_code_with_a_line_of_an_open_exercise_is_shown() -> None:
    withheld = 0
    for chapter in chapters.numbered():
        progress.begun(chapter)
        lines = {line for each in solutions(chapter).values() for line in each}
        for item in items():
            reveals = bool(lines & {line.strip() for line in pattern(item).text.split("\n")})
            assert (solved_by(item) is not None) == reveals == bool(not_yet(item)), (chapter.stem, item.task)
            withheld += reveals
    assert withheld > 20


@pytest.mark.parametrize("spoilt", [b"", b"{", b"\xff\xfe", b"[]"], ids=["empty", "cut", "binary", "a list"])
def test_a_progress_file_that_cannot_be_read_changes_nothing(workspace_folder: Path, spoilt: bytes) -> None:
    workspace_folder.mkdir()
    progress.location().write_bytes(spoilt)
    assert CODE in told(answer("exclude_if"))
    assert progress.location().read_bytes() == spoilt
