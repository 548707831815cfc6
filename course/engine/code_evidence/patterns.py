"""Python patterns that are searched for in a syntax tree: formatting, comments and quotes make no difference.

A pattern is Python. In it `_` stands for any one expression, and `...` for any sequence of arguments or
statements, or any expression. `_.commit(...)` is a call of `commit` on anything, with any arguments. Of a
function, written on one line after its decorator, a pattern names decorators and parameters that it has among
others; of a class, decorators and bases. `_text` is any string. The names that an `except` clause or an
`import` gives make no difference, nor do the parameters of a `lambda`.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Sequence

Function = ast.FunctionDef | ast.AsyncFunctionDef

ANY = "_"
TEXT = "_text"
IGNORED = frozenset({"ctx", "type_comment", "type_params", "kind", "returns"})


def parsed(pattern: str) -> ast.AST:
    """The node that a pattern describes.

    Raises:
        SyntaxError: it is neither an expression, a statement, nor an `except` or `finally` clause.
    """
    if pattern.startswith("@"):
        pattern = re.sub(r" (?=(?:async )?def |class )", "\n", pattern, count=1)
    clause = pattern.startswith(("except", "finally"))
    node = ast.parse(f"try: ...\n{pattern}" if clause else pattern).body[0]
    if isinstance(node, ast.Try) and node.handlers:
        return node.handlers[0]
    if isinstance(node, ast.Try):
        node.handlers, node.orelse = [*node.body], [*node.body]  # type: ignore[list-item]
    return node.value if isinstance(node, ast.Expr) else node


def found(pattern: ast.AST, nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Those of the nodes that a pattern describes."""
    wide = _is_any(pattern) or _is_text(pattern)
    kinds = ast.expr if wide else Function if isinstance(pattern, ast.FunctionDef) else type(pattern)
    return (node for node in nodes if isinstance(node, kinds) and fits(pattern, node))


def fits(pattern: object, node: object) -> bool:
    """Whether a pattern describes this very node."""
    if _is_any(pattern):
        return isinstance(node, ast.expr)
    if _is_text(pattern):
        return isinstance(node, ast.JoinedStr) or (
            isinstance(node, ast.Constant) and isinstance(node.value, str)
        )
    match pattern, node:
        case ast.Attribute(), ast.Attribute():
            return pattern.attr in (ANY, node.attr) and fits(pattern.value, node.value)
        case ast.ExceptHandler(), ast.ExceptHandler():
            return _fields_fit(pattern.type, node.type) and _fields_fit(pattern.body, node.body)
        case ast.Lambda(), ast.Lambda():
            return fits(pattern.body, node.body)
        case ast.ImportFrom(), ast.ImportFrom():
            names = {each.name for each in node.names}
            return pattern.module == node.module and {each.name for each in pattern.names} <= names
        case ast.Call(), ast.Call():
            return fits(pattern.func, node.func) and _arguments_fit(pattern, node)
        case ast.AsyncFunctionDef() | ast.FunctionDef(), ast.AsyncFunctionDef() | ast.FunctionDef():
            return _functions_fit(pattern, node)
        case ast.ClassDef(), ast.ClassDef():
            return (
                pattern.name in (ANY, node.name)
                and _each_in(pattern.decorator_list, node.decorator_list)
                and _each_in(pattern.bases, node.bases)
                and _sequences_fit(pattern.body, node.body)
            )
        case ast.AST(), ast.AST():
            return type(pattern) is type(node) and all(
                _fields_fit(getattr(pattern, name), getattr(node, name, None))
                for name in pattern._fields
                if name not in IGNORED
            )
    return type(pattern) is type(node) and pattern == node


def _fields_fit(pattern: object, node: object) -> bool:
    if isinstance(pattern, list) and isinstance(node, list):
        return _sequences_fit(pattern, node)
    return fits(pattern, node)


def _sequences_fit(patterns: Sequence[ast.AST], nodes: Sequence[ast.AST]) -> bool:
    """Whether the nodes are what the patterns say, one after the other; `...` stands for any number."""
    if not patterns:
        return not nodes
    first, *rest = patterns
    if _is_gap(first):
        return any(_sequences_fit(rest, nodes[start:]) for start in range(len(nodes) + 1))
    return bool(nodes) and fits(first, nodes[0]) and _sequences_fit(rest, nodes[1:])


def _arguments_fit(pattern: ast.Call, node: ast.Call) -> bool:
    open_ended = any(_is_gap(each) for each in pattern.args)
    given = {each.arg: each.value for each in node.keywords}
    wanted = {each.arg: each.value for each in pattern.keywords}
    if not open_ended and given.keys() != wanted.keys():
        return False
    named = all(name in given and fits(value, given[name]) for name, value in wanted.items())
    return named and _sequences_fit(pattern.args, node.args)


def _functions_fit(pattern: Function, node: Function) -> bool:
    """Name, decorators, parameters and body; a pattern with `def` describes an `async def` too."""
    if isinstance(pattern, ast.AsyncFunctionDef) and not isinstance(node, ast.AsyncFunctionDef):
        return False
    parameters = {each.arg: (each, default) for each, default in _parameters(node.args)}
    wanted = _parameters(pattern.args)
    return (
        pattern.name in (ANY, node.name)
        and _each_in(pattern.decorator_list, node.decorator_list)
        and all(_parameter_fits(each, default, parameters) for each, default in wanted)
        and _sequences_fit(pattern.body, node.body)
    )


def _parameter_fits(
    wanted: ast.arg, default: ast.expr | None, parameters: dict[str, tuple[ast.arg, ast.expr | None]]
) -> bool:
    def one_fits(there: ast.arg, given: ast.expr | None) -> bool:
        return (wanted.annotation is None or fits(wanted.annotation, there.annotation)) and (
            default is None or fits(default, given)
        )

    if wanted.arg == ANY:
        return any(one_fits(*each) for each in parameters.values())
    return wanted.arg in parameters and one_fits(*parameters[wanted.arg])


def _parameters(arguments: ast.arguments) -> list[tuple[ast.arg, ast.expr | None]]:
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults = [*[None] * (len(positional) - len(arguments.defaults)), *arguments.defaults]
    return [
        *zip(positional, defaults, strict=True),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ]


def _each_in(patterns: Iterable[ast.expr], nodes: Sequence[ast.expr]) -> bool:
    return all(any(fits(pattern, node) for node in nodes) for pattern in patterns)


def _is_text(node: object) -> bool:
    return isinstance(node, ast.Name) and node.id == TEXT


def _is_any(node: object) -> bool:
    return (isinstance(node, ast.Name) and node.id == ANY) or (
        isinstance(node, ast.Constant) and node.value is Ellipsis
    )


def _is_gap(node: object) -> bool:
    if isinstance(node, ast.Expr):
        return _is_gap(node.value)
    if isinstance(node, ast.withitem):
        return _is_gap(node.context_expr)
    return isinstance(node, ast.Constant) and node.value is Ellipsis
