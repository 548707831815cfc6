"""A module, or the body of a class, as a row of items that renders back to the byte."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field

from course.engine.compose import names
from course.engine.compose.lines import (
    blanks_at_start,
    indent_of,
    is_blank,
    is_comment,
    join,
    without_trailing_blanks,
)

_HEAD = re.compile(r"#!|#.*coding[:=]")  # PEP 263 and the shebang: their line must not move


@dataclass
class Item:
    """One statement with what stands above it.

    `before`: blank lines and comments that belong to no definition. `comment`: the comment lines that touch
    the statement. `code`: its lines, decorators included. `nodes`: more than one when they share a line.
    `start`: index of `code[0]` among the lines that the nodes' positions count.
    """

    before: list[str]
    comment: list[str]
    code: list[str]
    nodes: list[ast.stmt]
    start: int = 0
    names: frozenset[str] = frozenset()
    kind: str = field(default="")

    def __post_init__(self) -> None:
        self.names = frozenset(name for node in self.nodes for name in names.bound(node))
        self.kind = _kind(self.nodes)


def _kind(nodes: list[ast.stmt]) -> str:
    match nodes:
        case [ast.Import() | ast.ImportFrom()]:
            return "import"
        case [ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef()]:
            return "definition"
        case [ast.Expr(value=ast.Constant(value=value))] if not isinstance(value, str):
            return "filler"
        case [ast.If() as node] if names.is_type_checking(node):
            return "type checking"
        case [ast.If() | ast.Try() | ast.With() | ast.For() | ast.While() | ast.Match()]:
            return "compound"
        case [ast.Pass()]:
            return "filler"
    return "plain"


def is_text(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


@dataclass
class Suite:
    """Items in order, the lines after the last one, and the indent of all (empty for a module)."""

    items: list[Item]
    tail: list[str]
    indent: str
    newline: str

    def lines(self) -> list[str]:
        parts = [line for item in self.items for line in (*item.before, *item.comment, *item.code)]
        return [*parts, *self.tail]

    def text(self) -> str:
        return join(self.lines(), self.newline)

    def gap(self, count: int) -> list[str]:
        return [self.newline] * count

    def binding(self, name: str) -> list[int]:
        """Where the name is bound: indices of items."""
        return [n for n, item in enumerate(self.items) if name in item.names]

    def blanks(self, previous: Item | None, item: Item) -> tuple[int, int]:
        """The least and the most blank lines between two items, as `ruff format` leaves them."""
        if previous is None:
            return 0, 0
        apart = 1 if self.indent else 2
        if previous.names & item.names and previous.code[-1].rstrip().endswith(": ..."):
            return 0, apart  # overloads may touch
        if "definition" in (previous.kind, item.kind):
            return apart, apart
        if previous.kind == "docstring":
            return 1, 1
        if {"compound", "type checking"} & {previous.kind, item.kind}:
            return 1, apart
        return (1, apart) if previous.kind == "import" and item.kind != "import" else (0, apart)

    def settle(self, index: int, *, shrink: bool = False) -> None:
        """Give the item at `index` the blank lines that it needs; with `shrink` take away those too many."""
        if 0 < index == len(self.items):
            apart = 1 if self.indent else 2
            if self.items[-1].kind == "definition" and without_trailing_blanks(self.tail):
                self.tail[:0] = self.gap(max(apart - blanks_at_start(self.tail), 0))
        elif 0 < index < len(self.items):
            item = self.items[index]
            least, most = self.blanks(self.items[index - 1], item)
            there = blanks_at_start(item.before)
            item.before[:0] = self.gap(max(least - there, 0))
            if shrink:
                del item.before[: max(there - most, 0)]

    def part(self, item: Item) -> None:
        """Between a comment of no definition and a definition, leave as much room as between two."""
        above = without_trailing_blanks(item.before)
        if above and item.kind == "definition":
            apart = 1 if self.indent else 2
            item.before += self.gap(max(apart - (len(item.before) - len(above)), 0))

    def put(self, index: int, item: Item, wish: int = 0) -> None:
        """Insert an item so that `wish` blank lines stand above it, or as many as must."""
        previous = self.items[index - 1] if index else None
        least, most = self.blanks(previous, item)
        gap = self.gap(min(max(wish, least), most))
        extra = item.before[blanks_at_start(item.before) :]  # its own comments that belong to nobody
        if index == len(self.items):
            kept = without_trailing_blanks(self.tail)
            if kept and previous is None:  # a file of comments alone: keep one line between them and the code
                gap = self.gap(max(wish, 2 if item.kind == "definition" else 1))
            if kept and not gap:  # or the comment would seem to speak of the newcomer
                gap = self.gap(1)
            item.before, self.tail = [*kept, *gap, *extra], []
            self.items.append(item)
            self.part(item)
            return
        follower = self.items[index]
        if previous is None:  # what stands at the head of a file stays there
            item.before, follower.before = [*follower.before, *extra], []
        else:
            item.before = [*gap, *extra]
        self.part(item)
        self.items.insert(index, item)
        self.settle(index + 1)

    def put_before(self, index: int, item: Item) -> None:
        """Insert an item where another one stood, below the free comments there."""
        follower = self.items[index]
        if not index:
            self.put(index, item)
            return
        extra = item.before[blanks_at_start(item.before) :]
        item.before, follower.before = [*follower.before, *extra], []
        self.part(item)
        self.items.insert(index, item)
        self.settle(index)
        self.settle(index + 1)

    def take(self, index: int) -> Item:
        """Remove an item with its comment; of the blank lines around it the larger gap remains."""
        item = self.items.pop(index)
        last = index == len(self.items)
        below = self.tail if last else self.items[index].before
        above = without_trailing_blanks(item.before)
        spare = item.before[len(above) :]
        count = blanks_at_start(below)
        blank = max(spare, below[:count], key=len)
        rest = below[count:]
        if last and not rest:
            blank = []
        if index == 0 and not above:
            blank = []
        below[:] = [*above, *blank, *rest]
        self.settle(index)
        return item


def read(
    lines: list[str], body: list[ast.stmt], indent: str, newline: str, start: int = 0, end: int = -1
) -> Suite:
    """The statements of `body`, whose positions count in `lines`, as a suite of lines[start:end]."""
    stop = len(lines) if end < 0 else end
    items: list[Item] = []
    cursor = start
    for nodes in _sharing(body):
        first = min([nodes[0].lineno, *(d.lineno for d in getattr(nodes[0], "decorator_list", ()))]) - 1
        between = lines[cursor:first]
        if items:
            deep = _deeper(between, indent)
            items[-1].code += between[:deep]
            between = between[deep:]
        touching = len(between)
        while touching and is_comment(between[touching - 1]):
            line = first - (len(between) - touching) - 1
            if line < 2 and not indent and _HEAD.match(lines[line]):
                break
            touching -= 1
        cursor = nodes[-1].end_lineno or first + 1
        items.append(Item(between[:touching], between[touching:], lines[first:cursor], nodes, first))
    tail = lines[cursor:stop]
    if items:
        deep = _deeper(tail, indent)
        items[-1].code += tail[:deep]
        tail = tail[deep:]
        if is_text(items[0].nodes[0]) and len(items[0].nodes) == 1:
            items[0].kind = "docstring"
    return Suite(items, tail, indent, newline)


def _sharing(body: list[ast.stmt]) -> list[list[ast.stmt]]:
    """Statements that share a line (`a = 1; b = 2`), and a field with the text under it, go together."""
    groups: list[list[ast.stmt]] = []
    for node in body:
        above = groups[-1][-1] if groups else None
        shares = above is not None and node.lineno == above.end_lineno
        if shares or (isinstance(above, ast.Assign | ast.AnnAssign) and is_text(node)):
            groups[-1].append(node)
        else:
            groups.append([node])
    return groups


def _deeper(lines: list[str], indent: str) -> int:
    """How many of the lines still belong to the block above: up to the last comment indented deeper."""
    deep = 0
    for n, line in enumerate(lines):
        if not is_blank(line):
            if len(indent_of(line)) <= len(indent):
                break
            deep = n + 1
    return deep


def opened(item: Item, outer: str, newline: str) -> tuple[list[str], Suite]:
    """The head of a block (`class Store:`) and its body as a suite; `outer` is the block's own indent."""
    node = item.nodes[0]
    assert isinstance(node, ast.ClassDef | ast.If)
    first = node.body[0]
    line = min([first.lineno, *(d.lineno for d in getattr(first, "decorator_list", ()))]) - 1 - item.start
    shift = [""] * item.start  # so that the positions of the nodes fit the item's own lines
    lead = item.code[line].encode()[: first.col_offset].decode() if line < len(item.code) else ""
    if lead.strip():  # the body stands on the line of its head: class Closed(Exception): ...
        indent = outer + ("\t" if outer.endswith("\t") else "    ")
        rest = item.code[line].encode()[first.col_offset :].decode()
        head = [*item.code[:line], lead.rstrip() + newline]
        body = Item([], [], [indent + rest, *item.code[line + 1 :]], node.body)
        return head, Suite([body], [], indent, newline)
    indent = indent_of(item.code[line])
    above = line
    while above and (is_blank(item.code[above - 1]) or is_comment(item.code[above - 1])):
        above -= 1
    lines = [*shift, *item.code]
    suite = read(lines, node.body, indent, newline, item.start + above, len(lines))
    return item.code[:above], suite
