"""What `course test` validates: one step, one line of the table."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from course import paths
from course.engine import chapters
from course.engine.chapters import Chapter

PYTEST = (
    sys.executable,
    "-m",
    "pytest",
    "-q",
    "--tb=short",
    "-p",
    "course.maintain.validate.recorder",
    "-p",
    "no:cacheprovider",
    "-p",
    "no:nbval",  # importing the plugin takes seconds: only the steps that run notebooks load it
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
    return [
        _tests("misconceptions", "misconceptions", ["tests/test_misconceptions.py"], chapter),
        _tests("broken", "broken sentences", ["tests/test_broken.py"], chapter),
        _tests("alternatives", "right services", ["tests/test_alternatives.py"], chapter),
        _tests("rules", "tests", ["tests/rules"], chapter),
        *([] if chapter else _whole_course()),
        *_books("solutions", (each.solution for each in chosen)),
        *_books("notebooks", (each.notebook for each in chosen)),
        _tests("starters", "requirements", ["tests/test_starters.py"], chapter),
        _tests("checkpoints", "tests", ["tests/checkpoints"], chapter),
        _mypy(chapter),
        _ruff(chapter),
        _contracts(),
        _fresh(chapter),
    ]


def explored() -> list[Step]:
    """What draws examples: tests/fixtures/drawing.py says how."""
    return [
        _tests("schemathesis", "tests", ["tests/attacks/test_schemathesis.py"]),
        _tests("properties", "tests", ["tests/engine/test_compose_properties.py"]),
    ]


def _whole_course() -> list[Step]:
    """What is not about one chapter; parts of it need a browser, Node.js or a server."""
    return [
        _tests("attacks", "attacks", ["tests/attacks"]),
        _tests("browser", "tests", ["tests/browser"], servers=True),
        _tests("servers", "tests", ["tests/servers"], servers=True),
        _tests("class", "tests", ["tests/teach/hub", "tests/teach/grades"]),
        _tests("board", "tests", ["tests/teach/board"]),
        _tests("site and slides", "tests", ["tests/teach/site", "tests/teach/slides", "tests/teach/guide"]),
        _tests("look-ups", "tests", ["tests/learn/lookup"]),
        _tests("engine", "tests", ["tests/engine"]),
        _tests("learn", "tests", ["tests/learn", "--ignore=tests/learn/lookup"]),
        _tests("setup and maintain", "tests", ["tests/setup", "tests/maintain", "tests/test_cli.py"]),
    ]


def _tests(
    name: str, what: str, where: list[str], chapter: Chapter | None = None, *, servers: bool = False
) -> Step:
    chosen = ["-k", chapter.stem] if chapter else []
    return Step(name, what, ((*PYTEST, *where, *chosen),), may_be_left_out=servers, several_cpus=servers)


def _books(name: str, books: Iterable[Path]) -> list[Step]:
    there = [book for book in books if book.exists()]
    command = (*PYTEST, "-p", "nbval", "--nbval", *map(str, there))
    return [Step(name, "cells", (command,), several_cpus=True)] if there else []


def _fresh(chapter: Chapter | None) -> Step:
    only = [chapter.typed] if chapter else []
    command = (sys.executable, "-P", "-m", "course", "build", "--check", *only)
    return Step("freshness", "chapters", (command,), r"(\d+) chapter")


def _ruff(chapter: Chapter | None) -> Step:
    where = _code(chapter) if chapter else ["."]
    ruff = (sys.executable, "-m", "ruff")
    commands = ((*ruff, "check", "--quiet", *where), (*ruff, "format", "--check", *where))
    return Step("ruff", "files", commands, r"(\d+) files? already formatted")


def _contracts() -> Step:
    """The contracts on imports in pyproject.toml (https://import-linter.readthedocs.io)."""
    lint = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    command = (sys.executable, "-c", lint, "--no-cache", "--no-logo")
    return Step("imports", "contracts", (command,), r"Contracts: (\d+) kept, 0 broken")


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
