"""`in CLASS`: the body of a class as the place that a cell's members go to."""

from __future__ import annotations

import ast

from course.engine.compose.header import Header
from course.engine.compose.lines import is_blank
from course.engine.compose.suite import Item, Suite, opened, read
from course.errors import CourseError


class Target:
    """The suite that the cell's statements go into: the module, or the body of the class in the header.

    `in Outer.Inner` finds a class in a class; CourseError when there is none. `close` puts the body back.
    """

    def __init__(self, module: Suite, header: Header) -> None:
        self.suite = module
        self._chain: list[tuple[Item, list[str], list[str], Suite]] = []
        for name in header.inside.split(".") if header.inside else ():
            outer = self.suite
            found = [i for i in outer.items if type(i.nodes[0]).__name__ == "ClassDef" and name in i.names]
            if not found:
                raise CourseError(f"`{header.path}` has no class `{name}`.", _choices(outer))
            head, inner = opened(found[-1], outer.indent, outer.newline)
            self._chain.append((found[-1], head, inner.lines(), inner))
            self.suite = inner

    def close(self) -> None:
        for item, head, before, suite in reversed(self._chain):
            if suite.lines() != before:
                _fill(suite)
                item.code = [*head, *suite.lines()]


def _choices(suite: Suite) -> str:
    classes = [f"`{n}`" for i in suite.items if type(i.nodes[0]).__name__ == "ClassDef" for n in i.names]
    if classes:
        return f"Classes that are there: {', '.join(classes)}."
    return "Add the class first, in a cell without `in`."


def _fill(suite: Suite) -> None:
    """A body that has something needs no `pass` or `...`; one that has nothing needs a `pass`."""
    fillers = [n for n, item in enumerate(suite.items) if item.kind == "filler"]
    if len(fillers) < len(suite.items):
        for index in reversed(fillers):
            suite.take(index)
    elif not fillers:
        line = f"{suite.indent}pass{suite.newline}"
        (filler,) = read(["pass"], ast.parse("pass").body, "", suite.newline).items
        filler.code = [line]
        suite.put(0, filler)


def indented(items: list[Item], indent: str, fixed: set[int]) -> list[Item]:
    """The cell's statements with the indent of the class; lines inside a string keep their own."""
    for item in items:
        item.before = [_in(line, indent) for line in item.before]
        item.comment = [_in(line, indent) for line in item.comment]
        item.code = [
            line if item.start + n + 1 in fixed else _in(line, indent) for n, line in enumerate(item.code)
        ]
    return items


def _in(line: str, indent: str) -> str:
    return line if is_blank(line) else indent + line
