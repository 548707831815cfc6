"""Which code must not be shown yet: what solves an exercise that the learner has still to do.

The learner's chapter is the one in `my_service/progress.json`. An exercise of it is open until a check of it
passed, and none is open once the chapter has passed.
"""

import re
from functools import cache

from course.engine import chapters, exercises, texts
from course.engine.chapters import Chapter
from course.errors import CourseError
from course.learn import progress
from course.learn.lookup.reference.items import Item
from course.learn.lookup.reference.patterns import pattern

TELLING = re.compile(r"\w.*\w.*[(=:]|\w{3,}.*\(")
"""A line that is more than a bracket, a decorator's end or `return lot`."""


def current() -> Chapter | None:
    """The chapter that the learner works on; None before the first, and where nothing can be read."""
    stem = progress.glance().current
    try:
        return chapters.find(stem) if stem else None
    except CourseError:
        return None


def solved_by(item: Item) -> tuple[Chapter, int] | None:
    """The learner's chapter and the number of its open exercise that the code of an item solves, if any."""
    chapter = current()
    if chapter is None:
        return None
    record = progress.glance().of(chapter)
    if record.passed:
        return None
    shown = {line.strip() for line in pattern(item).text.split("\n")}
    for number, lines in solutions(chapter).items():
        if number not in record.exercises and shown & lines:
            return chapter, number
    return None


@cache
def solutions(chapter: Chapter) -> dict[int, frozenset[str]]:
    """The telling lines of each exercise that are in its solution and nowhere else in the chapter's code.

    The marks of solutions are read line by line, so that looking something up need not parse Markdown.
    """
    number, part = 0, ""
    inside: dict[int, set[str]] = {}
    outside: set[str] = set()
    for line in chapter.text.read_text(encoding="utf-8").split("\n"):
        if begins := exercises.BEGINS.match(line):
            number = int(begins[1])
        mark = line.strip()
        if mark in {texts.BEGIN, texts.STUB, texts.END}:
            part = mark
        elif part == texts.BEGIN:
            inside.setdefault(number, set()).add(mark)
        elif f"  {texts.STUB} " in line:
            solved, stub = line.split(f"  {texts.STUB} ", 1)
            inside.setdefault(number, set()).add(solved.strip())
            outside.add(stub.strip())
        else:
            outside.add(mark)
    return {
        each: frozenset(line for line in lines - outside if TELLING.search(line))
        for each, lines in inside.items()
        if each
    }
