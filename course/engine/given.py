"""Given code: code of the service that is not the point of its chapter, applied by one cell, `%given NAME`.

In a text it stands where it is applied, in build cells with options of their own:

    ```{code-cell} ipython3
    :tags: [given]
    :given: live-page
    :what: The page of a lot: HTML, CSS and JavaScript.
    %%write app/web/index.html
    ```

Cells with the same name follow each other, with nothing but blank lines between them. `what` is one sentence,
on the first of them. In a notebook all of them are the one cell `%given live-page`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from course.engine import texts
from course.engine.texts import Code
from course.errors import CourseError

TAG = "given"
OPTION = re.compile(r"^:(?:given|what):|^:tags:.*\bgiven\b", re.MULTILINE)
NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
MAGIC = re.compile(r"^%given[ \t]+(\S+)[ \t]*$", re.MULTILINE)
SHOWN = "```{{code-cell}} ipython3\n:tags: [given]\n{magic}\n```"


@dataclass(frozen=True)
class Given:
    """One piece of given code: its name, one sentence on what it is for, and its build cells.

    `line` and `end` are the first and the last line of the text that it takes up.
    """

    name: str
    what: str
    cells: tuple[str, ...]
    line: int
    end: int

    @property
    def magic(self) -> str:
        return f"%given {self.name}"


def of(text: str, name: str = "The text") -> tuple[Given, ...]:
    """The given code of a text, in order. `name` is what errors call the text.

    Raises:
        CourseError: a cell is not as given code must be; the message names its line.
    """
    if not OPTION.search(text):  # most texts have none, and a kernel need not parse them
        return ()
    lines = text.split("\n")
    found: dict[str, Given] = {}
    for cells in _runs(texts.code_cells(text), lines):
        first = cells[0]
        if fault := _fault(cells, found):
            raise CourseError(f"{name}, line {first.line}: {fault[0]}", fault[1])
        sources = tuple(cell.source for cell in cells)
        found[first.given] = Given(first.given, first.what, sources, first.line, cells[-1].end)
    return tuple(found.values())


def as_shown(text: str, name: str = "The text") -> str:
    """The text with one cell, `%given NAME`, in place of each piece of given code; every other line stays
    where it is.
    """
    lines = text.split("\n")
    for each in of(text, name):
        shown = SHOWN.format(magic=each.magic).split("\n")
        lines[each.line - 1 : each.end] = [*shown, *[""] * (each.end - each.line + 1 - len(shown))]
    return "\n".join(lines)


def _runs(cells: list[Code], lines: list[str]) -> Iterator[list[Code]]:
    """Cells of given code that belong together: they follow each other and have one name."""
    run: list[Code] = []
    for cell in cells:
        if not (cell.given or cell.what or TAG in cell.tags):
            continue
        between = lines[run[-1].end : cell.line - 1] if run else []
        if run and (cell.given != run[-1].given or any(line.strip() for line in between)):
            yield run
            run = []
        run.append(cell)
    if run:
        yield run


def _fault(cells: list[Code], known: dict[str, Given]) -> tuple[str, str] | None:
    """What is wrong with the cells of one name, and what to do; None where all is well."""
    first = cells[0]
    if not NAME.fullmatch(first.given):
        return (
            f"given code is called `{first.given}`.",
            "Write `:given: a-name` on each of its cells, in lower case with hyphens.",
        )
    if any(cell.tags != (TAG,) for cell in cells):
        return f"`{first.given}` has other tags.", f"Give each of its cells the one tag `{TAG}`."
    if first.given in known:
        return (
            f"`{first.given}` is given in line {known[first.given].line} already.",
            "Put its cells directly one after the other, or choose another name.",
        )
    if not first.what.endswith((".", "?", "!")) or any(cell.what for cell in cells[1:]):
        return (
            f"`{first.given}` does not say what it is for.",
            "Write one sentence after `:what:` on its first cell, and on no other.",
        )
    if any(not cell.builds or texts.is_exercise(cell.source) for cell in cells):
        return (
            f"`{first.given}` has a cell that is not only code for a file.",
            "Begin each with `%%write` or `%%add`, without marks of a solution.",
        )
    return None
