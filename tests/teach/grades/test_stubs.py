"""The marks of a solution, to nbgrader's source notebooks and back."""

import ast

import pytest

from course.engine import chapters, projects, texts
from course.engine.chapters import Chapter
from course.teach.grades import candidates, stubs

EVERY = pytest.mark.parametrize("chapter", chapters.contents(), ids=lambda chapter: chapter.stem)
CELL = """\
def price():
    ### BEGIN SOLUTION
    return 12
    ### STUB
    return ...  # how much?

    # nothing else
    ### END SOLUTION"""


def cells(chapter: Chapter) -> list[str]:
    return [cell.source for cell in texts.code_cells(chapter.text.read_text(encoding="utf-8"))]


def test_a_stub_stands_as_a_comment_beside_its_solution() -> None:
    marked = stubs.marked(CELL)
    assert "    return 12\n" in marked
    assert "    # return ...  # how much?\n" in marked
    assert stubs.released(marked) == texts.stubbed(CELL)


@EVERY
def test_what_learners_get_from_nbgrader_is_what_the_course_gives_them(chapter: Chapter) -> None:
    assert [stubs.released(stubs.marked(cell)) for cell in cells(chapter)] == [
        texts.stubbed(cell) for cell in cells(chapter)
    ]


@pytest.mark.parametrize("name", ["1", "7", "exam"])  # a second of CPU each
def test_a_source_notebook_builds_the_courses_own_service(name: str) -> None:
    chapter = chapters.find(name)
    text = chapter.text.read_text(encoding="utf-8")
    marked = [stubs.marked(cell) for cell in cells(chapter) if cell not in texts.skeleton(text)]
    built = candidates.from_cells(chapter, marked)
    assert built.notes == ()
    for name, content in projects.project(chapter).items():
        if name.endswith(".py"):
            assert ast.dump(ast.parse(built.files[name])) == ast.dump(ast.parse(content)), name
