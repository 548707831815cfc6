"""Where new statements go: after or before a name, else to the end of the file or class.

Two things come before the end. `if __name__ == "__main__":` stays last. And a name that a statement of the
file needs while the module is imported (`app = create_app()`, `limit=LIMIT`) goes above that statement,
because at the end it would come too late.
"""

from __future__ import annotations

import ast

from course.engine.compose import names
from course.engine.compose.header import Header
from course.engine.compose.members import Fresh, Notes, say
from course.engine.compose.suite import Suite
from course.errors import CourseError


def place(suite: Suite, new: list[Fresh], header: Header, notes: Notes) -> None:
    """Put every new statement into the suite, in the order of the cell."""
    if not new:
        return
    say(notes.added, [one for one in new if one.label not in notes.moved])
    anchor = header.after or header.before
    if anchor and not any(anchor in f.item.names for f in new):
        _beside(suite, new, header, anchor)
        return
    last: list[Fresh] = []
    for one in reversed(new):
        index = _first_need(suite, one, [f.item.nodes for f in new])
        if index is None:
            last.insert(0, one)
        else:
            suite.put_before(index, one.item)
    in_a_row(suite, _end(suite), last)


def _beside(suite: Suite, new: list[Fresh], header: Header, anchor: str) -> None:
    found = suite.binding(anchor)
    if not found:
        there = ", ".join(
            f"`{name}`" for item in suite.items for name in sorted(item.names) if item.kind != "import"
        )
        place = f"The class `{header.inside}` in `{header.path}`" if header.inside else f"`{header.path}`"
        raise CourseError(
            f"{place} has no `{anchor}` to put this {'after' if header.after else 'before'}.",
            f"In the cell's first line put one that is there in its place: {there}."
            if there
            else "Leave that part of the cell's first line out.",
        )
    if suite.items[found[0]].kind == "import":  # nothing stands among the imports: it goes below them
        index = found[0]
        while index < len(suite.items) and suite.items[index].kind == "import":
            index += 1
        in_a_row(suite, index, new)
    elif header.after:
        in_a_row(suite, found[-1] + 1, new)
    else:
        suite.put_before(found[0], new[0].item)
        in_a_row(suite, found[0], new, placed=1)


def in_a_row(suite: Suite, index: int, row: list[Fresh], placed: int = 0) -> None:
    """Put the statements at `index` and below; the first `placed` of them stand there already."""
    for n, one in enumerate(row[placed:], placed):
        follows = n > 0 and row[n - 1].number + 1 == one.number
        suite.put(index + n, one.item, one.wish if follows else 0)


def _end(suite: Suite) -> int:
    last = suite.items[-1] if suite.items else None
    guarded = last is not None and any(name.startswith("if __name__") for name in last.names)
    return len(suite.items) - guarded


def _first_need(suite: Suite, one: Fresh, new: list[list[ast.stmt]]) -> int | None:
    """Index of the first statement that could not run before `one` has."""
    definitions = names.definitions([*(item.nodes for item in suite.items), *new])
    for index, item in enumerate(suite.items):
        if item.kind not in ("import", "docstring"):
            needed = set[str]().union(*(names.needed_to_run(node, definitions) for node in item.nodes))
            if needed & one.item.names:
                return index
    return None
