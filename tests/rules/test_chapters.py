"""What every finished chapter keeps to."""

import ast
import re

import pytest

from course.engine import chapters, compose, misconceptions, projects, texts
from course.engine.chapters import Chapter
from course.engine.checkpoint.requirements import read

FINISHED = [
    chapter for chapter in chapters.contents() if not texts.is_draft(chapter.text.read_text(encoding="utf-8"))
]
each_chapter = pytest.mark.parametrize("chapter", FINISHED, ids=lambda chapter: chapter.stem)
each_exam = pytest.mark.parametrize(
    "exam", [each for each in FINISHED if each.is_exam], ids=lambda exam: exam.stem
)


def cells(chapter: Chapter) -> list[texts.Code]:
    return texts.code_cells(chapter.text.read_text(encoding="utf-8"))


@each_chapter
def test_a_chapter_has_three_to_five_exercises_and_an_exam_none(chapter: Chapter) -> None:
    text = chapter.text.read_text(encoding="utf-8")
    exercises = set(re.findall(r"^\*\*Exercise (\d+)", text, re.MULTILINE))
    assert not exercises if chapter.is_exam else 3 <= len(exercises) <= 5


@each_exam
def test_each_requirement_of_an_exam_names_a_paragraph_and_each_paragraph_is_checked(exam: Chapter) -> None:
    """A sentence begins with its paragraph, `§4 `; a paragraph is a heading, `### §4 The title`."""
    text = exam.text.read_text(encoding="utf-8")
    paragraphs = re.findall(r"^### (§\d+) ", text, re.MULTILINE)
    checked = [requirement.sentence.split(" ")[0] for requirement in read(exam.tests)]
    assert sorted(set(paragraphs)) == sorted(paragraphs)
    assert set(checked) == set(paragraphs)
    assert checked == sorted(checked, key=paragraphs.index), "in the order of the specification"


@each_exam
def test_an_exam_gives_the_learner_nothing_of_its_solution(exam: Chapter) -> None:
    given = [cell.source for cell in cells(exam) if cell.builds and texts.SOLUTION not in cell.tags]
    assert not any(texts.is_exercise(source) for source in given)
    assert len("\n".join(given).split("\n")) < 100


@each_chapter
def test_a_build_cell_changes_nothing_when_it_is_run_again(chapter: Chapter) -> None:
    """A learner runs a cell twice. One that moves a name behind what uses it would break the file."""
    files = projects.start(chapter)
    for cell in texts.build_cells(chapter.text.read_text(encoding="utf-8"), stubs=False):
        files = compose.applied(files, cell)
        assert compose.applied(files, cell) == files, cell.split("\n", 1)[0]


@each_chapter
def test_a_build_cell_has_at_most_thirty_lines(chapter: Chapter) -> None:
    long = {
        cell.line: len(body)
        for cell in cells(chapter)
        if cell.builds and len(body := texts.solved(cell.source).split("\n")[1:]) > 30
    }
    assert not long, "line of the text: lines of the cell"


@each_chapter
def test_a_cell_with_marks_is_tagged_as_an_exercise_or_is_a_prediction(chapter: Chapter) -> None:
    untagged = [
        cell.line
        for cell in cells(chapter)
        if cell.builds and texts.is_exercise(cell.source) != ("exercise" in cell.tags)
    ]
    assert not untagged, "lines of the text"


@each_chapter
def test_running_all_cells_reveals_no_hint_and_no_solution(chapter: Chapter) -> None:
    for cell in cells(chapter):
        assert not cell.source.startswith(("%hint", "%solution"))
    assert [cell.source for cell in cells(chapter) if cell.source == "%checkpoint"] == ["%checkpoint"]


@each_chapter
def test_a_requirement_says_what_it_is_and_helps_by_three_rungs(chapter: Chapter) -> None:
    for requirement in read(chapter.tests):
        assert requirement.sentence.endswith("."), requirement.id
        if not requirement.given:
            assert len(requirement.hints) == 3, requirement.id
            assert requirement.hints[0].endswith("?"), requirement.id


@each_chapter
def test_every_assertion_of_a_checkpoint_says_what_was_expected(chapter: Chapter) -> None:
    tree = ast.parse(chapter.tests.read_text(encoding="utf-8"))
    bare = [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Assert) and node.msg is None]
    assert not bare, f"lines of {chapter.tests.name}"


@each_chapter
def test_a_chapter_knows_eight_misconceptions_and_three_other_right_answers(chapter: Chapter) -> None:
    entries = misconceptions.load(chapter.misconceptions)
    assert len(entries) >= 8
    assert len({entry.name for entry in entries}) == len(entries)
    assert all(entry.words for entry in entries)
    assert len(misconceptions.load(chapter.alternatives)) >= 3


@each_chapter
def test_a_misconception_names_a_requirement_of_its_chapter(chapter: Chapter) -> None:
    known = {requirement.id for requirement in read(chapter.tests)}
    assert {entry.requirement for entry in misconceptions.load(chapter.misconceptions)} <= known
