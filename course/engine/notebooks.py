"""A chapter's text as a notebook: the learner's, or the solution.

Imports Jupytext and nbformat, which cost seconds: only the build does.
"""

import re
from typing import Any

import jupytext
import nbformat

from course.engine import begin_here, given, predictions, texts
from course.engine.chapters import Chapter

METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def notebook(chapter: Chapter, *, solution: bool) -> nbformat.NotebookNode:
    """The notebook of a chapter, without outputs; cell ids are the chapter and the position (`ch03-07`).

    The learner's has no cell that is tagged `solution`, and no explanation of a prediction.
    Given code is one cell, `%given NAME`. The files of a skeleton are shown as text: a cell that wrote them
    would, run again, write over what has become of them. Below the title stands `begin_here`.
    """
    text = chapter.text.read_text(encoding="utf-8")
    read = jupytext.reads(given.as_shown(text, chapter.text.name), fmt="md:myst")
    choose = texts.solved if solution else learners
    cells = []
    wanted = [cell for cell in read.cells if solution or texts.SOLUTION not in cell.metadata.get("tags", [])]
    for position, cell in enumerate(wanted, 1):
        identity = f"{chapter.stem[:4]}-{position:02}"
        if texts.SKELETON in cell.metadata.get("tags", []):
            cells.append(nbformat.v4.new_markdown_cell(_shown(cell.source), id=identity))
        elif cell.cell_type == "markdown":
            source = cell.source
            if position == 1:
                source = re.sub(r"^# ", f"# {chapter.label} · ", source, count=1)
                source = begin_here.added(source, chapter)
            cells.append(nbformat.v4.new_markdown_cell(source, id=identity))
        else:
            tags = cell.metadata.get("tags", [])
            metadata: dict[str, Any] = {"tags": tags} if tags else {}
            cells.append(nbformat.v4.new_code_cell(choose(cell.source), id=identity, metadata=metadata))
    return nbformat.v4.new_notebook(cells=cells, metadata=METADATA)


def learners(source: str) -> str:
    """A code cell as the learner gets it: with stubs, and without the explanations of its predictions."""
    return predictions.without_why(texts.stubbed(source))


def _shown(source: str) -> str:
    """A file of a skeleton, as a block of code."""
    magic, _, body = source.partition("\n")
    kind = {"py": "python", "toml": "toml"}.get(magic.rpartition(".")[2], "text")
    return f"```{kind}\n{body}\n```"


def dumps(book: nbformat.NotebookNode) -> str:
    """A notebook as it is saved: the same bytes for the same cells."""
    book = nbformat.from_dict(book)
    book.metadata = nbformat.from_dict(METADATA)
    for cell in book.cells:
        cell.metadata.pop("execution", None)
    return f"{nbformat.writes(book, version=4)}\n"
