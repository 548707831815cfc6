"""`course explain` and `%explain`: what an error means, why, and what to do."""

import sys
import traceback
from typing import TYPE_CHECKING

from course.errors import CourseError
from course.learn.terminal import DONE, NOT_PASSED, command

if TYPE_CHECKING:
    from course.learn.display import Shown

MOST_BYTES = 32_000_000
"""No more of the standard input is read."""


@command
def explain(words: list[str]) -> int:
    """Explain a message, a traceback, an answer or a report; without words, what the standard input holds.

    0: something was found. 1: nothing fits. 2: there was nothing to read.
    """
    text = " ".join(words) if words else _standard_input()
    if not (answer := explained(text)):
        from course.learn.lookup.explain import pasted, render

        print("\n".join(render.nothing(pasted.read(text))))
        return NOT_PASSED
    print(answer.text)
    return DONE


def explained(text: str) -> "Shown | None":
    """What explains a text, to be shown; None where nothing fits.

    Raises:
        CourseError: the text is empty.
    """
    from course.learn.lookup.explain import pasted, render, search

    what = pasted.read(text)
    if not what.text.strip():
        raise CourseError(
            "There is nothing to explain.",
            'Type the message, `course explain "object is not callable"`, or paste a traceback into '
            "`course explain`.",
        )
    hits = search.search(text)
    return render.found(hits, what) if hits else None


def last(line: str) -> "Shown":
    """What `%explain` shows: the words after it explained, or else the last exception of the notebook.

    Raises:
        CourseError: nothing has gone wrong yet, or nothing in the index fits.
    """
    from course.learn.lookup.explain import pasted, render

    text = line.strip() or _last_exception()
    answer = explained(text)
    if answer is None:
        raise CourseError(*render.nothing(pasted.read(text)))
    return answer


def _last_exception() -> str:
    """The last exception that a cell showed, as its traceback."""
    error = getattr(sys, "last_exc", None) or getattr(sys, "last_value", None)
    if error is None:
        raise CourseError(
            "Nothing has gone wrong in this notebook yet.",
            "Run `%explain` after a cell that ended in an exception, or give it words: "
            "`%explain object is not callable`.",
        )
    return "".join(traceback.format_exception(error))


def _standard_input() -> str:
    if sys.stdin is None or sys.stdin.closed:
        return ""
    if sys.stdin.isatty():
        print("Paste what you see, then press Enter and Ctrl+D (Ctrl+Z on Windows).", file=sys.stderr)
    stream = getattr(sys.stdin, "buffer", None)
    if stream is None:
        return str(sys.stdin.read(MOST_BYTES))
    pasted: bytes = stream.read(MOST_BYTES)
    return pasted.decode("utf-8", errors="replace")
