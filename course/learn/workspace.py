"""The learner's own projects: one folder a chapter in `my_service/`, which git ignores.

A chapter starts from the learner's own service after the chapter before it, if that chapter's own
requirements held at its last check and it has not changed since; else from the course's. Databases, caches
and the course's own notes (`.course/`) are left out of the copy: a chapter may change the tables, and an old
database would then fail in ways that no text explains.

Nothing is overwritten. A folder appears whole, by one rename, or not at all; starting over moves the old one
to `my_service/kept/`.
"""

import hashlib
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from course import paths
from course.engine import project_files, storage
from course.engine.chapters import Chapter
from course.errors import CourseError
from course.learn import progress

NOTES = ".course"
README = """\
# {name}: {title}

The service that you build in `notebooks/{stem}.ipynb`. It is yours: change what you like.

    fastapi dev

starts it from this folder; its interactive documentation is then at http://127.0.0.1:8000/docs.
"""


@dataclass(frozen=True)
class Started:
    """A chapter's project, and one sentence on where it came from."""

    chapter: Chapter
    project: Path
    sentence: str


def start(chapter: Chapter) -> Started:
    """Make the chapter's project, unless it is there; never touch one that is.

    Raises:
        CourseError: what it starts from is not there, or its folder holds other files.
    """
    project = chapter.project
    storage.require_folder(project)
    _refuse_link_to_nothing(project)
    if _is_there(project):
        _require_service(chapter)
        sentence = f"{chapter.subject} goes on where you left it, in {paths.shown(project)}."
    else:
        files, origin = _origin(chapter)
        part = _prepare(chapter, files)
        try:
            if project.is_dir():
                project.rmdir()
            part.rename(project)
        except OSError:
            shutil.rmtree(part, ignore_errors=True)
            if not _is_there(project):
                raise
        sentence = f"{chapter.subject} starts from {origin}, in {paths.shown(project)}."
    progress.begun(chapter)
    return Started(chapter, project, sentence)


def start_over(chapter: Chapter) -> Started:
    """Move the project to `my_service/kept/` under a number, and start the chapter anew."""
    project = chapter.project
    storage.require_folder(project)
    if not _is_there(project):
        return start(chapter)
    files, origin = _origin(chapter)
    part = _prepare(chapter, files)
    number = 1
    while (kept := paths.workspace() / "kept" / f"{chapter.stem}-{number}").exists():
        number += 1
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        project.rename(kept)
        part.rename(project)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    progress.begun(chapter)
    sentence = f"Your work is kept in {paths.shown(kept)}. {chapter.subject} starts again from {origin}."
    return Started(chapter, project, sentence)


def opened(chapter: Chapter) -> Path:
    """The folder of a chapter that has been started.

    Raises:
        CourseError: it has not, or its folder is gone.
    """
    storage.require_folder(chapter.project)
    if not _is_there(chapter.project):
        raise CourseError(
            f"There is no folder {paths.shown(chapter.project)}.",
            f"`%chapter {chapter.typed}` in the notebook makes it, as does `course start {chapter.typed}`.",
        )
    _require_service(chapter)
    return chapter.project


def fingerprint(folder: Path) -> str:
    """One hash for all files of a project but its README; 64 hexadecimal digits (SHA-256).

    Raises:
        CourseError: the folder holds something that cannot be read.
    """
    return fingerprint_of(project_files.read(folder))


def fingerprint_of(files: Mapping[str, bytes]) -> str:
    """The same of files that were read already."""
    digest = hashlib.sha256()
    for name, content in sorted(files.items()):
        if name != "README.md":
            digest.update(f"{name}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()


def start_of(project: Path) -> Path:
    """The copy of what the chapter started from."""
    return project / NOTES / "start"


def _is_there(project: Path) -> bool:
    return project.is_dir() and any(project.iterdir())


def _refuse_link_to_nothing(project: Path) -> None:
    """A project appears by a rename, which cannot go through a link.

    Raises:
        CourseError: the project's name is a link to an empty folder.
    """
    if paths.is_link(project) and not _is_there(project):
        raise CourseError(
            f"{paths.shown(project)} is a link to an empty folder.",
            "Remove the link, not its target, then do the same again: the course makes a folder there.",
        )


def _require_service(chapter: Chapter) -> None:
    """Refuse a folder whose files are not a service of the course.

    Raises:
        CourseError: the folder holds other files; the message names some of them.
    """
    project = chapter.project
    if progress.holds_service(project):
        return
    names = sorted(path.name for path in project.iterdir())
    listed = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    raise CourseError(
        f"{paths.shown(project)} holds {listed}, and no service: {chapter.called} has not begun there.",
        f"`%start_over {chapter.typed}` in the notebook, or `course start_over {chapter.typed}`, moves the "
        "folder to my_service/kept and begins the chapter. You can also move your files elsewhere.",
    )


def _origin(chapter: Chapter) -> tuple[dict[str, bytes], str]:
    """The files that a chapter starts from, and where they are from, in words."""
    before = chapter.previous
    if before is None:
        from course.engine import projects

        files = {name: text.encode() for name, text in projects.start(chapter).items() if name != "README.md"}
        return files, "the skeleton that its page shows" if chapter.is_exam else "an empty service"
    record = progress.load().of(before)
    own = project_files.read(before.project) if _is_there(before.project) else {}
    now = fingerprint_of(own) if own else None
    if now is not None and now in (record.fingerprint, record.own):
        if own.get("README.md") == readme(before).encode():
            del own["README.md"]
        if now == record.fingerprint:
            return own, f"your own chapter {before.number}, which passed its checkpoint"
        return own, (
            f"your own chapter {before.number}: all of its own requirements hold, although its checkpoint "
            "has not passed, because of requirements of earlier chapters"
        )
    if now is not None and record.passed:
        reason = (
            f"yours has changed since its checkpoint passed: check it, then `%start_over {chapter.number}`"
        )
    elif progress.holds_service(before.project):
        reason = "yours has not passed its checkpoint yet"
    else:
        reason = "you have none of your own yet"
    if not before.checkpoint.is_dir():
        raise CourseError(
            f"The course's service after chapter {before.number} is not in {paths.shown(before.checkpoint)}.",
            "Run `python3 -m course build`, which makes it.",
        )
    files = project_files.read(before.checkpoint)
    files.pop("README.md", None)
    return files, f"the course's chapter {before.number} ({reason})"


def _prepare(chapter: Chapter, files: dict[str, bytes]) -> Path:
    """Write the new project beside its place, where an interruption cannot leave half of it."""
    _sweep(chapter)
    part = chapter.project.with_name(f".{chapter.stem}-{os.getpid()}.part")
    files = {"README.md": readme(chapter).encode(), **files}
    try:
        for name, content in files.items():
            for path in (part / name, start_of(part) / name):
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return part


def readme(chapter: Chapter) -> str:
    name = "Your exam" if chapter.is_exam else f"Your Gavel, chapter {chapter.number}"
    return README.format(name=name, title=chapter.title, stem=chapter.stem)


def _sweep(chapter: Chapter) -> None:
    """Remove what interrupted starts left, but not what another kernel is copying now."""
    for part in paths.workspace().glob(f".{chapter.stem}-*.part"):
        import psutil  # type: ignore[import-untyped]

        number = part.name.removesuffix(".part").rpartition("-")[2]
        if not number.isdigit() or int(number) == os.getpid() or not psutil.pid_exists(int(number)):
            shutil.rmtree(part, ignore_errors=True)
