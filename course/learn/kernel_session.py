"""What one kernel works on: a chapter, the folder it imports from, and how new its `app` is."""

import importlib
import os
import shutil
import sys
from pathlib import Path

from course import paths
from course.engine import project_files
from course.engine.chapters import Chapter
from course.errors import CourseError
from course.learn import workspace

Stamp = dict[str, tuple[int, int]]


class Session:
    """The chapter of this kernel. Before `%chapter` there is none.

    Attributes:
        chapter: the chapter that `%chapter` opened.
        seen: when and how large each Python file of the project was at the last look.
    """

    def __init__(self) -> None:
        self.chapter: Chapter | None = None
        self.seen: Stamp = {}

    def open(self, chapter: Chapter) -> None:
        """Import from this chapter's project from now on, and from no other chapter's."""
        project = workspace.opened(chapter).resolve()
        base = paths.workspace().resolve()
        sys.path[:] = [str(project), *(entry for entry in sys.path if not _inside(entry, base))]
        os.chdir(project)
        self.chapter = chapter
        self.forget()

    def close(self) -> None:
        base = paths.workspace().resolve()
        sys.path[:] = [entry for entry in sys.path if not _inside(entry, base)]
        self.chapter = None

    def project(self) -> Path:
        """The folder of the open chapter.

        Raises:
            CourseError: no chapter is open in this kernel, or its folder is gone.
        """
        return workspace.opened(self.opened())

    def opened(self) -> Chapter:
        if self.chapter is None:
            raise CourseError(
                "No chapter is open in this notebook.",
                "Run its first cell, the one with `%chapter`, then this one again.",
            )
        return self.chapter

    def forget(self) -> None:
        """Let the next import of `app` read the files.

        Compiled files are removed too: Python takes one for fresh when the source has the same size and the
        same second as before (PEP 552), which two quick edits easily have.
        """
        for name in [name for name in sys.modules if name == "app" or name.startswith("app.")]:
            del sys.modules[name]
        if self.chapter is not None:
            for folder in (self.chapter.project / "app").rglob("__pycache__"):
                shutil.rmtree(folder, ignore_errors=True)
            self.seen = stamp(self.chapter.project)
        importlib.invalidate_caches()

    def look(self, _info: object = None) -> None:
        """Forget `app` when a file of the project has changed: in an editor, or from another kernel."""
        if self.chapter is not None and stamp(self.chapter.project) != self.seen:
            self.forget()


def stamp(project: Path) -> Stamp:
    """Path to (time of the last change in ns, size in bytes) of each Python file of the service."""
    return {name: (state.st_mtime_ns, state.st_size) for name, state in project_files.python_files(project)}


def _inside(entry: str, base: Path) -> bool:
    return os.path.isabs(entry) and Path(entry).resolve().is_relative_to(base)
