"""A chapter presented in JupyterLab: the copy, and a cell that is run in the presentation."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from course import paths
from course.engine import chapters
from course.teach.slides import book, live

SECONDS = 60
HERE = ".reveal section.present:not(:has(section)) .jp-CodeCell"


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COURSE_WORKSPACE", str(tmp_path))
    return tmp_path


def test_each_cell_has_its_place_and_guesses_are_open(workspace: Path) -> None:
    chapter = chapters.find(3)
    cells = live.notebook(chapter)["cells"]
    places = {cell["metadata"]["slideshow"]["slide_type"] for cell in cells}
    assert places == {"slide", "subslide", "notes"}
    for cell, ours in zip(cells, book.cells(chapter), strict=True):
        if ours.kind == "code":
            assert cell["outputs"] == []
            assert cell["source"] == (ours.stub if ours.predicts else ours.source)


def test_a_copy_that_was_worked_in_is_kept_and_the_notebooks_stay_as_they_are(workspace: Path) -> None:
    chapter = chapters.find(0)
    before = {path: path.read_bytes() for path in (chapter.notebook, chapter.solution)}
    path = live.prepare(chapter)
    assert live.prepare(chapter) == path
    assert sorted(each.name for each in path.parent.iterdir()) == [path.name, "rise.css"]
    path.write_text("my own")
    live.prepare(chapter)
    assert path.with_name("ch00_start_here-kept-1.ipynb").read_text() == "my own"
    assert json.loads(path.read_text(encoding="utf-8"))["cells"]
    assert path.is_relative_to(workspace)
    assert {each: each.read_bytes() for each in before} == before


@pytest.fixture
def address(browser: object, tmp_path: Path) -> Iterator[str]:
    """Where `course slides 0 --live` says that it presents."""
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "course", "slides", "0", "--live", "--no-browser", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={
            **os.environ,
            "COURSE_WORKSPACE": str(tmp_path / "my_service"),
            "JUPYTER_CONFIG_DIR": str(tmp_path / "config"),
            "JUPYTER_DATA_DIR": str(tmp_path / "data"),
            "JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime"),
            "JUPYTERLAB_SETTINGS_DIR": str(tmp_path / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(tmp_path / "workspaces"),
            "IPYTHONDIR": str(tmp_path / "ipython"),
            "PYTHONUNBUFFERED": "1",
        },
        cwd=paths.ROOT,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            found = (re.search(r"http://\S+", line) for line in process.stdout)
            yield next(match[0] for match in found if match)
        finally:
            process.terminate()
            process.wait(SECONDS)


def test_a_cell_runs_in_the_presentation(browser: Any, address: str) -> None:
    from playwright.sync_api import TimeoutError

    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.set_default_timeout(SECONDS * 1000)
    page.goto(address)
    page.wait_for_selector(".reveal section.present h1")
    for _ in range(5):  # the title, a heading, its first cell; a key that comes too early is not heard
        page.keyboard.press("Space")
        with suppress(TimeoutError):
            page.wait_for_selector(HERE, timeout=2000)
            break
    page.click(f"{HERE} .cm-content")
    page.keyboard.press("Control+Enter")  # Shift+Enter would go on to the next slide
    page.wait_for_selector(f"{HERE} .jp-OutputArea-output")
    assert "Chapter 0 starts from an empty service" in page.inner_text(f"{HERE} .jp-OutputArea-output")
    page.close()
