"""A chapter presented in JupyterLab, with cells that run, by the extension jupyterlab-rise.

It reads each cell's `slideshow.slide_type`. The copy that is presented lies in the workspace; notebooks/ and
solutions/ stay as they are.
"""

import contextlib
import json
import os
from pathlib import Path
from typing import Any

from course import paths
from course.engine.chapters import Chapter
from course.errors import CourseError
from course.setup import launch
from course.setup.environment import TEACHING
from course.teach.slides import book, markup

STYLE = """\
.reveal .jp-RenderedHTMLCommon { font-size: 26px; line-height: 1.4; }
.reveal .jp-RenderedHTMLCommon :is(h1, h2, h3) { text-transform: none; }
.reveal .cm-editor, .reveal .jp-OutputArea-output, .reveal .jp-OutputArea-output pre { font-size: 20px; }
"""
"""Read by jupyterlab-rise from a file of this name beside the notebook."""
STYLE_NAME = "rise.css"
NOT_NEEDED = ("nbgrader.server_extensions.formgrader",)
"""What .venv-teach has for other purposes, and what would complain here that its folder is elsewhere."""


def present(chapter: Chapter, *, browser: bool, port: int | None) -> int:
    """Prepare the copy and run JupyterLab on it until it is stopped.

    Raises:
        CourseError: the port cannot be had, or the copy cannot be written.
    """
    if port is not None:
        launch.try_port(port)
    path = prepare(chapter)
    launch.prepare(os.environ, TEACHING)
    from jupyterlab.labapp import LabApp  # type: ignore[import-untyped]

    own = ("--ServerApp.root_dir", "--LabApp.default_url")
    words = [word for word in launch.options(browser=browser, port=port) if not word.startswith(own)]
    words += [f"{own[0]}={path.parent}", f"{own[1]}=/rise/{path.name}"]
    words += [f"--ServerApp.jpserver_extensions={dict.fromkeys(NOT_NEEDED, False)}"]
    token = launch.own_token([])
    server = LabApp.initialize_server(
        argv=[*words, *([f"--IdentityProvider.token={token}"] if token else [])]
    )
    address = f"{server.public_url.split('?')[0]}?token={token}" if token else server.public_url
    print(f"{paths.shown(path)} is presented at:\n\n    {address}\n")
    print("Click in a cell, then Ctrl+Enter runs it. ? lists the keys. Ctrl-C here stops it.\n", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        server.start()
    return 0


def prepare(chapter: Chapter) -> Path:
    """Write the copy that is presented, and give its path. One that was worked in is kept beside it.

    Raises:
        CourseError: it cannot be written.
    """
    path = paths.workspace() / "slides" / "live" / f"{chapter.stem}.ipynb"
    text = json.dumps(notebook(chapter), indent=1, ensure_ascii=False) + "\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.read_text(encoding="utf-8") != text:
            os.replace(path, _free(path))
        path.write_text(text, encoding="utf-8", newline="\n")
        (path.parent / STYLE_NAME).write_text(STYLE, encoding="utf-8", newline="\n")
    except OSError as error:
        raise CourseError(
            f"{path} cannot be written: {error.strerror or error}.",
            "Set COURSE_WORKSPACE to a folder of your own.",
        ) from error
    return path


def _free(path: Path) -> Path:
    number = 1
    while (kept := path.with_name(f"{path.stem}-kept-{number}.ipynb")).exists():
        number += 1
    return kept


def notebook(chapter: Chapter) -> dict[str, Any]:
    """The solved notebook without outputs, its guesses open again, each cell with its place in the show."""
    saved = book.load(chapter)
    for cell, ours in zip(saved["cells"], book.cells(chapter), strict=True):
        cell["metadata"]["slideshow"] = {"slide_type": _slide_type(ours)}
        if ours.kind == "code":
            cell["source"] = ours.stub if ours.predicts else ours.source
            cell["outputs"], cell["execution_count"] = [], None
    saved["metadata"]["rise"] = {"theme": "white", "scroll": True, "slideNumber": "c/t"}
    return saved


def _slide_type(cell: book.Cell) -> str:
    """Headings begin a slide, code stands below, tables and lists are shown, other words are notes."""
    if cell.kind == "code":
        return "subslide"
    blocks = markup.blocks(cell.source)
    if blocks and blocks[0].level:
        return "slide" if blocks[0].level <= 2 else "subslide"
    return "notes" if all(block.kind == "words" for block in blocks) else "subslide"
