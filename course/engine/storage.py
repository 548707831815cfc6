"""Small files that must survive a crash, a full disk and a killed kernel."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from course import paths
from course.errors import CourseError


def write_text(path: Path, text: str) -> None:
    """Put text (UTF-8, LF) in a file, wholly or not at all.

    Raises:
        OSError: the folder cannot be written; the file is then as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.replace(name, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise


def require_folder(folder: Path) -> None:
    """See that a folder exists or can be created: no file has its name, or the name of a folder above it.

    Raises:
        CourseError: a file, or a link that leads nowhere, has the name.
    """
    nearest = next(each for each in (folder, *folder.parents) if os.path.lexists(each))
    if nearest.is_dir():
        return
    name = paths.shown(nearest)
    if paths.is_link(nearest) and not nearest.exists():
        raise CourseError(
            f"{name} is a link that leads nowhere, and the course needs a folder with this name.",
            "Make the folder that it leads to, or remove the link. Then do the same again.",
        )
    raise CourseError(
        f"{name} is a file, and the course needs a folder with this name.",
        f"Rename the file, for example to {nearest.name}_old, then do the same again. "
        "The course does not change the file.",
    )
