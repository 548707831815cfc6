"""The learner's side of the board: `%join`, `%leave`, `%ask`, and sending what a check found.

Nothing of this is imported before a learner joins a room.
"""

from typing import TYPE_CHECKING

from course.engine import chapters
from course.learn import progress
from course.learn.terminal import DONE, command

if TYPE_CHECKING:
    from course.engine.chapters import Chapter
    from course.engine.report import Result
    from course.learn.display import Shown


@command
def join(words: list[str]) -> int:
    """Join the room of a board, or say which one you have joined."""
    from course.learn.classroom import answers

    print(_typed(answers.join(" ".join(words))))
    return DONE


@command
def leave() -> int:
    """Leave the room; the board deletes what it has."""
    from course.learn.classroom import answers

    print(_typed(answers.leave()))
    return DONE


@command
def ask(words: list[str]) -> int:
    """Ask for help: show what would be sent; `send` sends it."""
    from course.learn.classroom import answers

    current = progress.load().current
    print(_typed(answers.ask(" ".join(words), chapters.find(current) if current else None)))
    return DONE


def checked(chapter: "Chapter", result: "Result", patience: float) -> "Shown | None":
    """Send what a check found, in the background; a line to show if that fails for the first time.

    Args:
        patience: seconds to wait for the first attempt, so that the line can follow the report.
    """
    from course.learn import display
    from course.learn.classroom import membership, outbox, payloads, sending

    joined = membership.load()
    if joined is None or joined.leaving:
        return None
    outbox.put("checks", payloads.check(chapter, result))
    sending.SENDER.begin()
    line = sending.line(sending.SENDER.wait(patience))
    return display.note(line) if line else None


def _typed(answer: "Shown") -> str:
    """What a magic shows, with the commands that one types in a terminal."""
    text = answer.text
    for verb in ("join", "leave", "ask"):
        text = text.replace(f"`%{verb}", f"`course {verb}")
    return text
