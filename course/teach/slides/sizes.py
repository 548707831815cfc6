"""How much room things take on a slide of 1280 by 720, so that what does not fit is split while it is made.

The figures are estimates for fonts as wide as DejaVu's, the widest that systems bring. What is off by a line
or two is mended in the browser, which shrinks a slide by a little (`deck.js`).
"""

import math
import textwrap
from dataclasses import dataclass

HEIGHT = 570
"""Pixels below a slide's title and above its foot."""
CODE, TEXT, TABLE = 31, 41, 36
"""Pixels of one line: code at 24 px, words at 29, tables at 26."""
SLACK = 1.13
"""How much too high something may be, to be shrunk rather than split: code to 21 px."""
COLUMNS, WORDS, TABLE_LETTERS = 82, 80, 66
"""Letters in one line of code, of words, and of a table, whose columns leave some room."""


@dataclass(frozen=True)
class Piece:
    """HTML that is not split, and its height in pixels. `breaks`: how well a page begins with it, 0 to 2."""

    html: str
    height: float
    breaks: int = 2


def pages(pieces: list[Piece], height: float = HEIGHT) -> list[list[Piece]]:
    """Put pieces on few pages that begin at good places and are about equally full."""
    best: list[tuple[float, int]] = [(0, 0)]
    """For the first n pieces: the least cost, and where their last page begins."""
    for end in range(1, len(pieces) + 1):
        best.append(
            min(
                (best[start][0] + _cost(pieces[start:end], height, first=start == 0), start)
                for start in range(end)
                if start == end - 1 or _high(pieces[start:end]) <= height
            )
        )
    found: list[list[Piece]] = []
    end = len(pieces)
    while end:
        start = best[end][1]
        found.insert(0, pieces[start:end])
        end = start
    return found


def _cost(page: list[Piece], height: float, *, first: bool) -> float:
    """A page more is worse than a bad beginning, and that is worse than pages of different heights."""
    beginning = 0 if first else (60, 20, 0)[page[0].breaks]
    return 100 + beginning + 30 * (1 - _high(page) / height) ** 2


def _high(page: list[Piece]) -> float:
    return sum(piece.height for piece in page)


def code_line(line: str) -> float:
    """The height of a line of code; one that is too long goes on below, one that is empty is half as high."""
    if not line.strip():
        return CODE * 0.5
    indent = len(line) - len(line.lstrip())
    wrapped = textwrap.wrap(line, COLUMNS, subsequent_indent=" " * (indent + 4), drop_whitespace=False)
    return CODE * len(wrapped)


def words(text: str, line: int = TEXT, letters: int = WORDS) -> float:
    """The height of a paragraph with its margin."""
    return line * max(math.ceil(len(text) / letters), 1) + line * 0.4


def table_row(cells: list[str]) -> float:
    """The height of a row: about as many lines as its letters need, were the columns as wide as they wish."""
    return TABLE * max(math.ceil(sum(map(len, cells)) / TABLE_LETTERS), 1) + 14
