"""A chapter's page: the cells as the learner meets them, and each solution folded below its cell."""

import json
from pathlib import Path
from typing import Any

from course.engine.chapters import Chapter
from course.engine.texts import MAGIC
from course.teach.site import links, outputs

Cell = dict[str, Any]
ONE_SOLUTION = "Show one solution"
ANSWER = "Show what happens"


def page(chapter: Chapter) -> str:
    """The notebook of a chapter's page, as JSON: stubs without outputs, all else with what was saved."""
    solved = {cell["id"]: cell for cell in _cells(chapter.solution)}
    shown: list[Cell] = []
    for cell in _cells(chapter.notebook):
        twin = None if chapter.is_exam else solved[cell["id"]]
        shown += _text(cell, chapter) if cell["cell_type"] == "markdown" else _code(cell, twin)
    return _book([*shown, _markdown(_closing(chapter), "closing")])


def solution(chapter: Chapter) -> str:
    """The whole solution as one notebook: for an exam, whose page would give everything away."""
    first, *rest = _cells(chapter.solution)
    words = (
        f"# {chapter.label} · One solution\n\nThis gives everything away. The specification is in "
        f"[the exam](/chapters/{chapter.stem}.ipynb)."
    )
    shown = [_markdown(words, first["id"])]
    for cell in rest:
        shown += _text(cell, chapter) if cell["cell_type"] == "markdown" else _code(cell, cell)
    return _book(shown, nosearch=True)


def _cells(path: Path) -> list[Cell]:
    cells: list[Cell] = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return cells


def _text(cell: Cell, chapter: Chapter) -> list[Cell]:
    return [_markdown(links.rewritten("".join(cell["source"]), chapter.text), cell["id"])]


def _code(cell: Cell, twin: Cell | None) -> list[Cell]:
    """The cell with its outputs; or the learner's, and folded below it the solved one with its outputs.

    Of a prediction only the outputs are folded: they repeat the guess.
    """
    source = "".join(cell["source"])
    if twin is None:
        return [_made(cell["id"], source, [], {})]
    results = outputs.tidied(twin["outputs"])
    if source == "".join(twin["source"]):
        return [_made(cell["id"], source, results, {})]
    built = MAGIC.match(source) or "exercise" in _tags(cell)
    folded = {
        "tags": ["hide-cell"] if built else ["hide-cell", "remove-input"],
        "mystnb": {"code_prompt_show": ONE_SOLUTION if built else ANSWER},
    }
    return [
        _made(cell["id"], source, [], {"tags": ["stub"]}),
        _made(f"{cell['id']}-solved", "".join(twin["source"]), results, folded),
    ]


def _tags(cell: Cell) -> list[str]:
    tags: list[str] = cell["metadata"].get("tags", [])
    return tags


def _made(identity: str, source: str, results: list[Cell], metadata: dict[str, Any]) -> Cell:
    return {
        "cell_type": "code",
        "id": identity,
        "source": source,
        "outputs": results,
        "metadata": metadata,
        "execution_count": None,
    }


def _markdown(source: str, identity: str) -> Cell:
    return {"cell_type": "markdown", "id": identity, "source": source, "metadata": {}}


def _closing(chapter: Chapter) -> str:
    """Where the chapter's files are."""
    rows = [
        ("the notebook", f"`notebooks/{chapter.stem}.ipynb`"),
        ("its solution, run", f"`solutions/{chapter.stem}.ipynb`"),
        ("the service at its end", f"`app_checkpoints/{chapter.stem}/`"),
    ]
    table = "\n".join(f"| {what} | {where} |" for what, where in rows)
    words = f"## On your own machine\n\n| to find | in the course's folder |\n|---|---|\n{table}\n\n"
    words += f"To begin here without JupyterLab: `python3 -m course start {chapter.typed}`."
    if chapter.is_exam:
        words += f"\n\nThe solution, run, has [a page of its own](/chapters/{chapter.stem}_solution.ipynb)."
    return words


def _book(cells: list[Cell], *, nosearch: bool = False) -> str:
    metadata: dict[str, Any] = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python", "pygments_lexer": "gavel"},
    }
    if nosearch:
        metadata |= {"orphan": True, "nosearch": True}
    return json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})
