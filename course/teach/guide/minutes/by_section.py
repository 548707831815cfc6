"""A chapter on the clock: the minutes of each section in a room, and what remains after a cut."""

from course.engine.chapters import Chapter
from course.errors import CourseError
from course.teach.guide import handwritten, lesson
from course.teach.guide.lesson import Section
from course.teach.guide.minutes import model

WHOLE = "whole"
SAVES = {"15 minutes short": 15, "30 minutes short": 30}
"""The minutes that a cut of this name saves at the least. `Half the time` saves half of the lesson."""


def sections(chapter: Chapter) -> list[tuple[Section, int]]:
    """The sections that are taught in a room, with their minutes."""
    by_hand = handwritten.read(chapter)
    asked = [each.after for each in by_hand.asked]
    drawn = [heading for heading, _ in handwritten.pieces(by_hand.parts["Draw"])]
    timed = [
        (
            section,
            model.room(section, asked=asked.count(section.heading), drawn=drawn.count(section.heading)),
        )
        for section in lesson.read(chapter).sections
    ]
    return [(section, spent) for section, spent in timed if spent]


def remaining(chapter: Chapter, cut: str = WHOLE) -> int:
    """The minutes of a chapter in a room, whole or after a cut; what is left out is shown instead.

    Raises:
        CourseError: the chapter's page has no cut of this name.
    """
    cuts = {each.name: each.leave for each in handwritten.read(chapter).cuts} | {WHOLE: ()}
    if cut not in cuts:
        raise CourseError(f"{chapter.subject} has no cut `{cut}`.", f"Choose one of: {'; '.join(cuts)}.")
    return sum(
        min(spent, round(model.SHOWN)) if section.heading in cuts[cut] else spent
        for section, spent in sections(chapter)
    )


def wanted(chapter: Chapter, cut: str) -> int:
    """The most minutes that may remain after a cut, if it keeps what its name says."""
    whole = remaining(chapter)
    return whole - SAVES[cut] if cut in SAVES else whole // 2
