"""What tests of several folders share, and what plain `pytest` runs.

Without a path, `pytest` runs what the installed packages allow and what takes a few minutes in all. It names
the rest.
"""

import ast
from importlib.util import find_spec
from pathlib import Path

import pytest

from course import paths
from tests.fixtures.browser import browser
from tests.fixtures.clones import clone
from tests.fixtures.postgresql import postgresql
from tests.fixtures.small_course import notebook, two_chapters, workspace_folder

__all__ = ["browser", "clone", "notebook", "postgresql", "two_chapters", "workspace_folder"]

MINUTES = (
    "right and wrong services: tests/test_alternatives.py tests/test_broken.py tests/test_misconceptions.py",
    "attacks: tests/attacks",
    "browsers and servers: tests/browser tests/servers",
    "guide, slides, board, class server, grades, site: tests/teach",
    "learners' accidents: tests/engine/accidents",
    "look-ups: tests/learn/lookup",
    "notebooks run twice: tests/rules/test_twice.py",
    "set-up, places, the validation itself: tests/setup tests/maintain",
    "starting every checkpoint: tests/rules/test_projects.py tests/rules/test_old_databases.py",
)
"""What takes minutes: a title, and the paths of the tests."""
LONG = {paths.ROOT / path for line in MINUTES for path in line.partition(": ")[2].split()}
lacking: dict[str, list[str]] = {}
"""Missing module -> the files that import it."""


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out what takes minutes, and files that import what is not installed; only without a path."""
    if config.args_source is not pytest.Config.ArgsSource.TESTPATHS:
        return None
    if collection_path in LONG:
        return True
    if collection_path.suffix == ".py":
        for name in _imported(collection_path):
            if find_spec(name) is None:
                lacking.setdefault(name, []).append(paths.shown(collection_path))
                return True
    return None


def _imported(path: Path) -> set[str]:
    """The top-level packages that a file imports."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    named = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    named |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom) and not node.level}
    return {name.partition(".")[0] for name in named}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name what was left out, and the command that runs all of it."""
    if terminalreporter.config.args_source is not pytest.Config.ArgsSource.TESTPATHS:
        return
    terminalreporter.section("left out")
    for line in MINUTES:
        terminalreporter.line(f"takes minutes: {line}")
    for name, files in lacking.items():
        terminalreporter.line(f"needs {name}, which is not installed: {' '.join(files)}")
    terminalreporter.line("All of it, and the notebooks: python3 -m course test")
