"""A pytest plugin: which statements of the checkpoints each test ran, written as JSON.

The file is named by `COURSE_HITS`: for each test, for each file, the lines on which those statements begin. A
checkpoint's module is compiled with a note before each statement. A tracer would cost several times as much,
and loses its way in SQLAlchemy's greenlets, in which one function is left in the middle for another.
"""

import ast
import builtins
import json
import os
from collections import defaultdict
from collections.abc import Iterator
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType

import pytest

from course import paths
from course.engine.checkpoint import logins

HERE = str(paths.CHECKPOINTS)
NOTE = "__note_of_a_statement__"
_lines: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
_now = ""
_plain = SourceFileLoader.get_code


def _note(file: str, line: int) -> None:
    _lines[_now, file].add(line)


def noted(source: str, file: str) -> ast.Module:
    """The tree of a module with a note before each of its statements; a docstring stays the first."""
    tree = ast.parse(source, file)
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            if isinstance(body := getattr(node, name, None), list):
                body[:] = [each for statement in body for each in _with_note(statement, file)]
    return ast.fix_missing_locations(tree)


def _with_note(statement: ast.stmt, file: str) -> list[ast.stmt]:
    docstring = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    if docstring or isinstance(statement, ast.Nonlocal | ast.Global):
        return [statement]
    told = ast.Call(ast.Name(NOTE, ast.Load()), [ast.Constant(file), ast.Constant(statement.lineno)], [])
    note = ast.copy_location(ast.Expr(told), statement)
    return [note, statement]


def _code(loader: SourceFileLoader, name: str) -> CodeType | None:
    """The code of a module, from its text where it is a checkpoint's: what is kept compiled has no notes."""
    if not loader.path.startswith(HERE):
        return _plain(loader, name)
    source = Path(loader.path).read_text(encoding="utf-8")
    code: CodeType = compile(noted(source, loader.path), loader.path, "exec", dont_inherit=True)
    return code


def pytest_configure() -> None:
    """Begin before a checkpoint is imported, so that what runs once is seen."""
    setattr(builtins, NOTE, _note)
    SourceFileLoader.get_code = _code  # type: ignore[assignment, method-assign]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Write down what this test runs under its name. Hashing a password costs next to nothing."""
    global _now
    _now = item.nodeid
    with logins.cheap_hashes():
        return (yield)


def pytest_unconfigure() -> None:
    """Write the file."""
    SourceFileLoader.get_code = _plain  # type: ignore[method-assign]
    found: dict[str, dict[str, list[int]]] = {}
    for (test, file), lines in _lines.items():
        found.setdefault(test, {})[paths.shown(Path(file))] = sorted(lines)
    Path(os.environ["COURSE_HITS"]).write_text(json.dumps(found), encoding="utf-8")
