"""The plans of `course/pages/workshop.md`: timetables that are held against the computed minutes."""

import re
from dataclasses import dataclass
from pathlib import Path

from course import paths
from course.engine import chapters
from course.errors import CourseError
from course.teach.guide.minutes import by_section

WORKSHOP = paths.ROOT / "course" / "pages" / "workshop.md"
ROW = re.compile(r"^\| (?P<hour>\d+):(?P<minute>\d\d) \| (?P<minutes>\d+) \| (?P<what>.*) \|$", re.MULTILINE)
TAUGHT = re.compile(r"Chapter (\d)(?:, (15 minutes short|30 minutes short|half the time))?\b")
HEADING = re.compile(r"^### (?P<name>.*\((?P<hours>[\d.]+) hours\))$", re.MULTILINE)


@dataclass(frozen=True)
class Row:
    """One row of a timetable: the minute of the day at which it begins, how long it is, and what it is."""

    begins: int
    minutes: int
    what: str


@dataclass(frozen=True)
class Day:
    """One timetable: its heading, the hours that it promises, its rows."""

    name: str
    hours: float
    rows: tuple[Row, ...]


def days(file: Path = WORKSHOP) -> tuple[Day, ...]:
    """The timetables of the workshop's page, in their order."""
    text = file.read_text(encoding="utf-8")
    headings = list(HEADING.finditer(text))
    ends = [each.start() for each in headings[1:]] + [len(text)]
    found = []
    for heading, end in zip(headings, ends, strict=True):
        rows = tuple(
            Row(int(row["hour"]) * 60 + int(row["minute"]), int(row["minutes"]), row["what"])
            for row in ROW.finditer(text[heading.end() : end])
        )
        found.append(Day(heading["name"], float(heading["hours"]), rows))
    return tuple(found)


def faults(day: Day) -> list[str]:
    """What is wrong with a timetable: gaps, hours that do not fit, chapters that need more time."""
    wrong = [] if day.rows else [f"{day.name} has no rows"]
    at = day.rows[0].begins if day.rows else 0
    given: dict[tuple[str, str], int] = {}
    for row in day.rows:
        if row.begins != at:
            wrong.append(f"{day.name}: `{row.what}` does not begin when the row above ends")
        at = row.begins + row.minutes
        if match := TAUGHT.match(row.what):  # a chapter may be taught in several parts
            key = (match[1], match[2] or by_section.WHOLE)
            given[key] = given.get(key, 0) + row.minutes
    for (chapter, cut), minutes in given.items():
        needed = by_section.remaining(
            chapters.find(chapter), cut[0].upper() + cut[1:] if cut[0] == "h" else cut
        )
        if minutes < needed:
            wrong.append(f"{day.name}: chapter {chapter} ({cut}) has {minutes} minutes and needs {needed}")
    taught = sum(row.minutes for row in day.rows if not row.what.startswith("Lunch"))
    if taught != round(day.hours * 60):
        wrong.append(f"{day.name} has {taught} minutes without lunch, not {day.hours * 60:g}")
    return wrong


def check(file: Path = WORKSHOP) -> None:
    """Hold every timetable against the minutes.

    Raises:
        CourseError: the first fault, and what to do about it.
    """
    wrong = [fault for day in days(file) for fault in faults(day)]
    if wrong:
        raise CourseError(
            f"{paths.shown(file)}: {wrong[0]}.", "Change the row, or the cut of the chapter's page."
        )
