"""What every finished chapter keeps to."""

import ast
import json
import re
from collections import Counter

import pytest

from course.engine import (
    chapters,
    compose,
    exercises,
    given,
    misconceptions,
    predictions,
    projects,
    stages,
    texts,
)
from course.engine.chapters import Chapter
from course.engine.checkpoint.requirements import read
from course.maintain.build import freshness, minutes

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
def test_a_chapter_has_three_to_eight_exercises_and_an_exam_none(chapter: Chapter) -> None:
    text = chapter.text.read_text(encoding="utf-8")
    exercises = set(re.findall(r"^\*\*Exercise (\d+)", text, re.MULTILINE))
    assert not exercises if chapter.is_exam else 3 <= len(exercises) <= 8


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
def test_a_build_cell_has_at_most_thirty_lines_and_one_of_given_code_ninety(chapter: Chapter) -> None:
    long = {
        cell.line: len(body)
        for cell in cells(chapter)
        if cell.builds and len(body := texts.solved(cell.source).split("\n")[1:]) > (90 if cell.given else 30)
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


@each_chapter
def test_each_requirement_names_its_exercise_and_each_exercise_has_a_requirement(chapter: Chapter) -> None:
    named = {
        requirement.id: requirement.exercise for requirement in read(chapter.tests) if not requirement.given
    }
    assert not any(requirement.exercise for requirement in read(chapter.tests) if requirement.given)
    known = {exercise.number for exercise in exercises.of(chapter)}
    if chapter.is_exam:
        assert set(named.values()) == {None}
    else:
        assert {name: number for name, number in named.items() if number not in known} == {}
        assert set(named.values()) == known


@each_chapter
def test_a_check_stands_behind_each_exercise(chapter: Chapter) -> None:
    checks = [(cell.line, cell.source.split("\n")[0]) for cell in cells(chapter)]
    checks = [(line, source) for line, source in checks if source.startswith("%check ")]
    known = exercises.of(chapter)
    assert [source for _, source in checks] == [f"%check {exercise.number}" for exercise in known]
    shown = texts.code_cells(given.as_shown(chapter.text.read_text(encoding="utf-8")))
    for (line, _), exercise in zip(checks, known, strict=True):
        between = [cell.line for cell in shown if exercise.line < cell.line < line]
        assert exercise.line < line
        assert len(between) <= 1, f"cells between exercise {exercise.number} and its check"


@each_chapter
def test_a_chapter_has_three_or_four_stages_and_an_exam_none(chapter: Chapter) -> None:
    begins = stages.begins(chapter.text.read_text(encoding="utf-8"))
    assert not begins if chapter.is_exam else 3 <= len(begins) <= 4
    assert freshness.load(chapter).stages == minutes.counted(chapter), "Build again: course build"


@each_chapter
def test_an_exercise_that_is_solved_holds_before_the_rest_of_the_chapter_is_there(chapter: Chapter) -> None:
    """What `%check` runs is the whole service: the course's code stands in for the cells that follow."""
    text = chapter.text.read_text(encoding="utf-8")
    for exercise in exercises.of(chapter):
        files = projects.start(chapter)
        for cell in cells(chapter):
            if cell.builds and cell.line <= exercise.line:
                files = compose.applied(files, texts.solved(cell.source))
        whole = exercises.completed(chapter, exercise, files)
        later = [cell for cell in texts.code_cells(text) if cell.builds and cell.line > exercise.line]
        assert (whole is not None) <= bool(later)
        if whole is not None:
            assert whole == projects.project(chapter), f"exercise {exercise.number}"


@each_chapter
def test_a_prediction_has_an_id_and_a_reason(chapter: Chapter) -> None:
    found = {cell.line: predictions.predictions(texts.solved(cell.source)) for cell in cells(chapter)}
    bare = [line for line, asked in found.items() for each in asked if not (each.id and each.why)]
    assert not bare, "lines of the text"


@each_chapter
def test_a_prediction_is_the_last_statement_of_its_cell(chapter: Chapter) -> None:
    """A notebook shows the value of a cell's last statement, and nothing of a `predict` before it."""
    hidden = []
    for cell in cells(chapter):
        if predictions.predictions(solved := texts.solved(cell.source)):
            last = compile(predictions.MAGIC.sub("#", solved), "cell", "exec", predictions.PARSE).body[-1]
            if not ast.unparse(last).startswith("predict("):
                hidden.append(cell.line)
    assert not hidden, "lines of the text"


def test_the_id_of_a_prediction_is_a_slug_and_unique_in_the_course() -> None:
    written = [
        each.id
        for chapter in chapters.contents()
        for cell in cells(chapter)
        for each in predictions.predictions(texts.solved(cell.source))
    ]
    assert not [each for each in written if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", each)]
    assert not [each for each, count in Counter(written).items() if count > 1]


@each_chapter
def test_a_learners_prediction_has_no_reason_and_finds_its_own(chapter: Chapter) -> None:
    book = json.loads(chapter.notebook.read_text(encoding="utf-8"))
    sources = ["".join(cell["source"]) for cell in book["cells"] if cell["cell_type"] == "code"]
    found = [each for source in sources for each in predictions.predictions(source)]
    assert not [source for source in sources if "predict(" in source and re.search(r"\bwhy\s*=", source)]
    solved = [each for cell in cells(chapter) for each in predictions.predictions(texts.solved(cell.source))]
    assert [each.id for each in found] == [each.id for each in solved]
    for mine, theirs in zip(found, solved, strict=True):
        assert predictions.why_of(mine.id) == theirs.why, mine.id
