"""Small mechanical mistakes in Python source: one a mutant, each with a name that stays the same.

Tools that mutate code skip decorated functions or edit files in place; a service is all decorators, and what
is mutated here is text. A name is the file, the function, the operator and its number within the function,
such as `app/routers/lots.py::read_lot::keyword-2`.
"""

import ast
import difflib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

TURNED: Mapping[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
COUNTED: Mapping[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
}
# Words for people: changing them changes nothing that a service does.
PROSE = frozenset({"description", "summary", "examples", "openapi_examples", "response_description"})
BOUNDS = frozenset({"ge", "gt", "le", "lt", "min_length", "max_length", "limit", "max_size"})

Change = Callable[[], None]


@dataclass(frozen=True)
class Mutant:
    """One mistake: its name, the file it is in, the whole text of that file, and the difference it makes."""

    name: str
    path: str
    text: str
    difference: str


@dataclass(frozen=True)
class Site:
    """A place that can be mutated: where, how, and the change to the tree it was found in."""

    function: str
    operator: str
    line: int
    change: Change


def mutants(path: str, text: str, lines: Collection[int]) -> Iterator[Mutant]:
    """All mutants of the given lines (from 1) of one file."""
    plain = ast.unparse(ast.parse(text)) + "\n"
    numbers: dict[tuple[str, str], int] = {}
    for index, site in enumerate(sites(ast.parse(text))):
        key = (site.function, site.operator)
        numbers[key] = numbers.get(key, 0) + 1
        if site.line not in lines:
            continue
        tree = ast.parse(text)
        sites(tree)[index].change()
        mutated = ast.unparse(ast.fix_missing_locations(tree)) + "\n"
        if mutated != plain:
            name = f"{path}::{site.function}::{site.operator}-{numbers[key]}"
            yield Mutant(name, path, mutated, _difference(plain, mutated, path))


def written(stubbed: str, solved: str) -> frozenset[int]:
    """The lines of a solved file that are not in the stubbed one: what the learner writes."""
    matcher = difflib.SequenceMatcher(None, stubbed.splitlines(), solved.splitlines(), autojunk=False)
    changed = [code for code in matcher.get_opcodes() if code[0] in {"replace", "insert"}]
    return frozenset(line + 1 for _, _, _, first, last in changed for line in range(first, last))


def sites(tree: ast.Module) -> list[Site]:
    """Every place of a tree, in the order of the source."""
    said = {id(part) for node in ast.walk(tree) if isinstance(node, ast.Raise) for part in _sentences(node)}
    return sorted(_within(tree, "module", said), key=lambda site: site.line)


def _within(node: ast.AST, function: str, said: Collection[int]) -> Iterator[Site]:
    for operator, line, change in _changes(node):
        yield Site(function, operator, line, change)
    for child in ast.iter_child_nodes(node):
        inside = function
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            inside = child.name if function == "module" else f"{function}.{child.name}"
        if id(child) not in said and not _for_people(node, child):
            yield from _within(child, inside, said)


def _sentences(error: ast.Raise) -> Iterator[ast.AST]:
    """The words of an exception: texts with a space in them. A checkpoint does not pin how they are put."""
    for part in ast.walk(error):
        texts = [each.value for each in ast.walk(part) if isinstance(each, ast.Constant)]
        if isinstance(part, ast.JoinedStr | ast.Constant) and any(" " in str(text) for text in texts):
            yield part


def _for_people(node: ast.AST, child: ast.AST) -> bool:
    """Whether a part of the tree is read by people alone: a docstring, a description."""
    if isinstance(node, ast.Expr):
        return isinstance(child, ast.Constant)
    return isinstance(node, ast.keyword) and node.arg in PROSE


def _changes(node: ast.AST) -> Iterator[tuple[str, int, Change]]:
    line = getattr(node, "lineno", 0)
    match node:
        case ast.Compare(ops=ops):
            for at, op in enumerate(ops):
                yield "comparison", line, _put(ops, at, TURNED[type(op)]())
        case ast.BoolOp(op=op):
            yield "and-or", line, _set(node, "op", ast.Or() if isinstance(op, ast.And) else ast.And())
        case ast.BinOp(op=op) if type(op) in COUNTED:
            yield "arithmetic", line, _set(node, "op", COUNTED[type(op)]())
        case ast.Constant(value=value):
            yield from _constants(node, value)
        case ast.keyword(arg=name, value=ast.Constant(value=int() as value)) if name in BOUNDS:
            yield "one-less", line, _set(node.value, "value", value - 1)
        case ast.Call(keywords=keywords):
            for at, keyword in enumerate(keywords):
                if keyword.arg not in PROSE:
                    yield "keyword", keyword.lineno, _drop(keywords, at)
        case ast.If() | ast.While() | ast.IfExp():
            yield "negated", line, _set(node, "test", ast.UnaryOp(ast.Not(), node.test))
        case ast.Return(value=value) if value is not None:
            yield "return-none", line, _set(node, "value", None)
    yield from _statements(node)


def _constants(node: ast.Constant, value: object) -> Iterator[tuple[str, int, Change]]:
    match value:
        case bool():
            yield "boolean", node.lineno, _set(node, "value", not value)
        case int() | float():
            yield "one-more", node.lineno, _set(node, "value", value + 1)
        case str() | bytes():
            more = "XX" if isinstance(value, str) else b"XX"
            yield "text", node.lineno, _set(node, "value", value + more)  # type: ignore[operator]


def _statements(node: ast.AST) -> Iterator[tuple[str, int, Change]]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        for at, decorator in enumerate(node.decorator_list):
            yield "decorator", decorator.lineno, _drop(node.decorator_list, at)
    if isinstance(node, ast.Try | ast.TryStar):
        if node.finalbody:
            yield "cleanup", node.finalbody[0].lineno, _set(node, "finalbody", [ast.Pass()])
        for handler in node.handlers:
            yield "handler", handler.lineno, _set(handler, "body", [ast.Raise()])
    for name in ("body", "orelse", "finalbody"):
        found = getattr(node, name, None)
        body: list[ast.stmt] = found if isinstance(found, list) else []
        for at, statement in enumerate(body):
            if _does_something(statement):
                yield "removed", statement.lineno, _put(body, at, ast.Pass())


def _does_something(statement: ast.stmt) -> bool:
    """Whether its removal is more than a name that is missing afterwards."""
    match statement:
        case ast.Expr(value=ast.Call() | ast.Await()):
            return True
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            return True
        case ast.AugAssign() | ast.Raise() | ast.Delete():
            return True
    return False


def _set(node: ast.AST, name: str, value: object) -> Change:
    return lambda: setattr(node, name, value)


def _put(nodes: "list[ast.stmt] | list[ast.cmpop]", at: int, node: ast.AST) -> Change:
    return lambda: nodes.__setitem__(at, node)  # type: ignore[call-overload]


def _drop(nodes: "list[ast.expr] | list[ast.keyword]", at: int) -> Change:
    return lambda: nodes.__delitem__(at)


def _difference(before: str, after: str, path: str) -> str:
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), f"{path}, ours", f"{path}, mutant", lineterm="", n=1
    )
    return "\n".join(lines)
