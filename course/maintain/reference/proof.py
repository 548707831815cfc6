"""That every line of a pattern is run: the requirements named for it are run, and their lines looked at."""

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from course import paths
from course.errors import CourseError
from course.learn.lookup.reference.items import Item
from course.learn.lookup.reference.patterns import pattern

LIMIT = 900
"""Seconds for all requirements together."""
SILENT = (ast.Nonlocal, ast.Global, ast.Try, ast.TryStar)
"""Statements without code of their own."""
Hits = dict[str, dict[str, list[int]]]


def node_id(item: Item, name: str) -> str:
    """The name by which pytest knows a requirement on the checkpoint of an item.

    Raises:
        CourseError: no chapter has such a requirement, or that chapter comes after the checkpoint.
    """
    for chapter in item.cut.chapter.road:
        if f"def {name}(" in _tests(chapter.tests):
            return f"{paths.shown(chapter.tests)}::{name}[{item.cut.chapter.stem}]"
    raise CourseError(f"No chapter up to {item.cut.chapter.number} has {name}.", "Name one that has it.")


@cache
def _tests(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def proven(items: Iterable[Item]) -> list[Item]:
    """Those whose lines requirements run. A probe is run with its notebook, TOML by another test."""
    return [item for item in items if not item.cut.is_probe and item.cut.file.endswith(".py")]


def run(items: Iterable[Item], folder: Path) -> Hits:
    """Run the requirements that the items need, in one process, and give the lines that each of them ran.

    A class or an assignment is run when its module is imported: its requirement is not run once more for it.

    Raises:
        CourseError: a requirement did not hold, or could not be run.
    """
    names = sorted({node_id(item, name) for item in items if within_calls(item) for name in item.proof})
    wanted, written = folder / "requirements.txt", folder / "hits.json"
    wanted.write_text("\n".join(names), encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "course.maintain.reference.executed_lines",
    ]
    ours = {"COURSE_HITS": str(written), "PYTHONPATH": str(paths.ROOT)}
    ended = subprocess.run(
        [*command, f"--basetemp={folder / 'tmp'}", f"@{wanted}"],
        cwd=paths.ROOT,
        env=os.environ | ours,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    if ended.returncode != 0:
        told = f"{ended.stdout[-3000:]}{ended.stderr[-1000:]}"
        raise CourseError(f"A requirement did not hold:\n{told}", "Correct it, or name another.")
    hits: Hits = json.loads(written.read_text(encoding="utf-8"))
    return hits


def never_run(item: Item, hits: Hits) -> list[int]:
    """The lines of an item's pattern that its requirements did not run, or that nothing ran at import."""
    cut = pattern(item)
    ours = [hits.get(node_id(item, name), {}) for name in item.proof]
    within = {line for each in ours for line in each.get(cut.place, ())}
    anywhere = {line for each in hits.values() for line in each.get(cut.place, ())}
    shown = set(cut.lines)
    return sorted(
        line
        for line, inside in statements(ast.parse(cut.source))
        if line in shown and line not in (within if inside and not item.at_import else anywhere)
    )


def within_calls(item: Item) -> set[int]:
    """The lines of an item's pattern that only a call runs."""
    cut = pattern(item)
    inside = {line for line, inside in statements(ast.parse(cut.source)) if inside}
    return set() if item.at_import else inside & set(cut.lines)


def statements(tree: ast.AST, *, inside: bool = False) -> Iterator[tuple[int, bool]]:
    """The first lines of all statements with code of their own, and whether a call is needed to run each."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.stmt) and not _is_silent(node, inside):
            yield node.lineno, inside
        calls = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        yield from statements(node, inside=inside or calls)


def _is_silent(node: ast.stmt, inside: bool) -> bool:
    """Whether no line is ever reported for it: a docstring, a bare annotation in a function, `try:`."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    return isinstance(node, SILENT) or (inside and isinstance(node, ast.AnnAssign) and node.value is None)
