"""What the run over notebooks finds, and what it lets be."""

import json
from pathlib import Path
from typing import Any

from course.validate import nbval, running, steps
from course.validate.steps import Step


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


def test_cells_are_compared_with_what_they_said(tmp_path: Path) -> None:
    book = tmp_path / "book é.ipynb"
    cells = [
        cell("print(1 + 1)", [stream("2\n")]),
        cell("print(2 + 2)", [stream("5\n")]),
        cell("import random; print(random.random())", None),
        cell("1 / 0", None),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    data = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    book.write_text(json.dumps(data), encoding="utf-8")
    command = (*steps.PYTEST, "--rootdir", str(tmp_path), *nbval.arguments([book]))
    (run,) = running.run_all([Step("book", "cells", (command,))])
    assert [test["outcome"] for test in run.tests] == ["passed", "failed", "passed", "failed"], run.output
