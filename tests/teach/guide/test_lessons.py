"""What is read from a chapter's text, and the minutes that follow from it."""

import dataclasses

import pytest

from course.engine import chapters, given, texts
from course.engine.chapters import Chapter
from course.teach.guide import lesson, tasks
from course.teach.guide.lesson import OPENING, Section
from course.teach.guide.minutes import by_section, model

NUMBERED = pytest.mark.parametrize("chapter", chapters.numbered(), ids=lambda chapter: chapter.stem)


@NUMBERED
def test_every_cell_of_a_learner_is_in_one_section_and_counted_from_one(chapter: Chapter) -> None:
    numbers = [number for section in lesson.read(chapter).sections for number, _ in section.cells]
    cells = texts.code_cells(given.as_shown(chapter.text.read_text(encoding="utf-8")))
    assert numbers == list(range(1, len(cells) + 1))


@NUMBERED
def test_every_prediction_has_an_answer_and_a_reason(chapter: Chapter) -> None:
    found = [each for section in lesson.read(chapter).sections for each in section.predictions]
    cells = texts.code_cells(given.as_shown(chapter.text.read_text(encoding="utf-8")))
    assert len(found) == len([code for code in cells if "\npredict(" in f"\n{code.source}"])
    assert [each.cell for each in found if not (each.answer and each.why and each.asks)] == []


@NUMBERED
def test_every_exercise_is_there_with_what_must_be_true_afterwards(chapter: Chapter) -> None:
    found = [each for section in lesson.read(chapter).sections for each in section.exercises]
    text = chapter.text.read_text(encoding="utf-8")
    assert len(found) == len([line for line in text.split("\n") if line.startswith("**Exercise ")])
    assert [each.name for each in found if not each.wants] == []
    tagged = {code.source for code in texts.code_cells(text) if "exercise" in code.tags}
    own = {code.source for code in texts.code_cells(text) if texts.is_exercise(code.source) and code.builds}
    assert own <= tagged


@NUMBERED
def test_the_three_closing_questions_have_answers(chapter: Chapter) -> None:
    found = [pair for section in lesson.read(chapter).sections for pair in section.questions]
    assert len(found) == 3
    assert all(asked and answer for asked, answer in found)


@NUMBERED
def test_a_chapter_asks_again_for_what_an_earlier_one_taught(chapter: Chapter) -> None:
    again = [
        each.earlier
        for s in lesson.read(chapter).sections
        for each in s.predictions
        if each.earlier is not None
    ]
    assert all(earlier < chapter.number for earlier in again)
    assert len(again) >= (1 if chapter.number else 0)


@NUMBERED
def test_the_minutes_of_the_sections_add_up_to_those_of_the_lesson(chapter: Chapter) -> None:
    timed = by_section.sections(chapter)
    assert sum(spent for _, spent in timed) == by_section.remaining(chapter)
    taught = {section.heading for section, _ in timed}
    read = {section.heading for section in lesson.read(chapter).sections}
    assert read - taught == {"Recap", "Without help"}


@NUMBERED
@pytest.mark.parametrize("cut", [*by_section.SAVES, "Half the time"])
def test_a_cut_saves_what_its_name_says(chapter: Chapter, cut: str) -> None:
    assert by_section.remaining(chapter, cut) <= by_section.wanted(chapter, cut)


def section(**changes: object) -> Section:
    """An empty section, with changes."""
    empty = Section("A heading", "", (), (), (), ())
    return dataclasses.replace(empty, **changes)  # type: ignore[arg-type]


def test_prose_is_read_at_two_hundred_words_a_minute_and_links_to_read_next_are_not() -> None:
    prose = "word " * 400 + "**To read next** " + "link " * 400
    assert model.of(section(prose=prose)).alone == pytest.approx(400 / model.WORDS_A_MINUTE)


def test_an_exercise_takes_its_start_and_its_lines() -> None:
    code = texts.Code("%%add app/a.py\n### BEGIN SOLUTION\na = 1\nb = 2\n### END SOLUTION", ("exercise",), 1)
    exercise = tasks.Exercise("Exercise 1", "All of it.", (1,), tasks.solution_lines(code.source))
    spent = model.of(section(cells=((1, code),), exercises=(exercise,)))
    assert spent.alone == pytest.approx(model.EXERCISE + 2 * model.LINE)


def test_what_is_asked_and_drawn_takes_time_in_the_room_and_none_at_home() -> None:
    quiet = model.room(section(prose="word " * 200))
    assert model.room(section(prose="word " * 200), asked=2, drawn=1) > quiet
    assert model.room(section(heading="Without help", prose="word " * 200), asked=2) == 0


def test_the_prose_before_the_first_heading_is_the_opening() -> None:
    first = lesson.read(chapters.find(3)).sections[0]
    assert first.heading == OPENING
    assert first.prose.startswith("Gavel forgets.")
