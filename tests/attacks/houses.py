"""The services that are attacked: the newest checkpoint, and the same without one of its defences."""

import importlib
import sys
from collections.abc import Mapping
from pathlib import Path

from course.engine import chapters, compose, misconceptions, project_files, projects
from course.engine.checkpoint.app_cache import AppCache
from course.engine.checkpoint.service import Service
from course.engine.misconceptions import Misconception

HERE = Path(__file__).parent
PACKAGE = "undefended"


def defences() -> Mapping[str, Misconception]:
    """What can be taken away: the entries of `undefended/*.md`, by name."""
    entries = [
        entry for path in sorted((HERE / "undefended").glob("*.md")) for entry in misconceptions.load(path)
    ]
    named = {entry.name: entry for entry in entries}
    assert len(named) == len(entries), "two entries have one name"
    return named


def checkpoint() -> Path:
    """The folder of the finished service."""
    return chapters.numbered()[-1].checkpoint


class Street:
    """All houses of a run. Each is built once, under a package name of its own, and used again and again.

    Args:
        folder: an empty folder, where the houses without a defence are built and all databases are made.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._shelves: dict[str, AppCache] = {}
        sys.path.insert(0, str(folder))

    def leave(self) -> None:
        """Forget what was imported from here."""
        sys.path.remove(str(self._folder))
        for name in [name for name in sys.modules if name.split(".")[0] == PACKAGE]:
            del sys.modules[name]

    def finished(self) -> Service:
        """The newest checkpoint."""
        folder = checkpoint()
        return self._service(f"{folder.parent.name}.{folder.name}.app", folder)

    def without(self, defence: str) -> Service:
        """The newest checkpoint without this defence."""
        name = defence.replace("-", "_")
        folder = self._folder / PACKAGE / name
        if not folder.exists():
            projects.materialise(_weakened(defences()[defence].cells), folder)
            importlib.invalidate_caches()
        return self._service(f"{PACKAGE}.{name}.app", folder)

    def _service(self, package: str, folder: Path) -> Service:
        books = self._folder / "books" / folder.name
        books.mkdir(parents=True, exist_ok=True)
        for left in books.iterdir():
            left.unlink()
        return Service(package, folder, books, self._shelves.setdefault(package, AppCache()))


def _weakened(cells: tuple[str, ...]) -> Mapping[str, str]:
    """The finished service as it lies on disk (`course build --check` proves it fresh), and these cells."""
    folder = checkpoint()
    files: Mapping[str, str] = {
        name: content.decode()
        for name, content in project_files.read(folder).items()
        if name.startswith("app/") or name.endswith(".toml")
    }
    for cell in cells:
        files = dict(compose.applied(files, cell))
    return files
