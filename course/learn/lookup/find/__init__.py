"""`course find "websocket rooms"`: where the course, or the official documentation, explains something."""

import sys

from course.learn.lookup.find.render import shown, told
from course.learn.lookup.find.search import answer
from course.learn.terminal import DONE, NOT_PASSED, command

__all__ = ["answer", "find", "shown", "told"]

MOST_READ = 10_000
"""Characters that are read of the standard input."""


@command
def find(words: list[str]) -> int:
    """Print the answer to a question; without words, to the one on the standard input. 1: there is no hit."""
    question = " ".join(words) if words else "" if sys.stdin.isatty() else sys.stdin.read(MOST_READ)
    found = answer(question)
    print(told(found))
    return DONE if found.course or found.pages else NOT_PASSED
