"""Imports under `if TYPE_CHECKING:`, handled beside those of the module."""

from __future__ import annotations

import ast
from collections.abc import Callable

from course.engine.compose import imports
from course.engine.compose.imports import Key
from course.engine.compose.insertion import in_a_row
from course.engine.compose.lines import blanks_at_start
from course.engine.compose.members import Notes, merge, row
from course.engine.compose.suite import Item, Suite, opened


def bring(module: Suite, block: Item, notes: Notes) -> set[str]:
    """Merge a cell's `if TYPE_CHECKING:` block into the module's, or put it below the imports.

    Returns the names that the block imports. One that the module imports for good stays where it is.
    """
    _, cell = opened(block, "", module.newline)
    arrived = set(imports.present(cell).values())
    for_good = set(imports.present(module).values())
    imports.drop(cell, lambda key, name: name in for_good)
    statements = [item for item in cell.items if item.kind != "filler"]
    index = _index(module)
    if not statements:
        return arrived
    if index is None:
        notes.imported += len(imports.present(cell))
        place = next((n for n, item in enumerate(module.items) if item.kind == "import"), None)
        if place is None:
            place = int(bool(module.items) and module.items[0].kind == "docstring")
        while place < len(module.items) and module.items[place].kind == "import":
            place += 1
        head = [line for line in block.code if line.startswith("if ")][:1]
        module.put(place, _again(Item([], block.comment, [*head, *cell.lines()], block.nodes)))
        return arrived

    def change(suite: Suite) -> None:
        for item in statements:
            _reindent(item, cell.indent, suite.indent)
        for item in [item for item in statements if item.kind == "import"]:
            there = imports.present(suite)
            missing = [key not in there for key, _ in imports.keys(item.nodes[0])]
            new = {name: key for key, name in imports.keys(item.nodes[0]) if key not in there}
            if new:
                imports.drop(suite, imports.clashing(new))
                notes.imported += sum(missing)
                plain = [line.removeprefix(suite.indent) for line in item.code]
                whole = Item(
                    [], [line.removeprefix(suite.indent) for line in item.comment], plain, item.nodes
                )
                imports.insert(
                    suite, [whole if all(missing) else imports.thinned(whole, [not m for m in missing])]
                )
        fresh = merge(suite, row([item for item in statements if item.kind != "import"]), notes)
        in_a_row(suite, len(suite.items), fresh)

    _within(module, index, change)
    return arrived


def drop(module: Suite, leaves: Callable[[Key, str], bool]) -> list[str]:
    """As `imports.drop`, in the module and in its block; a block that becomes empty leaves."""
    gone = imports.drop(module, leaves)
    index = _index(module)
    if index is not None:
        _within(module, index, lambda suite: gone.extend(imports.drop(suite, leaves)))
    return gone


def release(module: Suite, for_good: set[str]) -> None:
    """Take names out of the block that the module now imports for good."""
    index = _index(module)
    if index is not None:
        _within(module, index, lambda suite: imports.drop(suite, lambda key, name: name in for_good))


def drop_named(module: Suite, name: str) -> list[str]:
    """Drop what binds the name; `a.b` names `import a.b`."""
    return drop(module, lambda key, bound: name in (bound, key[2]))


def drop_unused(module: Suite, unused: set[str]) -> list[str]:
    return drop(module, lambda key, name: name in unused and key[1] != "__future__")


def order(module: Suite) -> None:
    """Put the imports of the module, and those of its block, in order."""
    imports.order(module)
    index = _index(module)
    if index is not None:
        _within(module, index, imports.order)


def _index(module: Suite) -> int | None:
    return next((n for n, item in enumerate(module.items) if item.kind == "type checking"), None)


def _within(module: Suite, index: int, change: Callable[[Suite], object]) -> None:
    """Change the body of the block at `index`. Untouched, it stays to the byte."""
    item = module.items[index]
    head, suite = opened(item, "", module.newline)
    before = suite.lines()
    change(suite)
    if suite.lines() == before:
        return
    if not suite.items:
        module.take(index)
        return
    suite.items[0].before = suite.items[0].before[blanks_at_start(suite.items[0].before) :]
    module.items[index] = _again(Item(item.before, item.comment, [*head, *suite.lines()], item.nodes))


def _again(item: Item) -> Item:
    """The item with positions that fit its changed code."""
    return Item(item.before, item.comment, item.code, list(ast.parse("".join(item.code)).body))


def _reindent(item: Item, old: str, new: str) -> None:
    for lines in (item.before, item.comment, item.code):
        lines[:] = [new + line.removeprefix(old) if line.strip() else line for line in lines]
