"""Is this Python? If not, say which line, show it, and say what to do."""

from __future__ import annotations

import ast
import warnings

from course.engine.compose.lines import split
from course.errors import CourseError


class NotPython(CourseError):
    """The cell, or the file that it is for, does not parse. Nothing was written."""


def parse_cell(body: str, path: str, first_line: int = 2) -> ast.Module:
    """The cell's body as a tree. `first_line` is the number that its first line has in the cell."""
    tree, fault = _parse(body)
    if tree is None:
        line, shown, why = fault
        raise NotPython(
            f"Line {line + first_line - 1} of the cell is not Python yet{shown}: {why}.",
            f"Correct the line and run the cell again. `{path}` is as it was.",
        )
    return tree


def parse_file(text: str, path: str) -> ast.Module:
    """The file's text as a tree; NotPython, with the way out, when what stands on disk does not parse."""
    tree, fault = _parse(text)
    if tree is None:
        line, shown, why = fault
        raise NotPython(
            f"`{path}` does not parse, so nothing can be added to it. Line {line} of the file{shown}: {why}.",
            f"Correct that line in the file, or write the whole file anew with `%%write {path}`.",
        )
    return tree


def _parse(text: str) -> tuple[ast.Module | None, tuple[int, str, str]]:
    """The tree, or (line, the line's text, what is wrong) for the first fault."""
    nowhere = (1, "", "")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an odd escape in a string is no reason to refuse a cell
            tree = ast.parse(text)
            compile(
                text, "<cell>", "exec", dont_inherit=True
            )  # finds `return` outside a function and its like
    except SyntaxError as error:
        return None, _fault(error, text)
    except (ValueError, RecursionError, MemoryError) as error:
        # a null byte; brackets nested a thousand deep
        number = next((n for n, line in enumerate(split(text), 1) if "\0" in line), 1)
        return None, (number, "", str(error) or "it is nested too deeply")
    return tree, nowhere


def _fault(error: SyntaxError, text: str) -> tuple[int, str, str]:
    number, lines = error.lineno or 1, split(text)
    number = min(number, max(len(lines), 1))  # "unexpected EOF" points below the last line
    code = lines[number - 1].strip() if lines else ""
    why = error.msg or "invalid syntax"
    if isinstance(error, TabError):
        why = "tabs and spaces are mixed in its indent; use four spaces everywhere"
    return number, f", `{code}`" if code else "", why
