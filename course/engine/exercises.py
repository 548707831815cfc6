"""The exercises of a chapter, and a learner's service with what the chapter adds after one of them.

An exercise often comes before the cells that connect its code to the service. To check it at once, its code
runs together with the course's own code for those cells.
"""

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath

from course.engine import compose, texts
from course.engine.chapters import Chapter
from course.errors import CourseError

BEGINS = re.compile(r"\*\*Exercise (\d+)")


@dataclass(frozen=True)
class Exercise:
    """An exercise: its number, the heading above its last cell, and that cell's line in the text."""

    number: int
    heading: str
    line: int


def of(chapter: Chapter) -> tuple[Exercise, ...]:
    """The exercises of a chapter, in order; an exam has none."""
    text = chapter.text.read_text(encoding="utf-8")
    lines = text.split("\n")
    begins = [(at, int(match[1])) for at, line in enumerate(lines, 1) if (match := BEGINS.match(line))]
    ends = {number: at for at, number in begins}
    for cell in _cells(text):
        before = [number for at, number in begins if at < cell.line]
        if before and "exercise" in cell.tags:
            ends[before[-1]] = cell.line
    return tuple(Exercise(number, heading(lines, at), at) for number, at in sorted(ends.items()))


def find(chapter: Chapter, number: int) -> Exercise | None:
    return next((each for each in of(chapter) if each.number == number), None)


def completed(chapter: Chapter, exercise: Exercise, files: Mapping[str, str]) -> Mapping[str, str] | None:
    """A learner's files with the course's code for the build cells after an exercise.

    None where nothing is missing: no such cell is left, or the learner has run them all. None too where the
    files cannot be read as Python; the check of the files as they are then says so.
    """
    cells = [cell for cell in _cells(chapter.text.read_text(encoding="utf-8")) if cell.builds]
    later = [cell for cell in cells if cell.line > exercise.line and texts.SKELETON not in cell.tags]
    before = {target(cell) for cell in cells if cell.line <= exercise.line}
    targets = {target(cell) for cell in later} - before
    packages = {str(folder / "__init__.py") for path in targets for folder in PurePosixPath(path).parents}
    ready = {path: _in_checkpoint(chapter, path, files) for path in targets | (packages - files.keys())}
    whole = {**files, **{path: text for path, text in ready.items() if text is not None}}
    for cell in later:
        if ready.get(target(cell)) is None:
            try:
                whole = dict(compose.applied(whole, texts.solved(cell.source)))
            except CourseError:
                return None
    return whole if bindings(whole) - bindings(files) else None


def _in_checkpoint(chapter: Chapter, path: str, files: Mapping[str, str]) -> str | None:
    """A file as the chapter leaves it, where the learner's is as the chapter found it: nothing to compose."""
    start = chapter.previous.checkpoint / path if chapter.previous else None
    try:
        found = start.read_text(encoding="utf-8") if start and start.exists() else None
        return (chapter.checkpoint / path).read_text(encoding="utf-8") if files.get(path) == found else None
    except OSError:
        return None


def target(cell: texts.Code) -> str:
    """The file that a build cell changes."""
    return cell.source.split("\n", 1)[0].split()[1]


@lru_cache(maxsize=2)
def _cells(text: str) -> tuple[texts.Code, ...]:
    """The code cells of a text: one chapter is checked again and again, and a text is long to parse."""
    return tuple(texts.code_cells(text))


def bindings(files: Mapping[str, str]) -> set[tuple[str, str]]:
    """Each file, and each name that a Python file binds at its top level or in the body of a class there."""
    found = {(path, "") for path in files}
    for path, text in files.items():
        if path.endswith(".py"):
            try:
                body = ast.parse(text).body
            except (SyntaxError, ValueError):
                continue
            found |= {(path, name) for statement in body for name in _bound(statement)}
    return found


def _bound(statement: ast.stmt) -> list[str]:
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return [statement.name]
        case ast.ClassDef():
            inner = [f"{statement.name}.{name}" for each in statement.body for name in _bound(each)]
            return [statement.name, *inner]
        case ast.Assign():
            return [target.id for target in statement.targets if isinstance(target, ast.Name)]
        case ast.AnnAssign(target=ast.Name() as name):
            return [name.id]
        case ast.Import() | ast.ImportFrom():
            return [alias.asname or alias.name for alias in statement.names]
    return []


def heading(lines: list[str], line: int) -> str:
    """The heading under which a line stands. A comment in a code cell begins with one `#` or is indented."""
    return next((each[3:].strip() for each in reversed(lines[:line]) if each.startswith("## ")), "")
