"""The steps that the course puts into nbgrader: its own stubs, and points from its own checkpoint.

`nbgrader_config.py` of an exported course folder names the three lists below. They are nbgrader's own lists
(0.9), but for `OwnStubs` in place of `ClearSolutions`, `RestoreCells` in place of `OverwriteCells`, and
`CheckService` in place of `Execute`.
"""

from pathlib import Path
from typing import Any

from nbformat import from_dict
from nbformat.v4 import new_output
from nbgrader import utils  # type: ignore[import-not-found]  # stands in .venv-teach alone
from nbgrader.converters import Autograde, GenerateAssignment  # type: ignore[import-not-found]
from nbgrader.preprocessors import (  # type: ignore[import-not-found]
    ClearSolutions,
    Execute,
    NbGraderPreprocessor,
    OverwriteCells,
)

from course.engine import chapters, texts
from course.teach.grades import grading
from course.teach.grades.packing import SERVICE
from course.teach.grades.stubs import released

Notebook = Any
Resources = Any


class OwnStubs(ClearSolutions):  # type: ignore[misc]
    """Give each exercise the stub that its author wrote, and leave out what only the solution has."""

    def preprocess(self, nb: Notebook, resources: Resources) -> tuple[Notebook, Resources]:
        nb.cells = [cell for cell in nb.cells if texts.SOLUTION not in cell.metadata.get("tags", [])]
        for cell in nb.cells:
            if cell.cell_type == "code":
                cell.source = released(cell.source)
        return nb, resources


class RestoreCells(OverwriteCells):  # type: ignore[misc]
    """Put back what nbgrader put in and the learner changed or lost.

    nbgrader puts a lost cell after its neighbour, and gives up on the submission where that is lost too. Here
    the order says nothing, so lost cells go to the end.
    """

    def preprocess(self, nb: Notebook, resources: Resources) -> tuple[Notebook, Resources]:
        self.add_missing_cells = True
        return super().preprocess(nb, resources)  # type: ignore[no-any-return]

    def add_missing_grade_cells(self, nb: Notebook, resources: Resources) -> tuple[Notebook, Resources]:
        stored = self.gradebook.find_notebook(self.notebook_id, self.assignment_id)
        there = {cell.metadata.nbgrader["grade_id"] for cell in nb.cells if utils.is_grade(cell)}
        sources = {cell.name: cell for cell in stored.source_cells}
        for lost in stored.grade_cells:
            if lost.name not in there:
                self.log.warning("The cell %s is missing from the submission; it is put back.", lost.name)
                cell = self.missing_cell_transform(sources[lost.name], lost.max_score)
                nb.cells.append(from_dict({**cell, "id": lost.name[:64]}))
        return nb, resources


class CheckService(NbGraderPreprocessor):  # type: ignore[misc]
    """Fill in what each cell of points says, from one run of the chapter's checkpoint.

    The notebook itself is not run: see `course.teach.grades.grading`.
    """

    def preprocess(self, nb: Notebook, resources: Resources) -> tuple[Notebook, Resources]:
        chapter = chapters.find(resources["nbgrader"]["notebook"])
        folder = Path(resources["metadata"]["path"])
        cells = [cell.source for cell in nb.cells if cell.cell_type == "code"]
        judgement = grading.judge(chapter, cells, archive=folder / SERVICE)
        for line in judgement.summary.split("\n"):
            self.log.info("%s, %s: %s", resources["nbgrader"]["student"], chapter.stem, line)
        for number, cell in enumerate((c for c in nb.cells if c.cell_type == "code"), 1):
            name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
            cell.outputs = []
            if utils.is_grade(cell):
                cell.execution_count = number
                cell.outputs = [_output(judgement, name)]
            elif utils.is_locked(cell) and name.endswith("-pack"):
                cell.outputs = [new_output("stream", name="stdout", text=judgement.summary + "\n")]
        return nb, resources


def _output(judgement: grading.Judgement, requirement: str) -> Notebook:
    """An error where the requirement does not hold, which nbgrader takes for no points."""
    verdict = judgement.verdict(requirement)
    if verdict is not None and verdict.holds:
        return new_output("stream", name="stdout", text=judgement.words(requirement) + "\n")
    words = judgement.words(requirement)
    return new_output("error", ename="NotYet", evalue=words.split("\n")[0], traceback=words.split("\n"))


def _with(steps: list[Any], old: type, new: type) -> list[Any]:
    return [new if step is old else step for step in steps]


RELEASE = _with(GenerateAssignment.preprocessors.default_args[0], ClearSolutions, OwnStubs)
SANITIZE = _with(Autograde.sanitize_preprocessors.default_args[0], OverwriteCells, RestoreCells)
AUTOGRADE = _with(Autograde.autograde_preprocessors.default_args[0], Execute, CheckService)

__all__ = ["AUTOGRADE", "RELEASE", "SANITIZE"]
