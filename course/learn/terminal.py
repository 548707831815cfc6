"""How a command ends in a terminal: its exit status, and in words what stopped it."""

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import ParamSpec

from course import paths
from course.errors import CourseError

DONE, NOT_PASSED, NOT_DONE = 0, 1, 2
"""Done, or passed; checked, and not passed; could not be done."""
STOPS = (CourseError, OSError, KeyboardInterrupt)
"""What stops a command or a magic and is told in words, without a traceback."""
P = ParamSpec("P")


def in_words(stop: BaseException) -> tuple[str, str]:
    """What stopped a command, one of `STOPS`, and what to do next: two sentences."""
    if isinstance(stop, CourseError):
        return stop.what, stop.do
    if isinstance(stop, OSError):
        named = isinstance(stop.filename, str)
        name = paths.shown(Path(stop.filename)) if named else "A file of the course"
        return (
            f"{name} could not be used: {stop.strerror or stop}.",
            "Make sure that my_service is there, that it may be written, and that the disk is not full.",
        )
    return "Stopped.", "Your files are as they were; run it again when you like."


def command(function: Callable[P, int]) -> Callable[P, int]:
    """Make a function a command: what stops it is printed on standard error, and its status is `NOT_DONE`."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> int:
        try:
            return function(*args, **kwargs)
        except BrokenPipeError:
            raise  # the reader closed the output: `course.cli` ends quietly
        except STOPS as stop:
            print("\n".join(in_words(stop)), file=sys.stderr)
        return NOT_DONE

    return run
