"""The one reader of a learner's project: regular files, within limits, and nothing else.

A project's folder belongs to its owner: editors leave lock files in it, and people put links, pipes or large
files there. What editors, systems and runs leave behind is ignored. Anything else that is not a regular file
is never opened. `read` refuses it in words; `files` and `modules` leave it out.
"""

import errno
import os
import re
import stat
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from course import paths
from course.errors import CourseError

LEFT_BY_RUNS = frozenset(
    {
        *(".course", ".git", ".venv", ".ipynb_checkpoints"),
        *("__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache"),
    }
)
"""Folders."""
LEFT_BEHIND = re.compile(
    r"\.#.*|#.*#|.*~|\.~.*|\..*\.sw[a-z]|.*\.kate-swp|.*___jb_\w+___"  # locks and backups of editors
    r"|\.DS_Store|\._.*|desktop\.ini"  # notes of macOS and Windows
    r"|.*\.part|.*\.db(\..*|-wal|-shm|-journal)?",
    re.IGNORECASE,
)
"""Names of files that do not belong to a service: of editors, of systems, unfinished ones, databases."""

LARGEST = 20 * 1024**2
"""Bytes of all files of a project together. The exam's, the largest, has under 100,000."""
MOST = 2_000
"""Files of a project."""

AGAIN = "Then do the same again."
KINDS = {
    stat.S_IFIFO: "a pipe (FIFO)",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFDIR: "a folder",
}
WITHOUT_WAITING = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
"""How to open what may have become a pipe or a link a moment ago."""

Refuse = Callable[[CourseError], None]


def belongs(path: PurePosixPath) -> bool:
    """Whether a relative path can be a file of the service, not one that an editor or a run left behind."""
    return LEFT_BY_RUNS.isdisjoint(path.parts) and LEFT_BEHIND.fullmatch(path.name) is None


def read(project: Path) -> dict[str, bytes]:
    """The files of a project: relative path to content, in the order of their paths.

    A file that is removed meanwhile is left out. A folder that is not there has no files.

    Raises:
        CourseError: something is no regular file, too large, or not readable; the message names it.
    """
    found: dict[str, bytes] = {}
    room = LARGEST
    for name, _ in _walk(project, _raise):
        content = read_file(project, name, room)
        if content is None:
            continue
        found[name] = content
        room -= len(content)
        if len(found) > MOST:
            raise CourseError(
                f"`{project.name}` holds more than {MOST:,} files, which no service of the course has.",
                f"Move what does not belong to your service to another folder. {AGAIN}",
            )
    return found


def files(project: Path) -> Iterator[tuple[str, os.stat_result]]:
    """The relative path and the state of each regular file; what cannot be looked at is left out."""
    return _walk(project, lambda refused: None)


def python_files(project: Path) -> Iterator[tuple[str, os.stat_result]]:
    """The relative path and the state of each Python file below `app/`, as `files` gives them."""
    for name, state in files(project):
        if name.startswith("app/") and name.endswith(".py"):
            yield name, state


def modules(project: Path) -> dict[str, str]:
    """The Python files below `app/`: relative path to text. What cannot be read is left out."""
    found: dict[str, str] = {}
    room = LARGEST
    for name, _ in python_files(project):
        try:
            content = read_file(project, name, room)
        except CourseError:
            continue
        if content is not None:
            found[name] = content.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
            room -= len(content)
    return found


def read_file(project: Path, name: str, room: int = LARGEST) -> bytes | None:
    """The content of one file of a project; None where there is no such file.

    Raises:
        CourseError: it is no regular file, larger than `room` bytes, or not readable.
    """
    path = project / name
    shown = _shown(project, name)
    try:
        if refused := _irregular(path, os.lstat(path), shown):
            raise refused
        with os.fdopen(os.open(path, os.O_RDONLY | WITHOUT_WAITING), "rb") as file:
            state = os.fstat(file.fileno())
            if refused := _irregular(path, state, shown):
                raise refused
            content = b"" if state.st_size > room else file.read(room + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise _unreadable(error, shown) from None
    size = max(state.st_size, len(content))
    if size > room:
        raise CourseError(
            f"`{shown}` has {_size(size)}, and a service has at most {_size(LARGEST)} in all.",
            f"Move large files out of the folder of your service. {AGAIN}",
        )
    return content


def _walk(project: Path, refuse: Refuse) -> Iterator[tuple[str, os.stat_result]]:
    """The regular files below a folder, in the order of their paths. Links are not followed."""
    return _below(project, PurePosixPath(), refuse)


def _below(project: Path, inner: PurePosixPath, refuse: Refuse) -> Iterator[tuple[str, os.stat_result]]:
    try:
        names = sorted(os.listdir(project / inner))
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        refuse(_unreadable(error, _shown(project, str(inner)), folder=True))
        return
    for each in names:
        name = inner / each
        if not belongs(name):
            continue
        try:
            state = os.lstat(project / name)
        except FileNotFoundError:
            continue
        except OSError as error:
            refuse(_unreadable(error, _shown(project, str(name))))
            continue
        shown = _shown(project, str(name))
        is_folder = stat.S_ISDIR(state.st_mode) and not paths.is_link(project / name, state)
        refused = _not_utf8(each, shown) or (None if is_folder else _irregular(project / name, state, shown))
        if refused is not None:
            refuse(refused)
        elif is_folder:
            yield from _below(project, name, refuse)
        else:
            yield str(name), state


def _raise(refused: CourseError) -> None:
    raise refused


def _irregular(path: Path, state: os.stat_result, shown: str) -> CourseError | None:
    """The message for what is no regular file; None for a file."""
    if paths.is_link(path, state):
        return CourseError(
            f"`{shown}` is a link {_target(path)}. The course reads only files inside the folder of your "
            "service.",
            f"Remove the link, not its target, or put a copy of the target in its place. {AGAIN}",
        )
    if stat.S_ISREG(state.st_mode):
        return None
    kind = KINDS.get(stat.S_IFMT(state.st_mode), "of an unknown kind")
    do = f"Move it out of the folder of your service. {AGAIN}"
    return CourseError(f"`{shown}` is {kind}, not a file.", do)


def _target(path: Path) -> str:
    try:
        mode = os.stat(path).st_mode
    except OSError:
        return "that leads nowhere"
    return "to a file" if stat.S_ISREG(mode) else f"to {KINDS.get(stat.S_IFMT(mode), 'something else')}"


def _not_utf8(name: str, shown: str) -> CourseError | None:
    try:
        name.encode()
    except UnicodeEncodeError:
        return CourseError(
            f"The name of `{shown}` is not UTF-8.", f"Rename it, with the letters a to z for example. {AGAIN}"
        )
    return None


def _unreadable(error: OSError, shown: str, *, folder: bool = False) -> CourseError:
    if error.errno == errno.ELOOP:  # it became a link after we had looked
        return CourseError(f"`{shown}` is a link, not a file.", f"Remove the link, not its target. {AGAIN}")
    mode = "u+rx" if folder else "u+r"
    return CourseError(
        f"`{shown}` cannot be read: {error.strerror or error}.",
        f"Close programs that use it, and allow reading it (`chmod {mode}` or its properties). {AGAIN}",
    )


def _shown(project: Path, name: str) -> str:
    """A path as people see it; bytes that are not UTF-8 as `\\xff`."""
    shown = (PurePosixPath(project.name) / name).as_posix()
    return shown.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _size(size: int) -> str:
    return f"{size / 1024**3:.1f} GB" if size >= 1024**3 else f"{size / 1024**2:.0f} MB"
