"""Cutting a pattern out of a checkpoint, or out of a probe, by its syntax tree. Nothing is typed again."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from textwrap import dedent

from course import paths
from course.engine import texts
from course.errors import CourseError
from course.learn.lookup.reference.items import FILE, Item

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
GAP = "# …"
"""What stands for lines that are left out."""


@dataclass(frozen=True)
class Pattern:
    """What is shown of an item, where it was cut from, and which lines of that text were taken (from 1)."""

    text: str
    source: str
    place: str
    lines: tuple[int, ...]


@cache
def pattern(item: Item) -> Pattern:
    """The pattern of an item.

    Raises:
        CourseError: what it names is not there, or is there more than once.
    """
    cut = item.cut
    if cut.file == "pyproject.toml":
        return _table(item)
    source, place = _probe(item) if cut.is_probe else _file(item)
    tree = ast.parse(source)
    if cut.is_probe:
        kept = _kept(item, source, tree.body) if cut.keep else set(range(1, source.count("\n") + 2))
        return Pattern(_shown(source, kept, spared=set()), source, place, tuple(sorted(kept)))
    found = [_named(item, tree, name) for name in cut.names]
    text, lines = "", set()
    for number, (node, members) in enumerate(found):
        kept, spared = _parts(item, source, node, members)
        apart = any(isinstance(each, Definition) for each, _ in found[max(number - 1, 0) : number + 1])
        end = 0 if members else node.end_lineno or 0
        text += ("\n\n\n" if apart else "\n") + _shown(source, kept, spared, end)
        lines |= kept
    return Pattern(text.strip("\n"), source, place, tuple(sorted(lines)))


def _file(item: Item) -> tuple[str, str]:
    path = item.cut.chapter.checkpoint / item.cut.file
    if not path.is_file():
        raise _wrong(item, f"there is no {paths.shown(path)}")
    return path.read_text(encoding="utf-8"), paths.shown(path)


def _probe(item: Item) -> tuple[str, str]:
    """The one probe that has these words, without its magics; the place is the chapter's notebook."""
    (words,), chapter = item.cut.names, item.cut.chapter
    cells = texts.code_cells(chapter.text.read_text(encoding="utf-8"))
    having = [cell for cell in cells if not cell.builds and words in cell.source]
    if len(having) != 1:
        raise _wrong(item, f"{len(having)} probes of {chapter.called} have the words {words!r}")
    lines = texts.solved(having[0].source).split("\n")
    plain = "\n".join("" if line.startswith("%") else line for line in lines)
    return plain, paths.shown(chapter.notebook)


def _table(item: Item) -> Pattern:
    """A table of a pyproject.toml, as it stands."""
    source, place = _file(item)
    lines = source.split("\n")
    if item.cut.names[0] not in lines:
        raise _wrong(item, f"{place} has no {item.cut.names[0]}")
    first = last = lines.index(item.cut.names[0])
    while last + 1 < len(lines) and lines[last + 1].strip():
        last += 1
    return Pattern("\n".join(lines[first : last + 1]), source, place, tuple(range(first + 1, last + 2)))


def _named(item: Item, tree: ast.Module, name: str) -> tuple[ast.stmt, list[ast.stmt]]:
    """The top-level statement of that name, and of a `Class.method` the method."""
    name, _, member = name.partition(".") if _is_class(tree, name) else (name, "", "")
    for node in tree.body:
        if _is_called(node, name):
            if not member:
                return node, []
            inside = [each for each in node.body if _is_called(each, member)]  # type: ignore[attr-defined]
            if len(inside) == 1:
                return node, inside
    raise _wrong(item, f"nothing is called {name}{'.' + member if member else ''}")


def _is_class(tree: ast.Module, name: str) -> bool:
    return any(isinstance(node, ast.ClassDef) and node.name == name.partition(".")[0] for node in tree.body)


def _is_called(node: ast.stmt, name: str) -> bool:
    if isinstance(node, Definition):
        return node.name == name
    if isinstance(node, ast.AnnAssign):
        return ast.unparse(node.target) == name
    if isinstance(node, ast.Assign):
        return name in [ast.unparse(target) for target in node.targets]
    return isinstance(node, ast.Expr) and ast.unparse(node).startswith(name)


def _parts(item: Item, source: str, node: ast.stmt, members: list[ast.stmt]) -> tuple[set[int], set[int]]:
    """The lines of a statement that are shown, and those that are left out without a gap: docstrings."""
    every = _lines(node)
    spared = {line for inner in ast.walk(node) for line in _docstring(inner)}
    if members:
        shown = _head(node) | {line for each in members for line in _lines(each)}
    elif item.cut.keep and isinstance(node, Definition):
        shown = _head(node) | _kept(item, source, node.body)
    else:
        shown = every
    return shown - spared, spared


def _kept(item: Item, source: str, body: Sequence[ast.stmt]) -> set[int]:
    """The lines of the statements that `keep` names, each by its beginning, or from one to another."""
    lines = source.split("\n")
    kept: set[int] = set()
    statements = [each for node in body for each in ast.walk(node) if isinstance(each, ast.stmt)]
    for keep in item.cut.keep:
        first, _, last = keep.partition(" … ")
        begun = ends = _beginning(statements, lines, first)
        if begun is not None and last:
            ends = _beginning([each for each in statements if each.lineno > begun.lineno], lines, last)
        if begun is not None and ends is not None:
            kept |= set(range(min(_lines(begun)), max(_lines(ends)) + 1))
            around = [each for each in statements if isinstance(each, Definition) and begun in ast.walk(each)]
            kept |= {line for each in around for line in _head(each)}
        elif len(item.cut.names) == 1:
            raise _wrong(item, f"no statement begins with {keep!r}")
    return kept or {line for node in body for line in _lines(node)}


def _beginning(statements: Sequence[ast.stmt], lines: Sequence[str], words: str) -> ast.stmt | None:
    for each in sorted(statements, key=lambda node: (node.lineno, node.col_offset)):
        if lines[min(_lines(each)) - 1].strip().startswith(words):
            return each
    return None


def _lines(node: ast.stmt) -> set[int]:
    first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))])
    return set(range(first, (node.end_lineno or node.lineno) + 1))


def _head(node: ast.stmt) -> set[int]:
    """The decorators and the signature."""
    body: list[ast.stmt] = getattr(node, "body", [])
    return {line for line in _lines(node) if line < min(_lines(body[0]))} if body else _lines(node)


def _docstring(node: ast.AST) -> Iterator[int]:
    """The lines of a docstring and of the blank ones below it, unless nothing else stands there."""
    if isinstance(node, Definition) and ast.get_docstring(node) is not None and len(node.body) > 1:
        yield from range(node.body[0].lineno, min(_lines(node.body[1])))


def _shown(source: str, kept: set[int], spared: set[int], end: int = 0) -> str:
    """The kept lines, with a gap where something between them, or up to the end, is left out."""
    lines, shown, last = source.split("\n"), [], 0
    for number in [*sorted(kept), *([end + 1] if end else [])]:
        between = [each for each in range(last + 1, number) if last and each not in spared]
        text = lines[number - 1] if number in kept else " " * 4
        if any(lines[each - 1].strip() for each in between):
            shown.append(text[: len(text) - len(text.lstrip())] + GAP)
        elif number in kept:
            shown.extend("" for _ in between)
        if number in kept:
            shown.append(lines[number - 1])
        last = number
    return dedent("\n".join(shown)).strip("\n")


def _wrong(item: Item, what: str) -> CourseError:
    return CourseError(
        f"The quick reference cannot show {item.task!r}: {what}.", f"Correct the item in {paths.shown(FILE)}."
    )
