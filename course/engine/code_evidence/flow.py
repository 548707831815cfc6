"""Whether a function can end without `return` and without `raise`: it then returns None."""

import ast
from collections.abc import Sequence


def falls_through(body: Sequence[ast.stmt]) -> bool:
    """Whether some path through these statements comes to their end.

    Calls that never return, and conditions that are always true, are not known, except `while True`.
    """
    return all(_passes(statement) for statement in body)


def _passes(statement: ast.stmt) -> bool:
    match statement:
        case ast.Return() | ast.Raise() | ast.Break() | ast.Continue():
            return False
        case ast.If():
            return falls_through(statement.body) or falls_through(statement.orelse)
        case ast.With() | ast.AsyncWith():
            return falls_through(statement.body)
        case ast.Try() | ast.TryStar():
            if not falls_through(statement.finalbody):
                return False
            normal = falls_through([*statement.body, *statement.orelse])
            return normal or any(falls_through(handler.body) for handler in statement.handlers)
        case ast.Match():
            ends = [case for case in statement.cases if _takes_all(case)]
            return not ends or any(falls_through(case.body) for case in statement.cases)
        case ast.While(test=ast.Constant(value=True)):
            return any(isinstance(node, ast.Break) for node in ast.walk(statement))
    return True


def _takes_all(case: ast.match_case) -> bool:
    return case.guard is None and isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None
