"""Every solved notebook, run twice in one kernel: a learner may run any cell again."""

import os
import re
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from course import paths
from course.engine import chapters
from course.engine.chapters import Chapter
from course.maintain.validate.nbval import SANITIZE, SECONDS

NUMBERED = [chapter for chapter in chapters.numbered() if chapter.solution.exists()]
BUILDS = ("%%write", "%%add", "%given ", "%load_ext")
"""A build cell says what it changed, and the second time nothing; `%chapter` goes on."""
CHECKS = "%checkpoint"
"""Its requirements run in another process, and have tests of their own."""


@pytest.mark.parametrize("chapter", NUMBERED, ids=lambda chapter: chapter.stem)
def test_a_notebook_that_is_run_again_shows_the_same(chapter: Chapter, tmp_path: Path) -> None:
    first, second = run_twice(chapter, tmp_path / "my_service")
    assert len(first) > 15
    differ = [
        f"{source}\n--- first\n{was}\n--- second\n{second[source]}"
        for source, was in first.items()
        if was != second[source] and not source.startswith(BUILDS)
    ]
    assert not differ, "\n\n".join(differ)


def run_twice(chapter: Chapter, workspace: Path) -> tuple[dict[str, str], dict[str, str]]:
    """What each code cell shows, by its source: at the first run of the notebook and at the second."""
    import nbformat  # costs seconds: only when the test runs
    from nbclient import NotebookClient

    book = nbformat.read(chapter.solution, as_version=4)
    cells = [cell for cell in book.cells if cell.cell_type == "code" and cell.source != CHECKS]
    workspace.mkdir()
    client = NotebookClient(
        book,
        timeout=int(SECONDS),
        kernel_name="python3",
        extra_arguments=["--log-level=40"],
        coalesce_streams=True,
        allow_errors=True,
        resources={"metadata": {"path": str(paths.NOTEBOOKS)}},
    )
    runs: list[dict[str, str]] = []
    environment = {"COURSE_WORKSPACE": str(workspace), "PYTHONHASHSEED": "0"}
    with patch.dict(os.environ, environment), client.setup_kernel():
        for _ in range(2):
            seen: dict[str, str] = {}
            for cell in cells:
                client.execute_cell(cell, book.cells.index(cell))
                seen[cell.source] = seen.get(cell.source, "") + "\n".join(map(shown, cell.outputs))
            runs.append(seen)
    return runs[0], runs[1]


def shown(output: Any) -> str:
    """An output as nbval compares it: its text, HTML and SVG, and the name and message of an exception."""
    parts = [output.get(name, "") for name in ("name", "text", "ename", "evalue")]
    data = output.get("data", {})
    parts += [str(data.get(kind, "")) for kind in ("text/plain", "text/html", "image/svg+xml")]
    text = "\n".join(filter(None, parts))
    for pattern, instead in sanitized():
        text = pattern.sub(instead, text)
    return text


def sanitized() -> Iterator[tuple[re.Pattern[str], str]]:
    rules = ConfigParser(interpolation=None)
    rules.read(SANITIZE)
    for name in rules.sections():
        yield re.compile(rules[name]["regex"]), rules[name]["replace"]
