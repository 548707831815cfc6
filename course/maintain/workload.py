"""What a chapter asks of a learner: cells, words, and how much of its Python they write themselves."""

from collections import Counter
from dataclasses import dataclass

from course.engine import exercises, given, texts
from course.engine.chapters import Chapter
from course.maintain import readability
from course.maintain.readability import Reading


@dataclass(frozen=True)
class Python:
    """Lines of Python in a chapter's build cells, without blank lines and comments.

    `written` are those that the learner writes: the lines of a solution that its stub does not have. `shown`
    are the others of the notebook's build cells; `given` come by `%given`.
    """

    written: int
    shown: int
    given: int

    @property
    def share(self) -> float:
        """What the learner writes, of the Python in the notebook's build cells: 0 to 1."""
        return self.written / (self.written + self.shown) if self.written + self.shown else 0.0

    @property
    def share_of_all(self) -> float:
        """The same of all Python that the chapter adds, given code too."""
        total = self.written + self.shown + self.given
        return self.written / total if total else 0.0

    @property
    def given_share(self) -> float:
        """What comes by `%given`, of all Python that the chapter adds."""
        total = self.written + self.shown + self.given
        return self.given / total if total else 0.0


@dataclass(frozen=True)
class Workload:
    """One chapter, counted. `cells` are the code cells of the learner's notebook."""

    chapter: Chapter
    cells: int
    reading: Reading
    python: Python
    exercises: int


def of(chapter: Chapter) -> Workload:
    """Count a chapter's text."""
    text = chapter.text.read_text(encoding="utf-8")
    hidden = {texts.SOLUTION, texts.SKELETON}
    cells = [code for code in texts.code_cells(given.as_shown(text)) if not hidden & set(code.tags)]
    return Workload(chapter, len(cells), readability.of(text), python(text), len(exercises.of(chapter)))


def python(text: str) -> Python:
    """Count the lines of Python in the build cells of a text."""
    written = total = by_given = 0
    for cell in texts.code_cells(text):
        if cell.builds and exercises.target(cell).endswith(".py") and texts.SKELETON not in cell.tags:
            solved, theirs = _lines(texts.solved(cell.source)), _lines(texts.stubbed(cell.source))
            if cell.given:
                by_given += solved.total()
            else:
                total += solved.total()
                written += solved.total() if texts.SOLUTION in cell.tags else (solved - theirs).total()
    return Python(written, total - written, by_given)


def _lines(source: str) -> Counter[str]:
    """The lines of a build cell that count."""
    lines = [line.strip() for line in source.split("\n")[1:]]
    return Counter(line for line in lines if line and not line.startswith("#"))
