"""Imports of a file: which are there, which come, which leave, and in what order they stand."""

from __future__ import annotations

import ast
import functools
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from course.engine.compose import names
from course.engine.compose.lines import join, split, with_newlines
from course.engine.compose.suite import Item, Suite, read
from course.errors import CourseError

WIDTH = 110  # columns, as pyproject.toml sets for the whole repository
Key = tuple[int, str, str, str | None]  # dots, module, name, name given by `as`


def keys(node: ast.stmt) -> list[tuple[Key, str]]:
    """For each name of an import statement: what it imports, and the name that it binds."""
    if isinstance(node, ast.Import):
        return [((0, "", alias.name, alias.asname), names.bound_by(alias)) for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [
            ((node.level, node.module or "", alias.name, alias.asname), names.bound_by(alias))
            for alias in node.names
        ]
    return []


def present(suite: Suite) -> dict[Key, str]:
    """Every import among the suite's own statements, with the name that it binds."""
    return dict(pair for item in suite.items for node in item.nodes for pair in keys(node))


def clash(old: Key, new: Key) -> bool:
    """Do two imports that bind the same name mean different things? `import a.b` and `import a.c` do not."""
    submodules = all(key[:2] == (0, "") and key[3] is None for key in (old, new))
    return old != new and not submodules


def clashing(new: dict[str, Key]) -> Callable[[Key, str], bool]:
    """A choice for `drop`: imports whose name is among the new ones, and means something else there."""
    return lambda key, name: name in new and clash(key, new[name])


def drop(suite: Suite, leaves: Callable[[Key, str], bool]) -> list[str]:
    """Take away the imports that `leaves(what, name)` chooses; returns the names that they bound."""
    gone: list[str] = []
    for index in reversed(range(len(suite.items))):
        item = suite.items[index]
        if item.kind != "import":
            continue
        leaving = [leaves(*pair) for pair in keys(item.nodes[0])]
        gone += [name for (_, name), left in zip(keys(item.nodes[0]), leaving, strict=True) if left]
        if all(leaving):
            suite.take(index)
        elif any(leaving):
            suite.items[index] = thinned(item, leaving, suite.indent)
    return gone


def thinned(item: Item, leaving: list[bool], indent: str = "") -> Item:
    """The import without those of its names that leave; its other lines and their comments stay."""
    lines = _outdented(item.code, indent)
    node = ast.parse("".join(lines)).body[0]
    assert isinstance(node, ast.Import | ast.ImportFrom)
    aliases, text = node.names, [line.encode() for line in lines]
    for n in reversed(range(len(aliases))):
        if not leaving[n]:
            continue
        later = not all(leaving[n + 1 :])
        if later:
            begin, end = (aliases[n].lineno, aliases[n].col_offset), _start(aliases[n + 1])
        elif n + 1 < len(aliases):
            continue  # a run at the end goes in one piece, below
        else:
            first = n
            while leaving[first - 1]:
                first -= 1
            begin, end = _end(aliases[first - 1]), _end(aliases[n])
        joined = text[begin[0] - 1][: begin[1]] + text[end[0] - 1][end[1] :]
        text[begin[0] - 1 : end[0]] = [joined]
    code = [line.decode() for line in text]
    rest = ast.parse("".join(code)).body
    return Item(item.before, item.comment, _indented(code, indent), list(rest))


def _start(alias: ast.alias) -> tuple[int, int]:
    return alias.lineno, alias.col_offset


def _end(alias: ast.alias) -> tuple[int, int]:
    return alias.end_lineno or alias.lineno, alias.end_col_offset or 0


def insert(suite: Suite, statements: list[Item]) -> None:
    """Put import statements (written without indent) at the end of the first imports of the suite."""
    head = 1 if suite.items and suite.items[0].kind == "docstring" else 0
    for new in statements:
        first = next((n for n, item in enumerate(suite.items) if item.kind == "import"), head)
        node = new.nodes[0]
        future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
        index = head if future else first
        while not future and index < len(suite.items) and suite.items[index].kind == "import":
            index += 1
        code, comment = _indented(new.code, suite.indent), _indented(new.comment, suite.indent)
        suite.put(index, Item([], comment, code, new.nodes))


def order(suite: Suite) -> None:
    """Merge and sort the first run of imports with ruff. Comments above or beside an import go with it."""
    first = next((n for n, item in enumerate(suite.items) if item.kind == "import"), None)
    if first is None:
        return
    last = first
    while last < len(suite.items) and suite.items[last].kind == "import":
        last += 1
    run = suite.items[first:last]
    kept, above = run[0].before, run[0].comment
    lines = [
        *above,
        *run[0].code,
        *(line for item in run[1:] for line in (*item.before, *item.comment, *item.code)),
    ]
    text = with_newlines(join(_outdented(lines, suite.indent), suite.newline), "\n")
    result = in_order(text, WIDTH - len(suite.indent))
    if result == text:
        return
    changed = split(with_newlines(result, suite.newline))
    items = read(changed, ast.parse(result).body, "", suite.newline).items
    for item in items:
        item.code, item.comment = _indented(item.code, suite.indent), _indented(item.comment, suite.indent)
        item.before = _indented(item.before, suite.indent)
    items[0].before = [*kept, *items[0].before]
    suite.items[first:last] = items


@functools.lru_cache(maxsize=256)
def in_order(text: str, width: int = WIDTH) -> str:
    """A block of imports as `ruff check --select I --fix` leaves it, whatever configuration lies around."""
    command = [_ruff(), "check", "--isolated", "--no-cache", "--quiet", "--select", "I", "--fix"]
    command += ["--config", f"line-length={width}", "--config", 'lint.isort.known-first-party=["app"]']
    command += ["--target-version", "py311", "--stdin-filename", "imports.py", "-"]
    done = subprocess.run(command, input=text.encode(), capture_output=True, check=False)
    if done.returncode != 0:
        raise CourseError(
            f"ruff could not put the imports in order: {done.stderr.decode(errors='replace').strip()}",
            "Install the course's packages again with `python3 -m course`.",
        )
    return done.stdout.decode()


@functools.cache
def _ruff() -> str:
    """Where ruff is: its package knows; else beside this Python; else on the path."""
    try:
        import ruff  # type: ignore[import-untyped]

        return str(ruff.find_ruff_bin())
    except (ImportError, AttributeError, FileNotFoundError):
        beside = Path(sys.executable).parent
        found = shutil.which("ruff", path=str(beside)) or shutil.which("ruff")
    if found is None:
        raise CourseError(
            "ruff is not installed here.", "Install the course's packages with `python3 -m course`."
        )
    return found


def _outdented(lines: list[str], indent: str) -> list[str]:
    return [line.removeprefix(indent) for line in lines]


def _indented(lines: list[str], indent: str) -> list[str]:
    return [indent + line if line.strip() else line for line in lines]
