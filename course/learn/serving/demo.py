"""`course serve --demo`: a service with users, lots and bids in it, from its own `python -m app.demo`."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from course import paths
from course.engine import chapters
from course.engine.chapters import Chapter
from course.errors import CourseError
from course.learn.serving.serve import Serving, public

SCRIPT = Path("app", "demo.py")


def finished() -> Chapter:
    """The chapter whose checkpoint is the finished service."""
    return chapters.numbered()[-1]


@contextmanager
def copied() -> Iterator[Path]:
    """A copy of the finished service, with an empty database; it is deleted at the end."""
    with TemporaryDirectory(prefix="gavel-", ignore_cleanup_errors=True) as folder:
        left = shutil.ignore_patterns("*.db*", "__pycache__", ".env")
        yield shutil.copytree(finished().checkpoint, Path(folder, "gavel"), ignore=left)


def filled(serving: Serving) -> str:
    """Fill the database of a running service, and return what `python -m app.demo` said.

    Raises:
        CourseError: the project has no such module, or it failed.
    """
    if not (serving.project / SCRIPT).exists():
        raise CourseError(
            f"There is no {SCRIPT.as_posix()} in {paths.shown(serving.project)}: chapter {finished().number} "
            "writes it.",
            "`course serve --demo`, without a chapter, shows the course's finished service.",
        )
    done = subprocess.run(
        [sys.executable, "-m", "app.demo"],
        cwd=serving.project,
        env={**os.environ, "GAVEL_PUBLIC_URL": public(serving.url), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    if done.returncode:
        last = (done.stderr.strip() or "no message").splitlines()[-1]
        raise CourseError(f"The demonstration failed: {last}", f"It is {SCRIPT.as_posix()} of your project.")
    return done.stdout.strip()
