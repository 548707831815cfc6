"""The colours of a cell: a build cell is a file with one line above it, all else is IPython.

IPython's own lexer takes the whole of a cell with a magic of ours as one grey text.
"""

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from ipython_pygments_lexers import IPython3Lexer  # type: ignore[import-untyped]
from pygments.lexer import Lexer  # type: ignore[import-untyped]
from pygments.lexers import get_lexer_for_filename  # type: ignore[import-untyped]
from pygments.token import Keyword, Text  # type: ignore[import-untyped]
from pygments.util import ClassNotFound  # type: ignore[import-untyped]

from course.engine.texts import MAGIC


class CellLexer(Lexer):  # type: ignore[misc]
    """A cell of a notebook of the course."""

    name = "Gavel cell"
    aliases = ("gavel",)

    def get_tokens_unprocessed(self, text: str) -> Iterator[tuple[int, Any, str]]:
        """The pieces of a cell: where each begins, its kind, and its text."""
        if not MAGIC.match(text):
            yield from IPython3Lexer().get_tokens_unprocessed(text)
            return
        head, _, body = text.partition("\n")
        magic, space, rest = head.partition(" ")
        yield 0, Keyword, magic
        yield len(magic), Text, f"{space}{rest}\n"
        for at, kind, piece in _lexer(rest).get_tokens_unprocessed(body):
            yield len(head) + 1 + at, kind, piece


def _lexer(header: str) -> Any:
    """What colours the file that a build cell's first line names."""
    path = PurePosixPath(header.split()[0])
    try:
        return get_lexer_for_filename(path.name)
    except ClassNotFound:
        return get_lexer_for_filename("it.txt")
