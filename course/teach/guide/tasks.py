"""What a learner does in a section: predictions, and exercises with what must be true afterwards."""

import re
from dataclasses import dataclass
from itertools import pairwise

from course.engine import predictions as reasons
from course.engine import texts
from course.engine.chapters import Chapter
from course.engine.texts import Code

EXERCISE = re.compile(r"^\*\*Exercise (?P<number>\d+)(?P<part>,[^*]*)?\.\*\*", re.MULTILINE)
AGAIN = re.compile(
    r"(?:from chapter|ask chapter|all through chapter) (\d)(?! on)"
    r"|(?<!as )in chapter (\d)(?: you (?:saw|met|know)|\?)"
    r"|chapter (\d) (?:once more|gave each)",
    re.IGNORECASE,
)
"""The turns of phrase by which a chapter asks again for what an earlier one taught."""

Cells = tuple[tuple[int, Code], ...]


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


def predictions(
    chapter: Chapter, lines: list[str], fenced: set[int], first: int, cells: Cells
) -> tuple[Prediction, ...]:
    found, since = [], first
    for number, code in cells:
        if re.search(r"^\s*predict\(", code.source, re.MULTILINE):
            before = " ".join(prose(lines, fenced, since, code.line - 1).split())
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
    known = reasons.predictions(solved)
    return Prediction(
        cell=number,
        asks=stub[1] if stub else " ".join(above) or f"`{_stub(code.source)}`",
        answer=answer[1].strip() if answer else "",
        why=known[0].why if known else "",
        earlier=earlier,
    )


def _stub(source: str) -> str:
    """What the learner fills in, where no comment says what it is: it says so itself."""
    match = re.search(r"^guess = (.*)$", texts.stubbed(source), re.MULTILINE)
    return match[1] if match else ""


def exercises(
    lines: list[str], fenced: set[int], first: int, last: int, cells: Cells
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
                wants=_without_captions(EXERCISE.sub("", prose(lines, fenced, at, end)).strip()),
                cells=tuple(n for n, _ in own),
                lines=sum(solution_lines(code.source) for _, code in own),
            )
        )
    return tuple(found)


def _without_captions(statement: str) -> str:
    """A statement without what only names the file of the cell below it."""
    paragraphs = statement.split("\n\n")
    while len(paragraphs) > 1 and re.fullmatch(r"\*\*`[^`]+`:.*\*\*", paragraphs[-1], re.DOTALL):
        paragraphs.pop()
    return "\n\n".join(paragraphs)


def solution_lines(source: str) -> int:
    """How many lines of a cell the learner has to write: those between the marks that are not blank."""
    parts = re.findall(rf"{texts.BEGIN}\n(.*?)(?:{texts.STUB}\n|{texts.END})", source, re.DOTALL)
    written = [line for part in parts for line in part.split("\n") if line.strip()]
    return len(written) or len(re.findall(rf"  {texts.STUB} ", source))


def prose(lines: list[str], fenced: set[int], first: int, last: int) -> str:
    kept = [
        line for at, line in enumerate(lines[first:last], first) if at not in fenced and line[:3] != "+++"
    ]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()
