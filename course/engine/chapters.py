"""The texts of the course, and the table of contents read from their names and first headings."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from course import paths
from course.errors import CourseError

STEM = re.compile(r"ch(?P<number>\d\d)_(?P<slug>[a-z0-9_]+)|exam_(?P<exam>part(?P<part>\d+))")
EXAM = 100
"""An exam's number is this plus its part's, so that no chapter has it too."""


@dataclass(frozen=True)
class Chapter:
    """One chapter, or the exam of a part. All its files share one stem: `ch01_lifespan`, `exam_part1`.

    A chapter goes on from the service of the one before it. An exam begins from nothing, and nothing goes on
    from it.
    """

    number: int
    slug: str
    title: str

    @property
    def stem(self) -> str:
        return f"exam_{self.slug}" if self.is_exam else f"ch{self.number:02}_{self.slug}"

    @property
    def is_exam(self) -> bool:
        return self.number > EXAM

    @property
    def called(self) -> str:
        """What people call it, within a sentence: `chapter 3`, `the exam of Part I`."""
        return called(self.number)

    @property
    def subject(self) -> str:
        """The same at the beginning of one: `Chapter 3`, `The exam of Part I`."""
        return self.called[0].upper() + self.called[1:]

    @property
    def label(self) -> str:
        """What stands before its title: `Chapter 3`, `Part I exam`."""
        return f"{self.called.removeprefix('the exam of ')} exam" if self.is_exam else self.subject

    @property
    def typed(self) -> str:
        """What one types after `%chapter`: `3`, `exam_part1`."""
        return self.stem if self.is_exam else str(self.number)

    @property
    def text(self) -> Path:
        return paths.TEXTS / f"{self.stem}.md"

    @property
    def notebook(self) -> Path:
        return paths.NOTEBOOKS / f"{self.stem}.ipynb"

    @property
    def solution(self) -> Path:
        return paths.SOLUTIONS / f"{self.stem}.ipynb"

    @property
    def checkpoint(self) -> Path:
        return paths.CHECKPOINTS / self.stem

    @property
    def tests(self) -> Path:
        return paths.TESTS / "checkpoints" / f"test_{self.stem}.py"

    @property
    def misconceptions(self) -> Path:
        return paths.MISCONCEPTIONS / f"{self.stem}.md"

    @property
    def alternatives(self) -> Path:
        return paths.TESTS / "alternatives" / f"{self.stem}.md"

    @property
    def mutants(self) -> Path:
        return paths.TESTS / "mutants" / f"{self.stem}.md"

    @property
    def project(self) -> Path:
        """The learner's own project of this chapter, which may not exist yet."""
        return paths.workspace() / self.stem

    @property
    def previous(self) -> "Chapter | None":
        """The chapter that this one goes on from."""
        earlier = [chapter for chapter in numbered() if chapter.number < self.number]
        return earlier[-1] if earlier and not self.is_exam else None

    @property
    def following(self) -> "Chapter | None":
        """The chapter that goes on from this one."""
        later = [chapter for chapter in numbered() if chapter.number > self.number]
        return later[0] if later and not self.is_exam else None

    @property
    def road(self) -> "tuple[Chapter, ...]":
        """The chapters that lead here, in order, this one last."""
        return (*(self.previous.road if self.previous else ()), self)


@cache
def contents() -> tuple[Chapter, ...]:
    """All chapters, in order, and the exams after them. The folder is read once in a process."""
    found = []
    for path in paths.TEXTS.glob("*.md"):
        match = STEM.fullmatch(path.stem)
        if match is not None:
            number = EXAM + int(match["part"]) if match["exam"] else int(match["number"])
            found.append(Chapter(number, match["exam"] or match["slug"], _first_heading(path)))
    return tuple(sorted(found, key=lambda chapter: chapter.number))


def numbered() -> tuple[Chapter, ...]:
    """The chapters, in order, without the exams."""
    return tuple(chapter for chapter in contents() if not chapter.is_exam)


def exams() -> tuple[Chapter, ...]:
    """The exams, in the order of their parts."""
    return tuple(chapter for chapter in contents() if chapter.is_exam)


def called(number: int) -> str:
    """What people call the chapter or exam with this number, within a sentence."""
    return f"the exam of Part {'I' * (number - EXAM)}" if number > EXAM else f"chapter {number}"


def find(which: int | str) -> Chapter:
    """The chapter called `3`, `"3"`, `"ch03"`, `"ch03_routing"` or `"routing"`; `"exam"` is the first exam.

    Raises:
        CourseError: no chapter has this name; the message lists those there are.
    """
    name = str(which).strip().lower()
    for chapter in contents():
        short = {"exam"} if chapter.is_exam else {chapter.stem[:4], f"{chapter.number:02}"}
        if name in {chapter.typed, chapter.stem, chapter.slug, *short}:
            return chapter
    choices = ", ".join(
        chapter.typed if chapter.is_exam else f"{chapter.number} ({chapter.slug})" for chapter in contents()
    )
    raise CourseError(f"There is no chapter {which!s}.", f"Choose one of: {choices}.")


def _first_heading(path: Path) -> str:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("# "):
                return line[2:].strip()
    raise CourseError(f"{path.name} has no heading.", "Begin the text with a line `# The chapter's title`.")
