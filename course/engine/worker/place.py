"""Where the project lies, and what of a stack belongs to it."""

import linecache
import re
import traceback
from pathlib import Path

from course.engine.report.model import Fault

ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


class Place:
    """Where the project lies, and what of a stack belongs to it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self._roots = {str(self.folder), str(folder.resolve())}

    def inside(self, filename: str) -> str | None:
        """`app/main.py` for a file of the project; None for any other."""
        for root in self._roots:
            if filename.startswith((root + "/", root + "\\")):
                return filename[len(root) + 1 :].replace("\\", "/")
        return None

    def fault(self, filename: str, line: int, kind: str = "", message: str = "") -> Fault:
        """A fault at a line of the project."""
        code = linecache.getline(filename, line).strip()
        return Fault(kind, message, self.inside(filename) or "", line, code)

    def clean(self, text: str) -> str:
        """The text without absolute paths and object addresses: the same in every place, on every run."""
        for root in sorted(self._roots, key=len, reverse=True):
            text = text.replace(root + "/", "").replace(root + "\\", "").replace(root, self.folder.name)
        return ADDRESS.sub("", text)

    def stack(self, error: BaseException) -> list[tuple[str, int, str]]:
        """(file, line, function) of the project's frames that an exception passed, the deepest last."""
        found = []
        for frame, line in traceback.walk_tb(error.__traceback__):
            if self.inside(frame.f_code.co_filename) is not None:
                found.append((frame.f_code.co_filename, line, frame.f_code.co_name))
        return found
