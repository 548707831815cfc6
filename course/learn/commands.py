"""The verbs of the command line on the learner's side. Each prints plain text and returns an exit status.

`chapter` is a chapter's number or name; None is the one begun last.

The exit statuses are those of `course.learn.terminal`.
"""

import sys
from pathlib import Path

from course.engine import chapters
from course.engine.chapters import Chapter
from course.errors import CourseError
from course.learn import workspace
from course.learn.progress import load
from course.learn.terminal import DONE, NOT_DONE, NOT_PASSED, command


@command
def start(chapter: str) -> int:
    """Start a chapter, or go on with it."""
    print(workspace.start(chapters.find(chapter)).sentence)
    return DONE


@command
def start_over(chapter: str | None = None) -> int:
    """Keep the chapter's folder under another name, and start anew."""
    print(workspace.start_over(_chapter(chapter)).sentence)
    return DONE


@command
def check(chapter: str | None = None) -> int:
    """Check a chapter's project, and print the report. `3.2` is exercise 2 of chapter 3."""
    from course.engine.report import as_text
    from course.learn import checking

    if chapter is not None and "." in chapter:
        return _check_exercise(*chapter.split(".", 1))
    found = _chapter(chapter)
    result = checking.check(found, on_verdict=checking.sign_of_life())
    print("\n" + as_text.text(result))
    if (then := checking.what_next(found, result, "course hint")) is not None:
        print(then.text)
    if (line := checking.tell_the_room(found, result, patience=2.0)) is not None:
        print(line.text)
    return DONE if result.passed else NOT_PASSED


def _check_exercise(chapter: str, number: str) -> int:
    from course.learn import exercise_check

    found_chapter = chapters.find(chapter)
    exercise = exercise_check.chosen(found_chapter, number, f"course check {found_chapter.typed}.")
    found = exercise_check.check(found_chapter, exercise)
    print(exercise_check.report(found_chapter, found, "course hint").text)
    return DONE if found.holds else NOT_PASSED


@command
def given(name: str | None = None) -> int:
    """Apply code that the chapter begun last gives; without a name, list what it gives."""
    from course.learn import given as code

    print(code.given_code(_chapter(None), name or "").text)
    return DONE


@command
def hint(chapter: str | None = None) -> int:
    """The next hint for the first requirement that did not hold at the last check."""
    from course.learn import hints

    print(hints.hint(_chapter(chapter)).text)
    return DONE


@command
def solution(chapter: str | None = None, path: str | None = None) -> int:
    """How the learner's files differ from the course's."""
    from course.learn import changes as made

    print(made.solution(_chapter(chapter), path).text)
    return DONE


@command
def changes(chapter: str | None = None) -> int:
    """What a chapter has changed so far."""
    from course.learn import changes as made

    print(made.changes(_chapter(chapter)).text)
    return DONE


@command
def progress() -> int:
    """The road, chapter by chapter."""
    from course.learn import progress_table

    print(progress_table.progress_table().text)
    return DONE


@command
def serve(chapter: str | None = None, port: int | None = None, demo: bool = False) -> int:
    """Serve a chapter's project until Ctrl+C; with `demo` and no chapter, the finished service."""
    from course.learn.serving import demo as demonstration

    if demo and chapter is None:
        with demonstration.copied() as project:
            return _serve(demonstration.finished(), port, demo=True, project=project)
    return _serve(_chapter(chapter), port, demo=demo)


def _serve(chapter: Chapter, port: int | None, *, demo: bool, project: Path | None = None) -> int:
    from course.learn.serving import demo as demonstration
    from course.learn.serving.serve import Serving

    serving = Serving(chapter, port, heard=lambda line: print(line, flush=True), project=project)
    try:
        said = demonstration.filled(serving) if demo else ""
        name = "The service" if project else "Your service"
        print(f"{name} answers at {serving.url} (documentation: {serving.url}/docs). Ctrl+C ends it.")
        print(said, end="\n" if said else "", flush=True)
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
