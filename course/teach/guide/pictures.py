"""The pictures of a chapter that are worth a whiteboard: those saved in its solved notebook."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course.engine.chapters import Chapter
from course.engine.texts import SOLUTION
from course.errors import CourseError

TALLEST = 820
"""Pixels. A taller picture is a list, and no board has room for it."""


@dataclass(frozen=True)
class Picture:
    """A saved picture: the number of its cell, its own words, and the SVG on one line."""

    cell: int
    words: str
    svg: str

    @property
    def title(self) -> str:
        return self.words.split("\n")[0]

    @property
    def in_words(self) -> str:
        """What a terminal shows in its place: the lines of a small one, the title of a map."""
        return self.title if self.title.startswith("Map of") else self.words


def of(chapter: Chapter) -> tuple[Picture, ...]:
    """The pictures of a chapter but those of its interface, which are lists.

    Raises:
        CourseError: there is no solved notebook.
    """
    if not chapter.solution.exists():
        raise CourseError(f"{chapter.stem} has no solved notebook.", "`python3 -m course build` makes it.")
    found = []
    for number, cell in _cells(chapter.solution):
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            svg = "".join(data.get("image/svg+xml", ()))
            words = "".join(data.get("text/plain", ()))
            height = re.search(r'<svg[^>]* height="(\d+)"', svg)
            is_list = words.startswith("The interface")
            if height and int(height[1]) <= TALLEST and not is_list:
                found.append(Picture(number, words, _flat(svg)))
    return tuple(found)


def _cells(notebook: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """The code cells that a learner has, as Run All numbers them; in an exam those are not all."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    shown = [
        cell
        for cell in cells
        if cell["cell_type"] == "code" and SOLUTION not in cell["metadata"].get("tags", ())
    ]
    return enumerate(shown, 1)


def _flat(svg: str) -> str:
    """One line, without the description for the blind, which stands beside the picture in words."""
    return re.sub(r"\s*\n\s*", " ", re.sub(r"<desc>.*?</desc>", "", svg, flags=re.DOTALL)).strip()
