"""`apply`: a build cell on a project's folder. A file is old or new, never half of one."""

from __future__ import annotations

import contextlib
import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from course.engine import project_files
from course.engine.compose import removals
from course.engine.compose.change import Change, outcome, packages
from course.engine.compose.header import split_cell
from course.engine.compose.lock import locked
from course.errors import CourseError

KEPT = ".course"  # the lock, the previous versions and the file being written, beside app/


def apply(project: Path, source: str) -> Change:
    """Do what the build cell says in the project's folder. `source` is the whole cell, with its `%%` line.

    What stood there before is kept in `.course/previous/<path>`, and imports that nothing used any more in
    `.course/imports/<path>`, for a cell that uses them again. A cell that changes nothing touches nothing.
    Raises CourseError, and leaves everything as it was, when the cell or the file does not parse, the path
    leaves the project, or the folder cannot be written.
    """
    header, body, first_line = split_cell(source)
    if not project.is_dir():
        raise CourseError(
            f"The folder `{project.name}` is gone.",
            "Run the notebook's first cell, `%chapter`, again: it makes the folder anew.",
        )
    path = project / header.path
    if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(project)):
        raise CourseError(
            f"`{header.path}` leads out of your service through a link.",
            "Give a path inside it: `app/main.py`.",
        )
    with _told(project, header.path):
        _writable(project, path)
        (project / KEPT).mkdir(exist_ok=True)
        with locked(project / KEPT / "lock"):
            remembered = project / KEPT / "imports" / f"{header.path}.json"
            known = _known(remembered)
            if path.is_dir():
                raise IsADirectoryError(header.path)
            before = project_files.read_file(project, header.path)
            change = outcome(header, body, first_line, _text(before, header.path), known)
            if change.gone:
                _remove(project, path, header.path, before)
                return change
            for init in packages(header.path):
                if not os.path.lexists(project / init):
                    _replace(project, project / init, b"")
            if change.changed:
                if before is not None:
                    _replace(project, project / KEPT / "previous" / header.path, before)
                _replace(project, path, change.after.encode())
                _forget_compiled(path)
                was, now = removals.imported(change.before), removals.imported(change.after)
                lost = {name: line for name, line in was.items() if name not in now}
                if lost and header.path.endswith(".py"):
                    _replace(project, remembered, json.dumps(known | lost).encode())
    return change


def _known(remembered: Path) -> dict[str, str]:
    try:
        known = json.loads(remembered.read_bytes())
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _text(content: bytes | None, name: str) -> str | None:
    """The file's text, its line ends as they are; None when there is no file."""
    if content is None:
        return None
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise CourseError(
            f"`{name}` is not UTF-8 text: line {line} holds a byte that cannot be read.",
            "Save it as UTF-8 in your editor, or write it anew with `%%write` after moving it away.",
        ) from None


def _replace(project: Path, path: Path, content: bytes) -> None:
    """Write beside, then put in place in one step. The lock is held, so one name will do."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = project / KEPT / "writing"
    beside.write_bytes(content)
    if path.exists():
        os.chmod(beside, stat.S_IMODE(path.stat().st_mode))
    os.replace(beside, path)


def _remove(project: Path, path: Path, name: str, content: bytes | None) -> None:
    """Take the file away; its last version is kept."""
    if content is not None:
        _replace(project, project / KEPT / "previous" / name, content)
        path.unlink()
        _forget_compiled(path)


def _forget_compiled(path: Path) -> None:
    """Remove the compiled file: Python trusts it when size and second of change agree, and they may."""
    for compiled in path.parent.glob(f"__pycache__/{path.stem}.*.pyc"):
        compiled.unlink(missing_ok=True)


def _writable(project: Path, path: Path) -> None:
    """CourseError when the file or its folder is marked read-only, also for root, who could write there."""
    folder = path.parent
    while not folder.exists() and folder != project:
        folder = folder.parent
    for place in (project, folder, path):
        if place.exists() and not place.stat().st_mode & 0o222:
            raise _refused(project, place)


def _refused(project: Path, place: Path) -> CourseError:
    inner = place.relative_to(project).as_posix() if place.is_relative_to(project) else place.name
    name = project.name if inner == "." else f"{project.name}/{inner}"
    return CourseError(
        f"`{name}` cannot be written: it is read-only. Nothing was changed.",
        "Allow writing there (its properties, or `chmod u+w`), and run the cell again.",
    )


@contextlib.contextmanager
def _told(project: Path, name: str) -> Iterator[None]:
    """Turn what the operating system refuses into one message."""
    try:
        yield
    except PermissionError as error:
        raise _refused(project, Path(error.filename or project / name)) from None
    except (FileExistsError, NotADirectoryError, IsADirectoryError):
        raise CourseError(
            f"`{name}` cannot be written: a folder stands where a file belongs, or the reverse.",
            "Rename one of the two, and run the cell again. Nothing was changed.",
        ) from None
    except OSError as error:
        raise CourseError(
            f"`{name}` could not be written: {error.strerror or error}.",
            "Look at the disk (is it full, is the folder still there?), and run the cell again.",
        ) from None
