"""What the run over notebooks finds, and what it lets be."""

import json
from pathlib import Path
from typing import Any

from course import paths
from course.maintain.validate import runner, steps
from course.maintain.validate.steps import Step


def cell(source: str, outputs: list[dict[str, Any]] | None, **metadata: Any) -> dict[str, Any]:
    """A code cell; without a list of outputs, one that was never run."""
    return {
        "cell_type": "code",
        "id": f"c{abs(hash(source))}",
        "metadata": metadata,
        "source": source,
        "execution_count": None if outputs is None else 1,
        "outputs": outputs or [],
    }


def stream(text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": text}


def write(book: Path, cells: list[dict[str, Any]]) -> Path:
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    data = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    book.write_text(json.dumps(data), encoding="utf-8")
    return book


def outcomes(folder: Path, books: list[Path]) -> list[str]:
    conftest = (paths.SOLUTIONS / "conftest.py").read_text(encoding="utf-8")
    root = "Path(__file__).resolve().parent.parent"
    assert root in conftest
    (folder / "conftest.py").write_text(
        conftest.replace(root, f"Path({str(paths.ROOT)!r})"), encoding="utf-8"
    )
    command = (*steps.PYTEST, "-p", "nbval", "--nbval", "--rootdir", str(folder), *map(str, books))
    (run,) = runner.run_all([Step("book", "cells", (command,))])
    return [test["outcome"] for test in run.tests]


def test_cells_are_compared_with_what_they_said(tmp_path: Path) -> None:
    cells = [
        cell("print(1 + 1)", [stream("2\n")]),
        cell("print(2 + 2)", [stream("5\n")]),
        cell("import random; print(random.random())", None),
        cell("1 / 0", None),
    ]
    book = write(tmp_path / "book é.ipynb", cells)
    assert outcomes(tmp_path, [book]) == ["passed", "failed", "passed", "failed"]


def test_no_notebook_sees_what_another_one_built(tmp_path: Path) -> None:
    look = "import os; from pathlib import Path; here = Path(os.environ['COURSE_WORKSPACE'])"
    cells = [
        cell(f"{look}; print(here.name, os.listdir(here))", [stream("my_service []\n")]),
        cell("(here / 'ch00').mkdir()", []),
    ]
    books = [write(tmp_path / f"{name}.ipynb", cells) for name in ("first", "second")]
    assert outcomes(tmp_path, books) == ["passed"] * 4
