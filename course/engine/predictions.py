"""The predictions of a text: `predict(guess, actual, id="naive-and-aware", why="...")`.

The learner's notebook has no `why`. When a guess has been made, `predict` reads it here, from the chapter's
text. A learner's kernel imports this module, so it needs nothing but the standard library.
"""

import ast
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from course import paths
from course.engine import texts

MAGIC = re.compile(r"^[%!]", re.MULTILINE)
OPTIONS = re.compile(r"\A(?::[\w-]+:.*\n)*")
PARSE = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
FENCE = "\n```"


@dataclass(frozen=True)
class Prediction:
    """One call of `predict`: its id, unique in the course, and its explanation; empty if missing."""

    id: str
    why: str


def predictions(source: str) -> list[Prediction]:
    """The predictions of a code cell, as the author wrote it or as it is solved."""
    return [Prediction(_word(call, "id"), one_line(_word(call, "why"))) for call in _calls(source)]


def without_why(source: str) -> str:
    """The cell without the explanations of its predictions; all else stays as it is."""
    for call in reversed(_calls(source)):
        for word in call.keywords:
            if word.arg == "why":
                begin, value = _offset(source, word.lineno, word.col_offset), word.value
                end = _offset(source, value.end_lineno or 0, value.end_col_offset or 0)
                for _ in range(source[begin : _offset(source, value.lineno, value.col_offset)].count("(")):
                    end = source.index(")", end) + 1
                source = source[: source.rindex(",", 0, begin)] + source[end:]
    return source


def why_of(identity: str) -> str:
    """The explanation of a prediction. It is empty if the texts on this machine have no such prediction."""
    try:
        return _search(identity, paths.TEXTS)
    except (OSError, ValueError, SyntaxError):
        return ""


def one_line(why: str) -> str:
    return " ".join(why.split())


@cache
def _search(identity: str, folder: Path) -> str:
    written = f'id="{identity}"'
    for path in sorted(folder.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        at = text.find(written)
        while at >= 0:
            begins, ends = text.rfind(FENCE, 0, at) + 1, text.find(FENCE, at)
            source = OPTIONS.sub("", text[text.find("\n", begins) + 1 : ends])
            for each in predictions(texts.solved(source)):
                if each.id == identity:
                    return each.why
            at = text.find(written, at + 1)
    return ""


def _calls(source: str) -> list[ast.Call]:
    """The calls of `predict` in a cell, in the order in which they are written. A build cell has none."""
    if "predict(" not in source or source.startswith("%%"):
        return []
    tree = compile(MAGIC.sub("#", source), "cell", "exec", PARSE)
    calls = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "predict"
    ]
    return sorted(calls, key=lambda call: (call.lineno, call.col_offset))


def _word(call: ast.Call, name: str) -> str:
    """A keyword argument that is a text."""
    for word in call.keywords:
        if word.arg == name and isinstance(word.value, ast.Constant):
            return str(word.value.value)
    return ""


def _offset(source: str, line: int, column: int) -> int:
    """A place in a text; Python counts lines from 1, and columns in bytes."""
    lines = source.split("\n")
    above = sum(len(each) + 1 for each in lines[: line - 1])
    return above + len(lines[line - 1].encode()[:column].decode())
