"""Where things are, and how they are called."""

import os
import stat
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TEXTS = ROOT / "course" / "chapters"
MISCONCEPTIONS = ROOT / "course" / "misconceptions"
IN_EVERY_CHAPTER = MISCONCEPTIONS / "in_every_chapter.md"
NOTEBOOKS = ROOT / "notebooks"
SOLUTIONS = ROOT / "solutions"
CHECKPOINTS = ROOT / "app_checkpoints"
TESTS = ROOT / "tests"


def workspace() -> Path:
    """The folder of the learner's own projects, which may not exist yet.

    `COURSE_WORKSPACE` moves it, so that validating the course never touches a learner's work.
    """
    return Path(os.environ.get("COURSE_WORKSPACE") or ROOT / "my_service")


def shown(path: Path) -> str:
    """A path as people see it: `my_service/ch03_routing/app/main.py`, wherever the folders really are.

    A link is called by its own name, not by that of its target.
    """
    for base, name in ((workspace(), "my_service"), (ROOT, "")):
        for real in (os.path.abspath, os.path.realpath):
            inside = Path(real(path))
            if inside.is_relative_to(real(base)):
                return (Path(name) / inside.relative_to(real(base))).as_posix()
    return str(path)


def is_link(path: Path, state: os.stat_result | None = None) -> bool:
    """Whether a path is a symbolic link or, on Windows, a junction. `state`: from `os.lstat`, if known."""
    try:
        state = state or os.lstat(path)
    except OSError:
        return False
    junction = getattr(stat, "IO_REPARSE_TAG_MOUNT_POINT", None)
    tag = getattr(state, "st_reparse_tag", None)
    return stat.S_ISLNK(state.st_mode) or (tag is not None and tag == junction)
