"""A name that is in the file already and stands on the wrong side of the one after `before` or `after`.

It is moved there, unless the module could then not be imported: because a statement in between needs it, or
it needs one of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from course.engine.compose import names
from course.engine.compose.header import Header
from course.engine.compose.members import Fresh, Notes, say
from course.engine.compose.suite import Item, Suite


def taken(suite: Suite, there: list[Fresh], header: Header, notes: Notes) -> list[Fresh]:
    """Take out of the suite the statements of the cell that have to move, in the order of the cell.

    Args:
        there: the statements of the cell that took the place of one in the file.
    """
    anchor = header.after or header.before
    if not anchor or any(anchor in one.item.names for one in there):
        return []
    places = suite.binding(anchor)
    known = [one for one in there if one.item.names and _index(suite, one.item) is not None]
    if not places:
        side = "after" if header.after else "before"
        labels = dict.fromkeys(one.label for one in known)
        notes.stayed += [f"`{label}` stays: there is no `{anchor}` to put it {side}" for label in labels]
        return []
    if suite.items[places[0]].kind == "import":
        return []  # all code stands below the imports
    place = places[-1] if header.after else places[0]
    wrong = [one for one in known if _is_wrong(suite, one.item, place, header)]
    moving = _movable(suite, wrong, place, notes)
    for one in moving:
        suite.take(_index(suite, one.item) or 0)
        one.item.before = []  # comments that belong to nobody stay where they are
    say(notes.moved, moving)
    return moving


def _index(suite: Suite, item: Item) -> int | None:
    return next((n for n, each in enumerate(suite.items) if each is item), None)


def _is_wrong(suite: Suite, item: Item, place: int, header: Header) -> bool:
    index = _index(suite, item)
    return index is not None and (index < place if header.after else index > place)


def _movable(suite: Suite, wrong: list[Fresh], place: int, notes: Notes) -> list[Fresh]:
    """Those that can move. What moves with a statement is not in its way."""
    definitions = names.definitions(item.nodes for item in suite.items)
    moving = list(wrong)
    while True:
        fixed = [one for one in moving if any(_obstacles(suite, one, moving, place, definitions))]
        if not fixed:
            return moving
        why = [next(_obstacles(suite, one, moving, place, definitions)) for one in fixed]
        notes.stayed += [clause for clause in dict.fromkeys(why) if clause not in notes.stayed]
        moving = [one for one in moving if one not in fixed]


def _obstacles(
    suite: Suite, one: Fresh, moving: list[Fresh], place: int, definitions: names.Definitions
) -> Iterator[str]:
    """Why a statement cannot move past others, each as a clause."""
    index = _index(suite, one.item) or 0
    if any(len(suite.binding(name)) > 1 for name in one.item.names):
        yield f"`{one.label}` stays: several statements define it"
    for other in suite.items[min(index + 1, place) : max(index, place + 1)]:
        if any(other is each.item for each in moving):
            continue
        label = Fresh(other, 0, 0).label
        if index < place and _needs(other, definitions) & one.item.names:
            yield f"`{one.label}` stays above `{label}`, which needs it"
        elif index > place and _needs(one.item, definitions) & other.names:
            yield f"`{one.label}` stays below `{label}`, which it needs"


def _needs(item: Item, definitions: names.Definitions) -> set[str]:
    return set[str]().union(*(names.needed_to_run(node, definitions) for node in item.nodes))
