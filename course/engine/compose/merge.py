"""`add` and `write`: what a build cell does to the text of a file. Pure, but for a question to ruff."""

from __future__ import annotations

import ast
import textwrap

from course.engine.compose import imports, moves, names, syntax, type_checking
from course.engine.compose.class_body import Target, indented
from course.engine.compose.header import Header
from course.engine.compose.insertion import place
from course.engine.compose.lines import fixed_lines, is_blank, is_comment, newline_of, split, with_newlines
from course.engine.compose.members import Notes, merge, row
from course.engine.compose.suite import Item, Suite, read
from course.errors import CourseError


def write(old: str, cell: str) -> str:
    """The cell as the whole file; line ends stay those of the file that was there."""
    body = cell.rstrip().lstrip("\r\n")
    return with_newlines(body + "\n", newline_of(old)) if body else ""


def add(old: str, cell: str, header: Header) -> str:
    """The file's text with the cell's names put into it. Raises CourseError; NotPython for either text."""
    return combine(old, cell, header)[0]


def combine(old: str, cell: str, header: Header, first_line: int = 2) -> tuple[str, Notes]:
    """As `add`, with notes of what happened. `first_line`: number of the body's first line in the cell."""
    notes = Notes()
    mark, text = ("\ufeff", old[1:]) if old.startswith("\ufeff") else ("", old)
    newline = newline_of(text)
    body = _body(cell, header)
    tree = syntax.parse_cell(body, header.path, first_line)
    before = syntax.parse_file(text, header.path)
    module = read(split(text), before.body, "", newline)
    incoming = read(split(with_newlines(body, newline)), tree.body, "", newline)
    coming = [item for item in incoming.items if item.kind == "import"]
    blocks = [item for item in incoming.items if item.kind == "type checking"]
    rest = [item for item in incoming.items if item.kind not in ("import", "type checking", "filler")]

    target = Target(module, header)
    _remove(module, target, header, notes)
    defined = (
        frozenset[str]().union(*(item.names for item in rest)) if not header.inside else frozenset[str]()
    )
    arrived = _bring(module, coming, defined, notes)
    for block in blocks:
        arrived |= type_checking.bring(module, block, notes)
    notes.dropped += len(type_checking.drop(module, lambda key, name: name in defined - arrived))
    if header.inside:
        rest = indented(rest, target.suite.indent, fixed_lines(body, tree))
    if rest and rest[0].kind == "docstring":
        _document(target.suite, rest.pop(0), notes)
    fresh = row(rest)
    new = merge(target.suite, fresh, notes)
    moving = moves.taken(target.suite, [one for one in fresh if one not in new], header, notes)
    place(target.suite, sorted([*new, *moving], key=lambda one: one.number), header, notes)
    target.close()
    _drop_unused(module, names.used(before) - arrived, notes)

    if module.text() == text:
        return old, notes
    if notes.imported or notes.dropped:
        type_checking.order(module)
    return mark + _checked(module, header.path), notes


def _body(cell: str, header: Header) -> str:
    """The cell's text; members of a class may be written with the indent that they will have there."""
    body = with_newlines(cell, "\n")
    first = next((line for line in body.split("\n") if not is_blank(line) and not is_comment(line)), "")
    return textwrap.dedent(body) if header.inside and first.startswith((" ", "\t")) else body


def _remove(module: Suite, target: Target, header: Header, notes: Notes) -> None:
    """Take the names after `remove` away, imports too; a name that is not there is noted, and is no error."""
    chosen = set(header.remove)
    for name in header.remove:
        indices = [n for n in target.suite.binding(name) if target.suite.items[n].kind != "import"]
        for index in reversed(indices):
            others = target.suite.items[index].names - chosen
            if others:
                raise CourseError(
                    f"`{name}` is set by one statement together with `{', '.join(sorted(others))}`.",
                    "Write that statement as it should be, with `%%add` or in the file.",
                )
            target.suite.take(index)
        gone = [] if header.inside else type_checking.drop_named(module, name)
        notes.dropped += len(gone)
        (notes.removed if indices or gone else notes.absent).append(name)


def _bring(module: Suite, coming: list[Item], defined: frozenset[str], notes: Notes) -> set[str]:
    """Put the cell's imports into the module; returns the names that they bind.

    As in a notebook the import gives its name a new meaning: another import of that name leaves, and so
    does a definition of it in the file.
    """
    arrived: set[str] = set()
    for item in coming:
        arrived |= item.names
        there = imports.present(module)
        missing = [key not in there for key, _ in imports.keys(item.nodes[0])]
        new = {name: key for key, name in imports.keys(item.nodes[0]) if key not in there}
        if not new:
            continue
        notes.dropped += len(type_checking.drop(module, imports.clashing(new)))
        type_checking.release(module, set(new))
        for index in reversed(range(len(module.items))):
            old = module.items[index]
            if old.kind in ("definition", "plain") and old.names and old.names <= set(new) - defined:
                notes.removed += sorted(module.take(index).names)
        notes.imported += sum(missing)
        part = item if all(missing) else imports.thinned(item, [not m for m in missing])
        imports.insert(module, [part])
    return arrived


def _document(suite: Suite, item: Item, notes: Notes) -> None:
    """Set the docstring of the module or class."""
    old = suite.items[0] if suite.items and suite.items[0].kind == "docstring" else None
    if old is not None:
        notes.docstring = old.code != item.code
        old.code = item.code
        return
    notes.docstring = True
    item.before, item.kind = [], "docstring"
    comment, item.comment = item.comment, []
    suite.put(0, item)
    item.comment = comment
    suite.settle(1)


def _drop_unused(module: Suite, candidates: set[str], notes: Notes) -> None:
    """Imports whose name was used before the cell, and is by nothing after it, leave the file."""
    while True:
        unused = candidates - names.used(ast.parse(module.text()))
        gone = type_checking.drop_unused(module, unused)
        notes.dropped += len(gone)
        if not gone:
            return


def _checked(module: Suite, path: str) -> str:
    """The module's text, after a last look: what does not parse is never written."""
    text = module.text()
    try:
        syntax.parse_file(text, path)
    except syntax.NotPython as fault:
        raise CourseError(
            f"The cell and `{path}` parse, but together they would not: {fault.what}",
            f"`{path}` is as it was. Write the whole file with `%%write {path}`.",
        ) from None
    return text
