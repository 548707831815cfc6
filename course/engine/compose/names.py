"""Which names a statement binds, which it uses, and which it needs at the moment it runs."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

Function = ast.FunctionDef | ast.AsyncFunctionDef
Definitions = dict[str, list[ast.stmt]]
_TYPE = re.compile(r"[A-Za-z_]\w*")


def bound(node: ast.stmt) -> frozenset[str]:
    """The names by which a later cell may replace this statement; none for one that is run for its effect.

    Beside real names: `app.state.x` for an assignment to an attribute, `if TEST` for a condition.
    """
    match node:
        case ast.FunctionDef(name="_") | ast.AsyncFunctionDef(name="_"):
            return frozenset({f"_({ast.unparse(node.args)})"})  # `@f.register` takes many of them
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return frozenset({node.name})
        case ast.Assign():
            return frozenset(name for target in node.targets for name in _targets(target))
        case ast.AnnAssign():
            return frozenset(_targets(node.target))
        case ast.Import() | ast.ImportFrom():
            return frozenset(bound_by(alias) for alias in node.names)
        case ast.If():
            inner = [*node.body, *node.orelse]
            return _all(inner) | {f"if {ast.unparse(node.test)}"}
        case ast.Try():
            return _all([*node.body, *(s for h in node.handlers for s in h.body), *node.orelse])
    if type(node).__name__ == "TypeAlias":  # `type Money = Decimal`, from Python 3.12 on
        return frozenset(_targets(node.name))  # type: ignore[attr-defined]
    return frozenset()


def _all(nodes: Iterable[ast.stmt]) -> frozenset[str]:
    return frozenset(name for node in nodes for name in bound(node))


def _targets(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Tuple | ast.List):
        for element in node.elts:
            yield from _targets(element)
    elif isinstance(node, ast.Starred):
        yield from _targets(node.value)
    else:
        yield ast.unparse(node)


def bound_by(alias: ast.alias) -> str:
    """`a` for `import a.b`, `c` for `import a.b as c` and for `from a import c`."""
    return alias.asname or alias.name.split(".")[0]


def is_type_checking(node: ast.AST) -> bool:
    """Is it `if TYPE_CHECKING:`, without an `else`?"""
    return (
        isinstance(node, ast.If)
        and not node.orelse
        and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")
    )


def accessor(node: ast.stmt) -> str | None:
    """`setter` for a function under `@its_own_name.setter`, which completes a property and replaces none."""
    if isinstance(node, Function):
        for decorator in node.decorator_list:
            if isinstance(decorator, ast.Attribute) and ast.unparse(decorator.value) == node.name:
                return decorator.attr
    return None


def used(tree: ast.AST) -> set[str]:
    """Names that the code mentions, in quoted annotations and `__all__` too; imports do not count."""
    names: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name():
                names.add(node.id)
            case ast.Subscript():  # Mapped["Lot"]; a capital tells a type from a dictionary's key
                names |= {name for name in _quoted(node.slice) if name[0].isupper()}
            case ast.arg() | ast.AnnAssign() if node.annotation is not None:
                names |= _quoted(node.annotation)
            case ast.FunctionDef() | ast.AsyncFunctionDef() if node.returns is not None:
                names |= _quoted(node.returns)
            case ast.Call(func=ast.Name(id="cast" | "ForwardRef"), args=[first, *_]):
                names |= _quoted(first)
            case ast.Assign(targets=[ast.Name(id="__all__")]) | ast.AugAssign(target=ast.Name(id="__all__")):
                names |= _quoted(node.value)
    return names


def _quoted(node: ast.AST) -> set[str]:
    strings = (n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str))
    return {name for text in strings if len(text) < 200 for name in _TYPE.findall(text)}


def definitions(statements: Iterable[list[ast.stmt]]) -> Definitions:
    """What binds each name."""
    found: Definitions = {}
    for nodes in statements:
        for node in nodes:
            for name in bound(node):
                found.setdefault(name, []).append(node)
    return found


def needed_to_run(node: ast.stmt, definitions: Definitions) -> set[str]:
    """Names that must exist when the statement runs, as a module is imported.

    The body of a function counts when the statement calls it by its name, as `app = create_app()` does.
    """
    parts = list(_running(node))
    names, waiting, seen = _names(parts), _called(parts), set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        for definition in definitions.get(name, ()):
            if isinstance(definition, Function | ast.ClassDef):
                inner = list(ast.walk(definition))
                names |= _names(inner)
                waiting |= _called(inner)
    return names


def _running(node: ast.AST) -> Iterator[ast.AST]:
    """The statement's nodes without the bodies of functions, which run later."""
    yield node
    later = (
        (node.body if isinstance(node.body, list) else [node.body])
        if isinstance(node, Function | ast.Lambda)
        else []
    )
    for child in ast.iter_child_nodes(node):
        if child not in later:
            yield from _running(child)


def _names(nodes: Iterable[ast.AST]) -> set[str]:
    return {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}


def _called(nodes: Iterable[ast.AST]) -> set[str]:
    calls = [node.func for node in nodes if isinstance(node, ast.Call)]
    calls += [d for node in nodes if isinstance(node, Function | ast.ClassDef) for d in node.decorator_list]
    return {call.id for call in calls if isinstance(call, ast.Name)}
