"""What stands in a chapter, as a teacher looks at it: sections, cells, predictions, exercises, questions.

All of it is read from the chapter's text; nothing is typed again.
"""

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from course.engine import given, texts
from course.engine.chapters import Chapter
from course.teach.guide import tasks
from course.teach.guide.tasks import Cells, Exercise, Prediction

OPENING = "The opening"
"""What is called so stands before the first heading of a text."""
FOLDED = re.compile(r"<details><summary>(.*?)</summary>(.*?)</details>", re.DOTALL)


@dataclass(frozen=True)
class Section:
    """One heading and what stands below it. Cells are numbered as Run All numbers them, from 1."""

    heading: str
    prose: str
    cells: Cells
    predictions: tuple[Prediction, ...]
    exercises: tuple[Exercise, ...]
    questions: tuple[tuple[str, str], ...]

    @property
    def words(self) -> int:
        """The words that one reads, without links to read next and without what is folded."""
        return len(FOLDED.sub("", self.prose.split(texts.READ_NEXT)[0]).split())

    @property
    def numbers(self) -> str:
        """`[3]–[9]`, or nothing where there is no cell."""
        if not self.cells:
            return ""
        first, last = self.cells[0][0], self.cells[-1][0]
        return f"[{first}]" if first == last else f"[{first}]–[{last}]"


@dataclass(frozen=True)
class Lesson:
    """A chapter as it is taught."""

    chapter: Chapter
    sections: tuple[Section, ...]

    def section(self, heading: str) -> Section | None:
        return next((each for each in self.sections if each.heading == heading), None)

    def having(self, snippet: str) -> list[int]:
        """The cells with this text, as the learner or the solution has it; or the one that is this text."""
        cells = [(number, code.source) for section in self.sections for number, code in section.cells]
        whole = [number for number, source in cells if source.strip() == snippet]
        return whole or [
            number
            for number, source in cells
            if snippet in texts.stubbed(source) or snippet in texts.solved(source)
        ]


@cache
def read(chapter: Chapter) -> Lesson:
    """Read a chapter's text once in a process."""
    text = given.as_shown(chapter.text.read_text(encoding="utf-8"))
    lines = text.split("\n")
    hidden = {texts.SOLUTION, texts.SKELETON}
    shown = [code for code in texts.code_cells(text) if not hidden & set(code.tags)]
    numbered = tuple(enumerate(shown, 1))
    fenced = _fenced(lines)
    starts = [0] + [at for at, line in enumerate(lines) if line.startswith("## ") and at not in fenced]
    sections = [
        _section(chapter, lines, fenced, first, last, numbered)
        for first, last in pairwise([*starts, len(lines)])
    ]
    kept = [each for each in sections if not each.heading.startswith(texts.SOLVED)]
    return Lesson(chapter, tuple(kept))


def _section(
    chapter: Chapter,
    lines: list[str],
    fenced: set[int],
    first: int,
    last: int,
    numbered: Cells,
) -> Section:
    cells = tuple((number, code) for number, code in numbered if first < code.line <= last)
    heading = lines[first][3:].strip() if lines[first].startswith("## ") else OPENING
    begin = first + 1 if heading != OPENING else _after_title(lines)
    prose = tasks.prose(lines, fenced, begin, last)
    return Section(
        heading=heading,
        prose=prose,
        cells=cells,
        predictions=tasks.predictions(chapter, lines, fenced, first, cells),
        exercises=tasks.exercises(lines, fenced, first, last, cells),
        questions=tuple((_one_line(asked), told.strip()) for asked, told in FOLDED.findall(prose)),
    )


def _fenced(lines: list[str]) -> set[int]:
    inside, found = False, set()
    for at, line in enumerate(lines):
        if line.startswith("```"):
            found.add(at)
            inside = not inside
        elif inside:
            found.add(at)
    return found


def _after_title(lines: list[str]) -> int:
    return next(at for at, line in enumerate(lines) if line.startswith("# ")) + 1


def _one_line(text: str) -> str:
    return " ".join(re.sub(r"</?code>", "`", text).split())


def kept_from_learners(chapter: Chapter) -> list[str]:
    """The cells of one way to solve an exam, which stand in no learner's notebook."""
    text = chapter.text.read_text(encoding="utf-8")
    return [code.source for code in texts.code_cells(text) if texts.SOLUTION in code.tags]
