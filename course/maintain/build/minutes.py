"""The minutes that remain at each exercise of a chapter, for a learner who works alone."""

from typing import Any

from course.engine import exercises, stages
from course.engine.chapters import Chapter
from course.errors import CourseError
from course.teach.guide import lesson
from course.teach.guide.minutes import model

AT_HOME = "Without help"


def counted(chapter: Chapter) -> dict[str, Any]:
    """For each exercise the stage and the minutes left `at` it and `after` it; exercise 0 is the beginning.

    Raises:
        CourseError: the head of the text names a heading that the text does not have.
    """
    begins = stages.begins(chapter.text.read_text(encoding="utf-8"))
    if not begins:
        return {}
    lesson.read.cache_clear()  # a build may follow an edit within one process
    sections = [each for each in lesson.read(chapter).sections if each.heading != AT_HOME]
    headings = [each.heading for each in sections]
    for heading in begins:
        if heading not in headings:
            raise CourseError(
                f"{chapter.text.name} has no heading `{heading}`.",
                "Correct `stages:` in the head of the text.",
            )
    minutes = [model.of(each).alone for each in sections]
    stage = [max(1, sum(headings.index(first) <= at for first in begins)) for at in range(len(sections))]
    found: dict[str, Any] = {"0": {"at": [1, round(sum(minutes))], "after": [1, round(sum(minutes))]}}
    known = exercises.of(chapter)
    for each in known:
        here = headings.index(each.heading)
        same = [other.number for other in known if other.heading == each.heading]
        share = (same.index(each.number) + 1) / len(same)
        left = sum(minutes[here + 1 :]) + minutes[here] * (1 - share)
        last = each.number == same[-1]
        own = sum(
            model.EXERCISE * max(len(one.cells), 1) + model.LINE * one.lines
            for one in sections[here].exercises
            if one.name.split(",")[0] == f"Exercise {each.number}"
        )
        found[str(each.number)] = {
            "at": [stage[here], round(left + own)],
            "after": [stage[min(here + last, len(stage) - 1)], round(left)],
        }
    return {"of": len(begins), "exercises": found}
