"""The texts of the course, and the table of contents read from their names and first headings."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from course import paths
from course.errors import CourseError

STEM = re.compile(r"ch(\d\d)_([a-z0-9_]+)")


@dataclass(frozen=True)
class Chapter:
    """One chapter. All its files share one stem, such as `ch01_lifespan`."""

    number: int
    slug: str
    title: str

    @property
    def stem(self) -> str:
        return f"ch{self.number:02}_{self.slug}"

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
    def bank(self) -> Path:
        return paths.BANKS / f"{self.stem}.md"

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
        earlier = [chapter for chapter in contents() if chapter.number < self.number]
        return earlier[-1] if earlier else None

    @property
    def following(self) -> "Chapter | None":
        later = [chapter for chapter in contents() if chapter.number > self.number]
        return later[0] if later else None


@cache
def contents() -> tuple[Chapter, ...]:
    """All chapters, in order. The folder is read once in a process."""
    found = []
    for path in sorted(paths.TEXTS.glob("ch*.md")):
        match = STEM.fullmatch(path.stem)
        if match is not None:
            found.append(Chapter(int(match[1]), match[2], _first_heading(path)))
    return tuple(found)


def find(which: int | str) -> Chapter:
    """The chapter called `3`, `"3"`, `"ch03"`, `"ch03_routing"` or `"routing"`.

    Raises:
        CourseError: no chapter has this name; the message lists those there are.
    """
    name = str(which).strip().lower()
    for chapter in contents():
        if name in {
            str(chapter.number),
            chapter.stem[:4],
            f"{chapter.number:02}",
            chapter.stem,
            chapter.slug,
        }:
            return chapter
    choices = ", ".join(f"{chapter.number} ({chapter.slug})" for chapter in contents())
    raise CourseError(f"There is no chapter {which!s}.", f"Choose one of: {choices}.")


def _first_heading(path: Path) -> str:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("# "):
                return line[2:].strip()
    raise CourseError(f"{path.name} has no heading.", "Begin the text with a line `# The chapter's title`.")
