"""The virtual environments of the course: made, mended and entered.

A stamp, written last, says that an environment is whole: for which requirements, in which folder, with which
Python. Where it is missing or says something else, the environment is mended; where its Python does not run,
or the folder was moved, it is made again.
"""

import errno
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from course import paths
from course.errors import CourseError
from course.setup import install, trouble
from course.setup.lock import only_one
from course.setup.phases import Outcome

LOCK = "course.lock"
WINDOWS = os.name == "nt"


@dataclass(frozen=True)
class Environment:
    """A virtual environment in `folder`: with the pins, or with the newest release of everything.

    `pins` are the files, from the course's folder, that list what stands in it, exact.
    """

    folder: Path
    newest: bool = False
    pins: tuple[str, ...] = ("requirements.txt",)

    @property
    def what(self) -> str:
        """What it is for, in words."""
        return "the course" if self.pins == Environment.pins else "what teaching the course needs"

    @property
    def scripts(self) -> Path:
        return self.folder / ("Scripts" if WINDOWS else "bin")

    @property
    def python(self) -> Path:
        return self.scripts / ("python.exe" if WINDOWS else "python")

    @property
    def stamp(self) -> Path:
        return self.folder / "course-stamp.json"

    @property
    def unfinished(self) -> Path:
        """A mark that stands while packages are being installed."""
        return self.folder / "course-unfinished"

    def inside(self) -> bool:
        """Whether this process runs the environment's own Python."""
        try:
            return os.path.samefile(sys.prefix, self.folder)
        except OSError:
            return False

    def ready(self) -> bool:
        """Whether the environment is whole and answers today's requirements; reads two small files."""
        try:
            return bool(json.loads(self.stamp.read_text(encoding="utf-8")) == self._due())
        except (OSError, ValueError):
            return False

    def ensure(self) -> None:
        """Make or mend the environment where it is not ready; says what it does.

        Raises:
            CourseError: it cannot be done; the message says why, and what to do.
        """
        if self.ready() and not self.newest:
            return
        try:
            self.folder.mkdir(exist_ok=True)
            with only_one(
                self.folder / LOCK, lambda: print("Waiting for another set-up to finish", flush=True)
            ):
                if self.newest or not self.ready():
                    self._mend()
        except OSError as error:
            if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
                raise trouble.unwritable(paths.ROOT) from error
            raise trouble.explain(Outcome(1, str(error)), self.folder, "Setting up the course") from error

    def enter(self, argv: list[str]) -> NoReturn:
        """Go on in the environment's Python as `python -m course ...`; its exit status is passed on."""
        command = [str(self.python), "-P", "-m", "course", *argv]
        os.environ.setdefault("PYTHONUTF8", "1")
        sys.stdout.flush()
        if not WINDOWS:
            os.execv(command[0], command)
        process = subprocess.Popen(command)
        while True:
            try:
                sys.exit(process.wait())
            except KeyboardInterrupt:  # the child got it too, and decides
                continue

    def _due(self) -> dict[str, str]:
        """What the stamp of a whole environment says."""
        sources = ("pyproject.toml",) if self.newest else self.pins
        return {
            "requirements": hashlib.sha256(
                b"".join((paths.ROOT / name).read_bytes() for name in sources)
            ).hexdigest(),
            "folder": str(self.folder),
            "python": os.path.realpath(self.python) if self.python.exists() else "none",
        }

    def _mend(self) -> None:
        began = time.monotonic()
        print(f"Setting up {self.what}: about a minute the first time.", flush=True)
        packages = None if self._moved() else install.site_packages(self.python)
        if packages is None:
            install.make(self.folder, keep=LOCK)
            packages = install.site_packages(self.python)
        if packages is None:
            raise CourseError(
                f"The Python in {self.folder} does not run.",
                "Install Python again from python.org, then run the same command again.",
            )
        again = self.unfinished.exists()
        self.stamp.unlink(missing_ok=True)
        self.unfinished.touch()
        if self.newest:
            install.newest(self.python)
        else:
            install.pinned(self.python, self.pins, again=again)
        self._link(packages)
        self.unfinished.unlink()
        self.stamp.write_text(json.dumps(self._due()), encoding="utf-8")
        print(f"Ready in {time.monotonic() - began:.0f} s.", flush=True)

    def _moved(self) -> bool:
        """Whether the environment was made for another folder: the paths in its scripts are then wrong."""
        try:
            return bool(json.loads(self.stamp.read_text(encoding="utf-8"))["folder"] != str(self.folder))
        except (OSError, ValueError, KeyError):
            return False

    def _link(self, packages: Path) -> None:
        """Make `import course` work in every kernel, and `course` in JupyterLab's terminal.

        The path is relative, so that no letter of the folder's name has to be spelled in a file whose
        encoding Python guesses (https://docs.python.org/3/library/site.html).
        """
        root = os.path.relpath(os.path.realpath(paths.ROOT), os.path.realpath(packages))
        (packages / "course.pth").write_text(root + "\n", encoding="ascii")
        if WINDOWS:
            launcher = self.scripts / "course.cmd"
            launcher.write_text('@"%~dp0python.exe" -P -m course %*\n', encoding="ascii", newline="\r\n")
            return
        launcher = self.scripts / "course"
        launcher.write_text('#!/bin/sh\nexec "$(dirname "$0")/python" -P -m course "$@"\n', encoding="ascii")
        launcher.chmod(0o755)


PINNED = Environment(paths.ROOT / ".venv")
TEACHING = Environment(paths.ROOT / ".venv-teach", pins=("requirements.txt", "course/setup/teach.txt"))
"""The course, and beside it what makes its site and slides, its class server and its assignments."""
NEWEST = Environment(paths.ROOT / ".venv-latest", newest=True)


def quiet_end() -> NoReturn:
    """End as a program does that was interrupted, without a traceback."""
    print("\nStopped.", file=sys.stderr)
    sys.exit(128 + signal.SIGINT)
