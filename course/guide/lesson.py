"""What stands in a chapter, as a teacher looks at it: sections, cells, predictions, exercises, questions.

All of it is read from the chapter's text; nothing is typed again.
"""

import ast
import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from course import texts
from course.chapters import Chapter
from course.texts import Code

OPENING = "The opening"
"""What is called so stands before the first heading of a text."""
EXERCISE = re.compile(r"^\*\*Exercise (?P<number>\d+)(?P<part>,[^*]*)?\.\*\*", re.MULTILINE)
AGAIN = re.compile(
    r"(?:from chapter|ask chapter|all through chapter) (\d)(?! on)"
    r"|(?<!as )in chapter (\d)(?: you (?:saw|met|know)|\?)"
    r"|chapter (\d) (?:once more|gave each)",
    re.IGNORECASE,
)
"""The turns of phrase by which a chapter asks again for what an earlier one taught."""
FOLDED = re.compile(r"<details><summary>(.*?)</summary>(.*?)</details>", re.DOTALL)
PARSE = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT


@dataclass(frozen=True)
class Prediction:
    """One prediction: the number of its cell, what is guessed, the answer as code, and the reason told."""

    cell: int
    asks: str
    answer: str
    why: str
    earlier: int | None
    """The chapter that is asked again, where the prose says so."""


@dataclass(frozen=True)
class Exercise:
    """What must be true after an exercise, in the chapter's words, and how many lines its solution has."""

    name: str
    wants: str
    cells: tuple[int, ...]
    lines: int


@dataclass(frozen=True)
class Section:
    """One heading and what stands below it. Cells are numbered as Run All numbers them, from 1."""

    heading: str
    prose: str
    cells: tuple[tuple[int, Code], ...]
    predictions: tuple[Prediction, ...]
    exercises: tuple[Exercise, ...]
    questions: tuple[tuple[str, str], ...]

    @property
    def words(self) -> int:
        """The words that one reads, without links to read next and without what is folded."""
        return len(FOLDED.sub("", self.prose.split("**To read next**")[0]).split())

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

    def cell(self, snippet: str) -> int | None:
        """The number of the first cell in which the learner, or the solution, has this text."""
        for section in self.sections:
            for number, code in section.cells:
                if snippet in texts.stubbed(code.source) or snippet in texts.solved(code.source):
                    return number
        return None


@cache
def read(chapter: Chapter) -> Lesson:
    """Read a chapter's text once in a process."""
    text = chapter.text.read_text(encoding="utf-8")
    lines = text.split("\n")
    cells = [code for code in texts.code_cells(text) if code.line > 0]
    shown = [code for code in cells if not {texts.SOLUTION, texts.SKELETON} & set(code.tags)]
    numbered = tuple(enumerate(shown, 1))
    fenced = _fenced(lines)
    starts = [0] + [at for at, line in enumerate(lines) if line.startswith("## ") and at not in fenced]
    sections = [
        _section(chapter, lines, fenced, first, last, numbered)
        for first, last in pairwise([*starts, len(lines)])
    ]
    kept = [each for each in sections if not each.heading.startswith("One way:")]
    return Lesson(chapter, tuple(kept))


def _section(
    chapter: Chapter,
    lines: list[str],
    fenced: set[int],
    first: int,
    last: int,
    numbered: tuple[tuple[int, Code], ...],
) -> Section:
    cells = tuple((number, code) for number, code in numbered if first < code.line <= last)
    heading = lines[first][3:].strip() if lines[first].startswith("## ") else OPENING
    begin = first + 1 if heading != OPENING else _after_title(lines)
    prose = _prose(lines, fenced, begin, last)
    return Section(
        heading=heading,
        prose=prose,
        cells=cells,
        predictions=_predictions(chapter, lines, fenced, first, cells),
        exercises=_exercises(lines, fenced, first, last, cells),
        questions=tuple((_one_line(asked), told.strip()) for asked, told in FOLDED.findall(prose)),
    )


def _prose(lines: list[str], fenced: set[int], first: int, last: int) -> str:
    kept = [
        line for at, line in enumerate(lines[first:last], first) if at not in fenced and line[:3] != "+++"
    ]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _predictions(
    chapter: Chapter, lines: list[str], fenced: set[int], first: int, cells: tuple[tuple[int, Code], ...]
) -> tuple[Prediction, ...]:
    found, since = [], first
    for number, code in cells:
        if re.search(r"^\s*predict\(", code.source, re.MULTILINE):
            before = " ".join(_prose(lines, fenced, since, code.line - 1).split())
            asked = [int(each[1] or each[2] or each[3]) for each in AGAIN.finditer(before)]
            earlier = [each for each in asked if each < chapter.number]
            found.append(_prediction(number, code, min(earlier, default=None)))
            since = code.line
    return tuple(found)


def _prediction(number: int, code: Code, earlier: int | None) -> Prediction:
    stub = re.search(r"### STUB guess = .*?#\s*(.*)$", code.source, re.MULTILINE)
    above = re.findall(r"^# (.*?):?$", code.source, re.MULTILINE)
    solved = texts.solved(code.source)
    answer = re.search(r"^\s*guess = (.*)$", solved, re.MULTILINE)
    return Prediction(
        cell=number,
        asks=stub[1] if stub else " ".join(above) or f"`{_stub(code.source)}`",
        answer=answer[1].strip() if answer else "",
        why=_why(solved),
        earlier=earlier,
    )


def _stub(source: str) -> str:
    """What the learner fills in, where no comment says what it is: it says so itself."""
    match = re.search(r"^guess = (.*)$", texts.stubbed(source), re.MULTILINE)
    return match[1] if match else ""


def _why(source: str) -> str:
    tree = compile(re.sub(r"^%.*$", "", source, flags=re.MULTILINE), "cell", "exec", PARSE)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "predict":
            for word in node.keywords:
                if word.arg == "why" and isinstance(word.value, ast.Constant):
                    return str(word.value.value)
                if word.arg == "why" and isinstance(word.value, ast.JoinedStr):
                    parts = word.value.values
                    return "".join(str(p.value) if isinstance(p, ast.Constant) else "…" for p in parts)
    return ""


def _exercises(
    lines: list[str], fenced: set[int], first: int, last: int, cells: tuple[tuple[int, Code], ...]
) -> tuple[Exercise, ...]:
    """Each exercise's statement up to its first cell, and the cells from there to the next exercise."""
    begins = [at for at in range(first, last) if at not in fenced and EXERCISE.match(lines[at])]
    found = []
    for at, until in pairwise([*begins, last]):
        match = EXERCISE.match(lines[at])
        end = next((n for n in range(at, until) if n in fenced), until)
        own = [(n, code) for n, code in cells if at < code.line <= until and "exercise" in code.tags]
        found.append(
            Exercise(
                name=f"Exercise {match['number']}{match['part'] or ''}" if match else "",
                wants=EXERCISE.sub("", _prose(lines, fenced, at, end)).strip(),
                cells=tuple(n for n, _ in own),
                lines=sum(solution_lines(code.source) for _, code in own),
            )
        )
    return tuple(found)


def solution_lines(source: str) -> int:
    """How many lines of a cell the learner has to write: those between the marks that are not blank."""
    parts = re.findall(rf"{texts.BEGIN}\n(.*?)(?:{texts.STUB}\n|{texts.END})", source, re.DOTALL)
    written = [line for part in parts for line in part.split("\n") if line.strip()]
    return len(written) or len(re.findall(rf"  {texts.STUB} ", source))


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
