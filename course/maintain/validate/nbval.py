"""Hooks for the `conftest.py` beside the notebooks, so that `pytest --nbval solutions` needs no further flag.

nbval compares each code cell's saved output with what the cell gives now (https://nbval.readthedocs.io). A
notebook that was never executed is run, too: an exception that no tag announces fails, outputs do not.
"""

import os
import tempfile
from pathlib import Path

import pytest

SANITIZE = Path(__file__).with_name("nbval_sanitize.cfg")
SECONDS = 60.0
"""How long a cell may take. nbval waits for a kernel that died until then, by default for 2,000 s."""
DEFAULT = 2000.0
_workspace: "tempfile.TemporaryDirectory[str] | None" = None


def pytest_configure(config: pytest.Config) -> None:
    """Set what the command line does not: this environment's kernel, the time limit, what may differ."""
    options = config.option
    if not (getattr(options, "nbval", False) or getattr(options, "nbval_lax", False)):
        return
    options.nbval_current_env = options.nbval_current_env or options.nbval_kernel_name is None
    options.nbval_sanitize_with = options.nbval_sanitize_with or str(SANITIZE)
    if options.nbval_cell_timeout == DEFAULT:
        options.nbval_cell_timeout = SECONDS
    os.environ.setdefault("PYTHONUTF8", "1")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Give each notebook an empty workspace, before nbval starts its kernel.

    Else a notebook would find the learner's work, or what another notebook built.
    """
    if item.path.suffix == ".ipynb":
        own = _base() / f"{item.path.parent.name}-{item.path.stem}" / "my_service"
        own.mkdir(parents=True, exist_ok=True)
        os.environ["COURSE_WORKSPACE"] = str(own)


def pytest_unconfigure() -> None:
    """Remove the workspaces."""
    global _workspace
    if _workspace is not None:
        os.environ.pop("COURSE_WORKSPACE", None)
        _workspace.cleanup()
        _workspace = None


def _base() -> Path:
    global _workspace
    if _workspace is None:
        _workspace = tempfile.TemporaryDirectory(prefix="course-nbval-", ignore_cleanup_errors=True)
    return Path(_workspace.name)
