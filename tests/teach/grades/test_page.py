"""The page about grades: its figures are those of the course."""

import re

from course import paths
from course.engine import chapters
from course.teach.grades.assignment import total

PAGE = paths.ROOT / "course" / "pages" / "grades.md"
ROW = re.compile(r"^\| `(\w+)` \| (\d+) \|$", re.MULTILINE)


def test_the_page_has_the_points_of_every_assignment() -> None:
    told = {stem: int(points) for stem, points in ROW.findall(PAGE.read_text(encoding="utf-8"))}
    assert told == {chapter.stem: total(chapter) for chapter in chapters.contents()}


def test_the_page_says_how_many_points_the_half_right_submission_is_graded_out_of() -> None:
    assert f" of {total(chapters.find(1))} points, with its explanation" in PAGE.read_text(encoding="utf-8")
