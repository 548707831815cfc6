"""A chapter as an assignment: its solved notebook, with the marks that nbgrader reads.

Imports Jupytext and nbformat, which cost seconds: only the export does.
"""

import re

import jupytext
import nbformat

from course.engine import given, notebooks, predictions, texts
from course.engine.chapters import Chapter
from course.engine.checkpoint import requirements
from course.engine.checkpoint.requirements import Requirement
from course.teach.grades.stubs import marked

SCHEMA = 3
"""The version of nbgrader's cell metadata (`nbgrader.nbgraderformat`)."""
BEFORE_POINTS = """\
## Points

Before you submit, run the next cell. It packs your service, as it is in its folder, into `service.zip`
beside this notebook; submit both files. Graded are that archive and the build cells of this notebook; where
they differ, the better one counts. So what you changed in an editor counts, if you packed it, and so does a
cell that you ran after packing.

Each cell below it is a requirement, with its points. You may run them: they say what your service would
get."""
PACK = "from course.teach.grades import pack\n\npack()"


def source(chapter: Chapter, points: int = 1) -> nbformat.NotebookNode:
    """The notebook for nbgrader's `source` folder: solved, with marks, and a cell of tests a requirement.

    Predictions have no explanations, as in the learner's notebook.

    Args:
        points: for each requirement but the given ones, which hold in the untouched starter and earn nothing.
    """
    book = notebooks.notebook(chapter, solution=True)
    text = given.as_shown(chapter.text.read_text(encoding="utf-8"))
    read = jupytext.reads(text, fmt="md:myst").cells
    for cell, written in zip(book.cells, read, strict=True):
        tags = written.metadata.get("tags", [])
        if texts.SOLUTION in tags:
            cell.metadata["tags"] = [texts.SOLUTION]
        elif cell.cell_type == "code" and texts.is_exercise(written.source):
            cell.source = marked(predictions.without_why(written.source))
            cell.metadata["nbgrader"] = _metadata(cell.id, solution=True)
        elif cell.cell_type == "code":
            cell.source = predictions.without_why(cell.source)
    prefix = chapter.stem[:4]
    first = _locked(f'from course.teach.grades import begin\n\nbegin("{chapter.stem}")', f"{prefix}-begin")
    at = next(at for at, cell in enumerate(book.cells) if cell.cell_type == "code")
    book.cells.insert(at, first)
    before = nbformat.v4.new_markdown_cell(BEFORE_POINTS, id=f"{prefix}-points")
    book.cells += [before, _locked(PACK, f"{prefix}-pack")]
    book.cells += [_graded(chapter, one, points) for one in requirements.read(chapter.tests)]
    return book


def total(chapter: Chapter, points: int = 1) -> int:
    """The points of a chapter."""
    return sum(0 if one.given else points for one in requirements.read(chapter.tests))


def _graded(chapter: Chapter, one: Requirement, points: int) -> nbformat.NotebookNode:
    words = re.sub(r"\s+", " ", one.sentence)
    comment = f"# Given, so it earns nothing. {words}" if one.given else f"# {words}"
    source = f'{comment}\nfrom course.teach.grades import requirement\n\nrequirement("{one.id}")'
    cell = nbformat.v4.new_code_cell(source, id=one.id[:64])
    cell.metadata["nbgrader"] = {
        **_metadata(one.id, locked=True, grade=True),
        "points": 0 if one.given else points,
    }
    return cell


def _locked(source: str, identity: str) -> nbformat.NotebookNode:
    cell = nbformat.v4.new_code_cell(source, id=identity)
    cell.metadata["nbgrader"] = _metadata(identity, locked=True)
    return cell


def _metadata(
    identity: str, *, solution: bool = False, locked: bool = False, grade: bool = False
) -> dict[str, object]:
    return {
        "grade_id": identity,
        "schema_version": SCHEMA,
        "solution": solution,
        "locked": locked,
        "grade": grade,
        "task": False,
    }
