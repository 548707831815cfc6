"""What a file has lost: imports that left it, so that they can come back, and names that are gone."""

from __future__ import annotations

import ast
import builtins

from course.engine.compose import names


def imported(text: str) -> dict[str, str]:
    """Each name that the module's imports bind, and the statement that would bind it alone."""
    found: dict[str, str] = {}
    for node in _body(text):
        if isinstance(node, ast.Import):
            found |= {names.bound_by(each): ast.unparse(ast.Import([each])) for each in node.names}
        elif isinstance(node, ast.ImportFrom):
            for each in node.names:
                alone = ast.ImportFrom(node.module, [each], node.level)
                found[names.bound_by(each)] = ast.unparse(alone)
    return found


def undefined(text: str) -> set[str]:
    """Names that the module's code uses, and that nothing in it binds, at whatever place."""
    bound: set[str] = set(dir(builtins))
    nodes = [each for node in _body(text) for each in ast.walk(node)]
    for each in nodes:
        match each:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                bound.add(name)
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                bound.add(name)
            case ast.Import() | ast.ImportFrom():
                bound |= {names.bound_by(alias) for alias in each.names}
            case (
                ast.ExceptHandler(name=str(name))
                | ast.MatchAs(name=str(name))
                | ast.MatchStar(name=str(name))
            ):
                bound.add(name)
    used = {each.id for each in nodes if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load)}
    return used - bound


def gone(before: str, after: str) -> list[str]:
    """The functions, classes and values of a module that it no longer has, in their order."""
    return [name for name in _defined(before) if name not in _defined(after)]


def _defined(text: str) -> list[str]:
    statements = [node for node in _body(text) if not isinstance(node, ast.Import | ast.ImportFrom)]
    bound = [name for node in statements for name in sorted(names.bound(node))]
    return [name for name in bound if name.isidentifier()]


def _body(text: str) -> list[ast.stmt]:
    try:
        return ast.parse(text).body
    except SyntaxError:  # the learner's own hand, in an editor
        return []
