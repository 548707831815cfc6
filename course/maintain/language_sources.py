"""What `course.maintain.language` reads: the prose in a file, and the names in the code of chapters."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from course import paths
from course.engine import predictions, texts

TEXTS = (
    "course/chapters/*.md",
    "course/misconceptions/*.md",
    "course/pages/**/*.md",
    "course/pages/*.toml",
    "course/**/*.py",
    "tests/checkpoints/*.py",
    "README.md",
    ".github/CONTRIBUTING.md",
)
OWN = ("language.py", "language_sources.py")
"""These hold the words, to look for them."""
FENCE = re.compile(r"^(?P<marks>`{3,}|~{3,})(?P<info>[^\n]*)\n(?P<code>.*?)^(?P=marks)[ \t]*$", re.M | re.S)
INLINE = re.compile(r"(?<!`)(`+)(?!`)(?:[^\n]|\n(?!\n))+?(?<!`)\1(?!`)")
ADDRESS = re.compile(r"\]\([^)\s]*\)|<[^>\n]*>|https?://\S+")
OPTIONS = re.compile(r"\A(?::[\w-]+:[^\n]*\n)*")
MAGIC = re.compile(r"^[%!][^\n]*", re.MULTILINE)
WORDS = 3
"""A text in code that has fewer is a value, such as a key or a name, and no prose."""


class Piece(NamedTuple):
    """Something to look at: `prose`, a `name` in code, or the name of an `app`; and the line it begins on."""

    kind: str
    text: str
    line: int


def files() -> list[Path]:
    """The files that are read."""
    found = {path for pattern in TEXTS for path in paths.ROOT.glob(pattern)}
    return sorted(path for path in found if path.name not in OWN)


def pieces(path: Path, text: str) -> Iterator[Piece]:
    """What a file with this text holds to look at."""
    if path.suffix == ".py":
        yield from _python(text, 1, names=False)
    elif path.suffix == ".md":
        yield from _markdown(text, names=path.parent.name in ("chapters", "misconceptions"))
    else:
        yield Piece("prose", text, 1)


def _markdown(text: str, *, names: bool) -> Iterator[Piece]:
    prose = text
    for pattern in (texts.HEAD, FENCE):
        prose = pattern.sub(lambda found: re.sub(r"[^\n]", "#", found[0]), prose)
    yield Piece("prose", _without_code(prose), 1)
    for found in FENCE.finditer(text):
        options = OPTIONS.match(found["code"])
        code = found["code"][options.end() if options else 0 :]
        line = text.count("\n", 0, found.start("code") + (options.end() if options else 0)) + 1
        if re.match(r"\s*(?:python|\{code-cell\})", found["info"]):
            magic = MAGIC.match(code)
            if magic is None or not magic[0].startswith("%%") or ".py" in magic[0]:
                yield from _python(MAGIC.sub("#", code), line, names=names)
        if options:
            yield Piece("prose", options[0], line - options[0].count("\n"))


def _without_code(text: str) -> str:
    """The text with a row of backticks in place of inline code and of addresses."""
    for pattern in (INLINE, ADDRESS):
        text = pattern.sub(lambda found: re.sub(r"[^\n]", "`", found[0]), text)
    return text


def _python(code: str, line: int, *, names: bool) -> Iterator[Piece]:
    """Docstrings and texts of some words; of a chapter, comments and names too."""
    try:
        tree = compile(code, "code", "exec", predictions.PARSE)
    except (SyntaxError, ValueError):
        return
    inside: set[int] = set()
    for node in ast.walk(tree):
        at = line + getattr(node, "lineno", 1) - 1
        if (text := _text(node)) is not None:
            if len(text.split()) >= WORDS and id(node) not in inside:
                yield Piece("prose", _without_code(text), at)
            inside |= {id(part) for part in getattr(node, "values", ())}
        elif names:
            yield from (Piece("name", name, at) for name in _names(node))
            yield from (Piece("app", name, at) for name in _apps(node))
    if names:
        for token in tokenize.generate_tokens(io.StringIO(code).readline):
            if token.type == tokenize.COMMENT:
                yield Piece("prose", _without_code(token.string), line + token.start[0] - 1)


def _text(node: ast.AST) -> str | None:
    """A text in code, and an f-string as one, which says the same on each version of Python."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(_text(part) or "`" for part in parts)
    return None


def _names(node: ast.AST) -> Iterator[str]:
    """The names that a statement or an expression brings in or uses; not attributes of what is not ours."""
    match node:
        case ast.Name(id=name) | ast.arg(arg=name):
            yield name
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.alias(name=name):
            yield name.rpartition(".")[2]


def _apps(node: ast.AST) -> list[str]:
    """The names that a statement gives to an application that it makes."""
    match node:
        case ast.Assign(targets=targets, value=ast.Call(func=ast.Name(id="FastAPI"))):
            return [target.id for target in targets if isinstance(target, ast.Name)]
    return []
