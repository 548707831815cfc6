"""Text as lines that keep their ends, so that what is not touched stays to the byte.

Lines are split where Python's tokenizer splits them (LF, CRLF, CR) and nowhere else: `str.splitlines` also
splits at form feeds and U+2028, and line numbers from `ast` would no longer fit.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterable

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


def split(text: str) -> list[str]:
    return _LINE.findall(text)


def join(lines: Iterable[str], newline: str) -> str:
    """The lines as text. One in the middle without an end (it was a file's last) gets one."""
    kept = list(lines)
    for n, line in enumerate(kept[:-1]):
        if not line.endswith(("\n", "\r")):
            kept[n] = line + newline
    return "".join(kept)


def newline_of(text: str) -> str:
    """The line end that the text uses first; LF for a text without one."""
    found = re.search(r"\r\n|\r|\n", text)
    return found[0] if found else "\n"


def with_newlines(text: str, newline: str) -> str:
    return re.sub(r"\r\n|\r|\n", newline, text)


def is_blank(line: str) -> bool:
    return not line.strip()


def is_comment(line: str) -> bool:
    return line.lstrip().startswith("#")


def indent_of(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t\f"))]


def blanks_at_start(lines: list[str]) -> int:
    return next((n for n, line in enumerate(lines) if not is_blank(line)), len(lines))


def without_trailing_blanks(lines: list[str]) -> list[str]:
    end = len(lines)
    while end and is_blank(lines[end - 1]):
        end -= 1
    return lines[:end]


def fixed_lines(text: str, tree: ast.Module) -> set[int]:
    """Numbers of the lines that begin inside a string, where another indent would change its value.

    A docstring's lines are not among them: they are indented with the code, as `inspect.cleandoc` expects.
    """
    fixed: set[int] = set()
    opened: list[int] = []
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        kind = tokenize.tok_name[token.type]
        if kind == "STRING":
            fixed.update(range(token.start[0] + 1, token.end[0] + 1))
        elif kind in ("FSTRING_START", "TSTRING_START"):  # from Python 3.12 on an f-string is many tokens
            opened.append(token.start[0])
        elif kind in ("FSTRING_END", "TSTRING_END"):
            fixed.update(range(opened.pop() + 1, token.end[0] + 1))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                fixed -= set(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    return fixed
