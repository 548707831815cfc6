"""What `course test` validates: one step, one line of the table."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from course import chapters, paths
from course.chapters import Chapter
from course.validate import nbval

PYTEST = (
    sys.executable,
    "-m",
    "pytest",
    "-q",
    "--tb=short",
    "-p",
    "course.validate.recorder",
    "-p",
    "no:cacheprovider",
)


@dataclass(frozen=True)
class Step:
    """Commands that are run one after another; the step fails where one of them does.

    `what` names what is counted. Pytest is counted test by test; elsewhere `count` is a regular expression
    whose first group is the number, looked for in what the commands print. `several_cpus` is for a step whose
    own processes work side by side.
    """

    name: str
    what: str
    commands: tuple[tuple[str, ...], ...]
    count: str = ""
    may_be_left_out: bool = False
    several_cpus: bool = False

    @property
    def pytest(self) -> bool:
        return not self.count


def planned(chapter: Chapter | None) -> list[Step]:
    """The steps for one chapter or for all, the long ones first."""
    chosen = [chapter] if chapter else list(chapters.contents())
    steps = [
        _tests("misconceptions", "misconceptions", ["tests/test_misconceptions.py"], chapter),
        _tests("alternatives", "right services", ["tests/test_alternatives.py"], chapter),
        _tests("learners' accidents", "programs", ["tests/learners"], None) if not chapter else None,
        _tests("attacks", "attacks", ["tests/attacks"], None) if not chapter else None,
        _tests("browser", "tests", ["tests/browser"], None, servers=True) if not chapter else None,
        _tests("servers", "tests", ["tests/servers"], None, servers=True) if not chapter else None,
        *(_room() if not chapter else []),
        _books("solutions", (each.solution for each in chosen)),
        _tests("unit tests", "tests", ["tests/course"], None) if not chapter else None,
        _books("notebooks", (each.notebook for each in chosen)),
        _tests("starters", "requirements", ["tests/test_starters.py"], chapter),
        _tests("checkpoints", "tests", ["tests/checkpoints"], chapter),
        _tests("rules", "tests", ["tests/rules"], chapter),
        _mypy(chapter),
        _ruff(chapter),
        _fresh(chapter),
    ]
    return [step for step in steps if step]


def _room() -> list[Step | None]:
    """What serves a teacher and a reader; parts of it need a browser, Node.js or a server."""
    return [
        _tests("class", "tests", ["tests/hub", "tests/grades"], None),
        _tests("board", "tests", ["tests/board"], None),
        _tests("site and slides", "tests", ["tests/site", "tests/slides", "tests/guide"], None),
        _tests("reference", "tests", ["tests/errors", "tests/reference"], None),
        _tests("places", "tests", ["tests/places"], None),
    ]


def _tests(
    name: str, what: str, where: list[str], chapter: Chapter | None, *, servers: bool = False
) -> Step | None:
    if not all((paths.ROOT / path).exists() for path in where):
        return None
    chosen = ["-k", chapter.stem] if chapter else []
    return Step(name, what, ((*PYTEST, *where, *chosen),), may_be_left_out=servers, several_cpus=servers)


def _books(name: str, books: Iterable[Path]) -> Step | None:
    there = [book for book in books if book.exists()]
    if not there:
        return None
    return Step(name, "cells", ((*PYTEST, *nbval.arguments(there)),), several_cpus=True)


def _fresh(chapter: Chapter | None) -> Step:
    only = [chapter.typed] if chapter else []
    command = (sys.executable, "-P", "-m", "course", "build", "--check", *only)
    return Step("freshness", "chapters", (command,), r"(\d+) chapter")


def _ruff(chapter: Chapter | None) -> Step:
    where = _code(chapter) if chapter else ["."]
    ruff = (sys.executable, "-m", "ruff")
    commands = ((*ruff, "check", "--quiet", *where), (*ruff, "format", "--check", *where))
    return Step("ruff", "files", commands, r"(\d+) files? already formatted")


def _mypy(chapter: Chapter | None) -> Step:
    where = _code(chapter) if chapter else []  # without a name, what pyproject.toml lists
    return Step(
        "mypy", "files", ((sys.executable, "-m", "mypy", *where),), r"no issues found in (\d+) source"
    )


def _code(chapter: Chapter) -> list[str]:
    return [
        path.relative_to(paths.ROOT).as_posix()
        for path in (chapter.tests, chapter.checkpoint)
        if path.exists()
    ]
