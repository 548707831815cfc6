"""A project as one file, `service.zip`, that travels with a submitted notebook.

What comes back from a learner is read as from a stranger: names that leave the folder, links, too many files
and files that swell are refused (https://docs.python.org/3/library/zipfile.html#decompression-pitfalls).
"""

import zipfile
from pathlib import Path, PurePosixPath

from course.engine import project_files
from course.engine.project_files import LARGEST, MOST
from course.errors import CourseError

SERVICE = "service.zip"
AS_IT_WAS = (1980, 1, 1, 0, 0, 0)
"""One time for every file, so that the same project packs to the same bytes."""


def packed(project: Path, target: Path) -> int:
    """Write the files of a project to `target` and return how many they are.

    Databases, caches and the course's own notes stay behind (`course.engine.project_files`).
    """
    files = project_files.read(project)
    part = target.with_name(f".{target.name}.part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, AS_IT_WAS), content, zipfile.ZIP_DEFLATED)
    part.replace(target)
    return len(files)


def unpacked(archive: Path) -> dict[str, bytes]:
    """The files in a learner's archive: relative path to content.

    Raises:
        CourseError: it is no such archive, or holds what no project has.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            return _files(opened)
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError) as error:
        raise _refused(f"cannot be read ({error})") from error


def _files(archive: zipfile.ZipFile) -> dict[str, bytes]:
    members = [member for member in archive.infolist() if not member.is_dir()]
    if len(members) > MOST:
        raise _refused(f"holds {len(members)} files, and {MOST} is the most")
    found: dict[str, bytes] = {}
    left = LARGEST
    for member in members:
        name = PurePosixPath(member.filename)
        if name.is_absolute() or ".." in name.parts or "\\" in member.filename or ":" in member.filename:
            raise _refused(f"names a file outside the project: {member.filename[:80]}")
        with archive.open(member) as content:
            found[name.as_posix()] = content.read(left + 1)  # what its head says of its size may be a lie
        left -= len(found[name.as_posix()])
        if left < 0:
            raise _refused(f"holds more than {LARGEST // 1024**2} MiB")
    return found


def _refused(why: str) -> CourseError:
    return CourseError(f"{SERVICE} {why}.", "It was left aside, and the notebook's own cells were graded.")
