"""Where programs keep their own files: in the home folder or, where that cannot be written, in the course's.

Containers and servers start programs for users whose home is missing, read-only or owned by another user.
"""

import os
import sys
from collections.abc import Callable, MutableMapping
from pathlib import Path

from course import paths
from course.errors import CourseError

NOWHERE = Path(os.sep, "nonexistent")


def writable(folder: Path) -> bool:
    """Whether this user can write files in a folder, which is made if need be."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)


def cache() -> Path:
    """Where uv keeps what it downloaded, unless it is told another folder."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or _home() / "AppData" / "Local") / "uv"
    return Path(os.environ.get("XDG_CACHE_HOME") or _home() / ".cache") / "uv"


def lend(environment: MutableMapping[str, str]) -> None:
    """Name folders of the course for Jupyter and IPython where they cannot write their usual ones.

    https://docs.jupyter.org/en/latest/use/jupyter-directories.html

    Raises:
        CourseError: the course's own folder cannot be written either.
    """
    from jupyter_core import paths as jupyter

    own = paths.workspace() / ".course" / "home"
    if _home() == NOWHERE:
        environment["HOME"] = str(own)
    usual: dict[str, Callable[[], str]] = {
        "JUPYTER_CONFIG_DIR": jupyter.jupyter_config_dir,
        "JUPYTER_DATA_DIR": jupyter.jupyter_data_dir,
        "JUPYTER_RUNTIME_DIR": jupyter.jupyter_runtime_dir,
        "IPYTHONDIR": lambda: str(_home() / ".ipython"),
    }
    for name, folder in usual.items():
        if name in environment or writable(Path(folder())):
            continue
        if not writable(own):
            raise CourseError(
                f"Neither your home folder nor {own} can be written.",
                "Set HOME (or COURSE_WORKSPACE) to a folder of your own, then run the same command again.",
            )
        environment[name] = str(own / name.lower())


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError:  # no HOME, and a user without an account
        return NOWHERE
