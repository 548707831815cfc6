"""Put the statements of a cell into a suite: what is there is replaced where it stands."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from course.engine.compose import names
from course.engine.compose.lines import blanks_at_start
from course.engine.compose.suite import Item, Suite


@dataclass
class Notes:
    """What a cell did, for the line that says so; names as they stand in the file.

    `stayed` are clauses that say why a name was not moved beside the one in the cell's first line.
    """

    added: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    stayed: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    imported: int = 0
    dropped: int = 0
    docstring: bool = False


@dataclass
class Fresh:
    """A statement of the cell on its way into the file. `wish`: blank lines above it in the cell."""

    item: Item
    number: int
    wish: int

    @property
    def label(self) -> str:
        named = [name for name in self.item.names if not name.startswith("if ")]
        return ", ".join(sorted(named)) or self.item.code[0].strip()


def row(incoming: list[Item]) -> list[Fresh]:
    """The statements of a cell in order, as they come into the file."""
    return [Fresh(item, n, blanks_at_start(item.before)) for n, item in enumerate(incoming)]


def merge(suite: Suite, fresh: list[Fresh], notes: Notes) -> list[Fresh]:
    """Replace what is there; returns what is new, in the order of the cell."""
    dumps = {ast.dump(node) for item in suite.items for node in item.nodes}
    new: list[Fresh] = []
    for group in _groups(suite, [f for f in fresh if f.item.names]):
        bound = frozenset[str]().union(*(f.item.names for f in group))
        accessors = [names.accessor(f.item.nodes[0]) for f in group]
        if all(accessors) and any(suite.binding(name) for name in bound):
            for one, kind in zip(group, accessors, strict=True):
                _accessor(suite, one, kind, notes)
        elif not _replaced(suite, group, bound, notes):
            new += group
    new += [f for f in fresh if not f.item.names and ast.dump(f.item.nodes[0]) not in dumps]
    return sorted(new, key=lambda f: f.number)


def _groups(suite: Suite, fresh: list[Fresh]) -> list[list[Fresh]]:
    """Statements of the cell that share a name, or whose names one statement of the file binds together."""
    every = frozenset[str]().union(*(f.item.names for f in fresh)) if fresh else frozenset[str]()
    links = [f.item.names for f in fresh] + [i.names for i in suite.items if i.names and i.names <= every]
    groups: list[tuple[frozenset[str], list[Fresh]]] = []
    for linked in links:
        together = [g for g in groups if g[0] & linked]
        groups = [g for g in groups if not g[0] & linked]
        groups.append((linked.union(*(g[0] for g in together)), []))
    ordered = [[f for f in fresh if f.item.names <= bound] for bound, _ in groups]
    return sorted((g for g in ordered if g), key=lambda g: g[0].number)


def _replaced(suite: Suite, group: list[Fresh], bound: frozenset[str], notes: Notes) -> bool:
    """Put the group where its names stand; False when the file has none of them.

    A statement that binds other names too (`low, high = 1, 9` for a cell with `low`) stays; the new follows.
    """
    own = [n for n, i in enumerate(suite.items) if i.names and i.names <= bound and i.kind != "import"]
    shared = [
        n
        for n, i in enumerate(suite.items)
        if i.names & bound and not i.names <= bound and i.kind != "import"
    ]
    if not own and not shared:
        return False
    before = suite.text()
    if not own or (shared and shared[-1] > own[0]):
        last = suite.items[shared[-1]]
        for n in reversed(own):
            suite.take(n)
        place, rest = suite.items.index(last) + 1, group
    else:
        for one, n in zip(group, own, strict=False):
            substitute(suite, n, one.item)
        for n in reversed(own[len(group) :]):
            suite.take(n)
        place, rest = own[: len(group)][-1] + 1, group[len(own) :]
    for offset, one in enumerate(rest):
        suite.put(place + offset, one.item, one.wish)
    if suite.text() != before:
        say(notes.replaced, group)
    return True


def substitute(suite: Suite, index: int, new: Item) -> None:
    """Put a statement in the place of another, below what stands above it, and under its comment."""
    old = suite.items[index]
    new.before, new.comment = old.before, new.comment or old.comment
    suite.items[index] = new
    if new.kind != old.kind:  # a constant became a function: it wants more room
        suite.settle(index, shrink=True)
        suite.part(new)
        suite.settle(index + 1)


def say(said: list[str], group: list[Fresh]) -> None:
    said += [label for label in dict.fromkeys(f.label for f in group) if label not in said]


def _accessor(suite: Suite, one: Fresh, kind: str | None, notes: Notes) -> None:
    """A setter replaces the setter that is there, or follows the property; it never replaces the property."""
    (name,) = one.item.names
    same = suite.binding(name)
    there = [n for n in same if names.accessor(suite.items[n].nodes[0]) == kind]
    before = suite.text()
    if there:
        substitute(suite, there[0], one.item)
    else:
        suite.put(same[-1] + 1, one.item)
    if suite.text() != before:
        say(notes.replaced, [one])
