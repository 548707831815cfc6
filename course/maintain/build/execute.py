"""Run a solution from top to bottom and keep its outputs."""

import os
import re
import tempfile
from pathlib import Path
from unittest.mock import patch

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from course import paths
from course.engine.chapters import Chapter
from course.errors import CourseError

SECONDS_A_CELL = 60
ADDRESS = re.compile(r"0x[0-9a-f]{6,}")
ANSI = re.compile(r"\x1b\[[0-9;]*m")


def execute(book: nbformat.NotebookNode, chapter: Chapter) -> None:
    """Fill in the outputs of a notebook, in an empty workspace of its own.

    Raises:
        CourseError: a cell raised that is not tagged `raises-exception`, took longer than 60 s, or printed
            something that differs from run to run or from machine to machine.
    """
    with tempfile.TemporaryDirectory(prefix="course-") as name:
        workspace = Path(name) / "my_service"
        workspace.mkdir()
        client = NotebookClient(
            book,
            timeout=SECONDS_A_CELL,
            kernel_name="python3",
            extra_arguments=["--log-level=40"],  # a kernel on a TCP port warns of it at every start
            coalesce_streams=True,
            record_timing=False,
            resources={"metadata": {"path": str(paths.NOTEBOOKS)}},
        )
        with patch.dict(os.environ, {"COURSE_WORKSPACE": str(workspace), "PYTHONHASHSEED": "0"}):
            try:
                client.execute()
            except CellExecutionError as error:
                raise CourseError(
                    f"{chapter.text.name}: a cell raised.\n{error}", "Correct it, or tag it raises-exception."
                ) from error
            except (CellTimeoutError, DeadKernelError) as error:
                raise CourseError(
                    f"{chapter.text.name}: {error}", "Correct the cell and build again."
                ) from error
        for cell in book.cells:
            if cell.cell_type == "code":
                _tidy(cell)
                _refuse_what_varies(cell, (name, str(paths.ROOT)), chapter)


def _tidy(cell: nbformat.NotebookNode) -> None:
    for output in cell.outputs:
        if output.output_type == "error":
            # The frames hold the paths of this machine; readers and nbval need the last line.
            output.traceback = [f"{output.ename}: {output.evalue}"]


def _refuse_what_varies(cell: nbformat.NotebookNode, folders: tuple[str, ...], chapter: Chapter) -> None:
    shown = ANSI.sub("", str(cell.outputs))
    for varying in [*(folder for folder in folders if folder in shown), *ADDRESS.findall(shown)[:1]]:
        raise CourseError(
            f"{chapter.text.name}, cell {cell.id} shows `{varying}`, which differs elsewhere:\n{cell.source}",
            "Show a name, a number or a relative path instead.",
        )
