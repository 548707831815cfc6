"""The verbs of the command line on the learner's side. Each prints plain text and returns an exit status.

`chapter` is a chapter's number or name; None is the one begun last.

0: done, or passed. 1: checked, and not passed. 2: could not be done; standard error says why and what to do.
"""

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import ParamSpec

from course import chapters, paths, workspace
from course.chapters import Chapter
from course.errors import CourseError
from course.progress import load

DONE, NOT_PASSED, NOT_DONE = 0, 1, 2
P = ParamSpec("P")


def plainly(verb: Callable[P, int]) -> Callable[P, int]:
    """Say what stopped a verb in words, on standard error."""

    @wraps(verb)
    def answering(*args: P.args, **kwargs: P.kwargs) -> int:
        try:
            return verb(*args, **kwargs)
        except CourseError as error:
            print(f"{error.what}\n{error.do}", file=sys.stderr)
        except OSError as error:
            name = (
                paths.shown(Path(error.filename))
                if isinstance(error.filename, str)
                else "A file of the course"
            )
            print(f"{name} could not be used: {error.strerror or error}.", file=sys.stderr)
        except KeyboardInterrupt:
            print("Stopped. Your files are as they were.", file=sys.stderr)
        return NOT_DONE

    return answering


@plainly
def start(chapter: str) -> int:
    """Start a chapter, or go on with it."""
    print(workspace.start(chapters.find(chapter)).sentence)
    return DONE


@plainly
def start_over(chapter: str | None = None) -> int:
    """Keep the chapter's folder under another name, and start anew."""
    print(workspace.start_over(_chapter(chapter)).sentence)
    return DONE


@plainly
def check(chapter: str | None = None) -> int:
    """Check a chapter's project; the verdicts are printed as they come."""
    from course import checking
    from course.report import as_text

    found = _chapter(chapter)
    result = checking.check(found, on_verdict=lambda verdict: print(as_text.verdict(verdict), flush=True))
    print(as_text.closing(result))
    if (then := checking.what_next(found, result, "course hint")) is not None:
        print(then.text)
    if (line := checking.tell_the_room(found, result, patience=2.0)) is not None:
        print(line.text)
    return DONE if result.passed else NOT_PASSED


@plainly
def hint(chapter: str | None = None) -> int:
    """The next hint for the first requirement that did not hold at the last check."""
    from course import hints

    print(hints.hint(_chapter(chapter)).text)
    return DONE


@plainly
def solution(chapter: str | None = None, path: str | None = None) -> int:
    """How the learner's files differ from the course's."""
    from course import changes as made

    print(made.solution(_chapter(chapter), path).text)
    return DONE


@plainly
def changes(chapter: str | None = None) -> int:
    """What a chapter has changed so far."""
    from course import changes as made

    print(made.changes(_chapter(chapter)).text)
    return DONE


@plainly
def progress() -> int:
    """The road, chapter by chapter."""
    from course import road

    print(road.road().text)
    return DONE


@plainly
def serve(chapter: str | None = None, port: int | None = None) -> int:
    """Serve a chapter's project until Ctrl+C."""
    from course.serve import Serving

    serving = Serving(_chapter(chapter), port, heard=lambda line: print(line, flush=True))
    print(
        f"Your service answers at {serving.url} (documentation: {serving.url}/docs). Ctrl+C ends it.",
        flush=True,
    )
    try:
        serving.process.wait()
    except KeyboardInterrupt:
        print("Stopping.")
        return DONE
    finally:
        serving.stop()
    print("The service ended by itself; its last lines are above.", file=sys.stderr)
    return NOT_DONE


def _chapter(which: str | None) -> Chapter:
    """The chapter that is meant: the one named, or the one begun last.

    Raises:
        CourseError: there is no such chapter, or none has been begun.
    """
    if which is not None:
        return chapters.find(which)
    current = load().current
    if not current:
        raise CourseError(
            "No chapter has been begun yet.", "Type `course start 0`, or open the notebook of chapter 0."
        )
    return chapters.find(current)
