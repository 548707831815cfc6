"""Put the statements of a cell into a suite: what is there is replaced where it stands."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from itertools import zip_longest

from course.compose import names
from course.compose.lines import blanks_at_start
from course.compose.suite import Item, Suite


@dataclass
class Notes:
    """What a cell did, for the line that says so; names as they stand in the file."""

    added: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
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


def merge(suite: Suite, incoming: list[Item], notes: Notes) -> list[Fresh]:
    """Replace what is there; returns what is new, in the order of the cell."""
    fresh = [Fresh(item, n, blanks_at_start(item.before)) for n, item in enumerate(incoming)]
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
        place = shared[-1] + 1
        olds: list[Item] = []
    else:
        place = own[0]
        olds = [suite.items[n] for n in own if n - own[0] == own.index(n)]
    for n in reversed(own):
        if not olds or n != own[0]:
            taken = suite.items[n]
            if any(taken is old for old in olds):
                del suite.items[n]
            else:
                suite.take(n)
                place -= n < place
    if olds:
        del suite.items[place]
    for offset, (one, old) in enumerate(zip_longest(group, olds)):
        if one is None:
            _keep_free_comments(suite, place + offset, old)
        elif old is None:
            suite.put(place + offset, one.item, one.wish)
        else:
            one.item.before = old.before
            one.item.comment = one.item.comment or old.comment
            suite.items.insert(place + offset, one.item)
            if one.item.kind != old.kind:  # a constant became a function: it wants more room
                suite.settle(place + offset, shrink=True)
                suite.part(one.item)
    if [one.item.kind for one in group] != [old.kind for old in olds]:
        suite.settle(place + len(group))
    if suite.text() != before:
        say(notes.replaced, group)
    return True


def _keep_free_comments(suite: Suite, index: int, old: Item) -> None:
    """An old statement leaves: what stood above it and belonged to nobody goes to what follows."""
    suite.items.insert(index, old)
    suite.take(index)


def say(said: list[str], group: list[Fresh]) -> None:
    said += [label for label in dict.fromkeys(f.label for f in group) if label not in said]


def _accessor(suite: Suite, one: Fresh, kind: str | None, notes: Notes) -> None:
    """A setter replaces the setter that is there, or follows the property; it never replaces the property."""
    (name,) = one.item.names
    same = suite.binding(name)
    there = [n for n in same if names.accessor(suite.items[n].nodes[0]) == kind]
    before = suite.text()
    if there:
        old = suite.items[there[0]]
        one.item.before, one.item.comment = old.before, one.item.comment or old.comment
        suite.items[there[0]] = one.item
        suite.settle(there[0])
    else:
        suite.put(same[-1] + 1, one.item)
    if suite.text() != before:
        say(notes.replaced, [one])
