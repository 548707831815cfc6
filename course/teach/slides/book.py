"""A solved notebook as its cells, each code cell beside what the learner gets in its place."""

import json
from dataclasses import dataclass, field
from typing import Any

from course.engine import begin_here, given, predictions, texts
from course.engine.chapters import Chapter
from course.errors import CourseError


@dataclass(frozen=True)
class Cell:
    """A cell of a solved notebook. `stub` is the learner's version of a code cell's source."""

    kind: str
    source: str
    stub: str = ""
    tags: tuple[str, ...] = ()
    outputs: list[dict[str, Any]] = field(default_factory=list)

    @property
    def predicts(self) -> bool:
        """Whether the learner makes a guess here, which a room should make too."""
        return self.source != self.stub and "predict(" in self.source

    @property
    def silent(self) -> bool:
        """Whether a room has nothing to see here: the course is loaded, or a hint stands in a comment."""
        words = (line.split(" ")[0] for line in self.source.splitlines() if line.strip())
        return all(word in {"%load_ext", "%chapter", "#"} for word in words)


def load(chapter: Chapter) -> dict[str, Any]:
    """The solved notebook of a chapter, as JSON.

    Raises:
        CourseError: it was not built.
    """
    try:
        book: dict[str, Any] = json.loads(chapter.solution.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CourseError(
            f"{chapter.subject} has no solved notebook.", f"Run: python3 -m course build {chapter.typed}"
        ) from None
    return book


def cells(chapter: Chapter) -> list[Cell]:
    """All cells of a chapter's solved notebook, in order.

    Raises:
        CourseError: the notebook was not built, or the chapter's text has changed since.
    """
    written = [
        code
        for code in texts.code_cells(given.as_shown(chapter.text.read_text(encoding="utf-8")))
        if texts.SKELETON not in code.tags
    ]
    saved = load(chapter)["cells"]
    if [texts.solved(code.source) for code in written] != [
        "".join(cell["source"]) for cell in saved if cell["cell_type"] == "code"
    ]:
        raise CourseError(
            f"The solved notebook of {chapter.called} is older than its text.",
            f"Run: python3 -m course build {chapter.typed}",
        )
    left = iter(written)
    return [_cell(cell, left, chapter) for cell in saved]


def _cell(cell: dict[str, Any], written: Any, chapter: Chapter) -> Cell:
    source = "".join(cell["source"])
    if cell["cell_type"] != "code":
        return Cell("markdown", begin_here.removed(source, chapter))
    tags = tuple(cell["metadata"].get("tags", ()))
    stub = predictions.without_why(texts.stubbed(next(written).source))
    return Cell("code", source, stub, tags, cell["outputs"])
