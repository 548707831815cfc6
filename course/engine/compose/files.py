"""`apply` and `apply_all`: build cells on a project's folder. A file is old or new, never half of one."""

from __future__ import annotations

import contextlib
import json
import os
import stat
from collections.abc import Iterator, Sequence
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
    (change,) = apply_all(project, [source])
    return change


def apply_all(project: Path, sources: Sequence[str]) -> list[Change]:
    """Do what several build cells say, one after the other: all of it, or nothing.

    Returns one change for each file, in the order in which the cells first name it. Raises as `apply` does.
    """
    cells = [split_cell(source) for source in sources]
    if not project.is_dir():
        raise CourseError(
            f"The folder `{project.name}` is gone.",
            "Run the notebook's first cell, `%chapter`, again: it makes the folder anew.",
        )
    names = list(dict.fromkeys(header.path for header, _, _ in cells))
    for name in names:
        if not Path(os.path.realpath(project / name)).is_relative_to(os.path.realpath(project)):
            raise CourseError(
                f"`{name}` leads out of your service through a link.",
                "Give a path inside it: `app/main.py`.",
            )
    for name in names:
        with _told(project, name):
            _writable(project, project / name)
            (project / KEPT).mkdir(exist_ok=True)
    with _told(project, names[0]), locked(project / KEPT / "lock"):
        old = {name: _old(project, name) for name in names}
        changes: dict[str, Change] = {}
        for header, body, first_line in cells:
            name, earlier = header.path, changes.get(header.path)
            known = _known(_remembered(project, name))
            text = _text(old[name], name) if earlier is None else None if earlier.gone else earlier.after
            change = outcome(header, body, first_line, text, known)
            changes[name] = change if earlier is None else change.since(earlier)
        _write(project, list(changes.values()), old)
    return list(changes.values())


def _write(project: Path, changes: list[Change], old: dict[str, bytes | None]) -> None:
    """Write all changes. Where one cannot be written, those before it are taken back."""
    done: list[tuple[Path, bytes | None]] = []
    try:
        for change in changes:
            with _told(project, change.path):
                for init in packages(change.path) if not change.gone else ():
                    if not os.path.lexists(project / init):
                        done.append((project / init, None))
                        _replace(project, project / init, b"")
                done.append((project / change.path, old[change.path]))
                _write_one(project, change, old[change.path])
    except BaseException:
        for path, content in reversed(done):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True) if content is None else _replace(project, path, content)
        raise


def _write_one(project: Path, change: Change, before: bytes | None) -> None:
    path = project / change.path
    if change.gone:
        _remove(project, path, change.path, before)
    elif change.changed:
        if before is not None:
            _replace(project, project / KEPT / "previous" / change.path, before)
        _replace(project, path, change.after.encode())
        _forget_compiled(path)
        was, now = removals.imported(change.before), removals.imported(change.after)
        lost = {name: line for name, line in was.items() if name not in now}
        if lost and change.path.endswith(".py"):
            remembered = _remembered(project, change.path)
            _replace(project, remembered, json.dumps(_known(remembered) | lost).encode())


def _old(project: Path, name: str) -> bytes | None:
    with _told(project, name):
        if (project / name).is_dir():
            raise IsADirectoryError(name)
        return project_files.read_file(project, name)


def _remembered(project: Path, name: str) -> Path:
    return project / KEPT / "imports" / f"{name}.json"


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
