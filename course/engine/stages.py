"""The stages of a chapter: `Stage 2 of 4, about 35 minutes left`.

The head of a text lists the heading at which each stage begins. `course build` counts the minutes of a
learner who works alone and keeps them in `.build/`, since the model of the minutes belongs to the
teacher's guide.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from course import paths
from course.engine.chapters import Chapter

ROUNDED = 5
"""Minutes are told in steps of this: they are estimates."""


@dataclass(frozen=True)
class Place:
    """Where a learner is: the stage, how many there are, and the minutes that remain."""

    stage: int
    of: int
    left: float

    @property
    def words(self) -> str:
        minutes = max(ROUNDED, ROUNDED * round(self.left / ROUNDED))
        return f"Stage {self.stage} of {self.of}, about {minutes} minutes left."


def begins(text: str) -> tuple[str, ...]:
    """The headings at which the stages of a text begin, from its head."""
    head = text.split("\n---", 1)[0]
    listed = re.search(r"^stages:\n((?:- .*\n?)+)", head, re.MULTILINE)
    return tuple(line[2:].strip().strip('"') for line in listed[1].splitlines()) if listed else ()


def at(chapter: Chapter, exercise: int) -> Place | None:
    """Where a learner is who works on an exercise; None where the course has no minutes of this chapter."""
    return _place(_read(chapter), exercise, "at")


def after(chapter: Chapter, held: Iterable[int]) -> Place | None:
    """Where a learner is whose exercises with these numbers hold: behind the last before the first gap."""
    read, done = _read(chapter), 0
    while done + 1 in held:
        done += 1
    return _place(read, done, "after")


def _place(read: dict[str, Any], exercise: int, which: str) -> Place | None:
    try:
        stage, left = read["exercises"][str(exercise)][which]
        return Place(int(stage), int(read["of"]), float(left))
    except (KeyError, TypeError, ValueError):
        return None


def _read(chapter: Chapter) -> dict[str, Any]:
    """What `course build` has counted; empty where it has not."""
    try:
        data = json.loads((paths.ROOT / ".build" / f"{chapter.stem}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    found = data.get("stages") if isinstance(data, dict) else None
    return found if isinstance(found, dict) else {}
