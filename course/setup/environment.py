"""The virtual environments of the course: made, mended and entered.

A stamp says which parts of the pins are installed in an environment: what a learner runs, and extras. A part
whose pins changed is installed again when it is next needed. Where the Python does not run, or the folder was
moved, the environment is made again.
"""

import errno
import hashlib
import importlib
import importlib.metadata
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from course import paths
from course.errors import CourseError
from course.setup import install, pins, trouble
from course.setup import stamp as stamps
from course.setup.lock import only_one
from course.setup.phases import Outcome
from course.setup.stamp import Stamp

LOCK = "course.lock"
WINDOWS = os.name == "nt"


@dataclass(frozen=True)
class Environment:
    """A virtual environment in `folder`: with the pins, or with the newest release of everything.

    It holds what a learner runs, and the extras in `always`; `ensure` adds further ones.
    """

    folder: Path
    newest: bool = False
    always: tuple[str, ...] = ()

    @property
    def what(self) -> str:
        """What it is for, in words."""
        return "what teaching the course needs" if "teach" in self.always else "the course"

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
        """Which parts are being installed; the file is removed when they are whole."""
        return self.folder / "course-unfinished"

    def inside(self) -> bool:
        """Whether this process runs the environment's own Python."""
        try:
            return os.path.samefile(sys.prefix, self.folder)
        except OSError:
            return False

    def ready(self, *extras: str) -> bool:
        """Whether what a learner runs, and these extras, are installed as the pins say; reads small files."""
        known = stamps.read(self.stamp)
        try:
            return (
                known.folder == str(self.folder)
                and known.python == self._real_python()
                and all(known.parts.get(part) == self._due(part) for part in self._parts(extras))
            )
        except OSError:
            return False

    def ensure(self, *extras: str) -> None:
        """Make or mend the environment, with these extras, where it is not ready; says what it does.

        Raises:
            CourseError: it cannot be done; the message says why, and what to do.
        """
        if self.ready(*extras) and not self.newest:
            return
        self._refuse_what_others_made()
        try:
            self.folder.mkdir(exist_ok=True)
            with only_one(
                self.folder / LOCK, lambda: print("Waiting for another set-up to finish", flush=True)
            ):
                if self.newest or not self.ready(*extras):
                    self._mend(extras)
        except OSError as error:
            if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
                raise trouble.unwritable(paths.ROOT) from error
            raise trouble.explain(Outcome(1, str(error)), self.folder, "Setting up the course") from error

    def _refuse_what_others_made(self) -> None:
        """The course empties the folder of an environment that does not run; it empties none of another's.

        Raises:
            CourseError: the folder's name is a link or a file, or its contents are not the course's.
        """
        name = self.folder.name
        if paths.is_link(self.folder):
            raise CourseError(
                f"`{name}` is a link to {os.readlink(self.folder)}. The course would empty that folder to "
                "make its environment there.",
                f"Remove the link, not its target (`rm {name}`), and run the command again.",
            )
        if not self.folder.exists():
            return
        if not self.folder.is_dir():
            raise CourseError(
                f"`{name}` is a file. The course makes a folder with this name for its environment.",
                f"Rename the file, for example to {name}-old, and run the command again.",
            )
        there = {path.name for path in self.folder.iterdir()}
        ours = {LOCK, self.stamp.name, self.unfinished.name}
        if there and ours.isdisjoint(there) and install.site_packages(self.python) is None:
            raise CourseError(
                f"The course did not make `{name}`, and finds no Python with pip in it. It would empty the "
                "folder to make its own environment there.",
                f"Rename the folder, for example to {name}-old, and run the command again.",
            )

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

    def _parts(self, extras: Iterable[str]) -> list[str]:
        return list(dict.fromkeys((pins.LEARNER, *self.always, *extras)))

    def _due(self, part: str) -> str:
        """What the stamp says of a part that is installed as it should be."""
        if self.newest:
            return hashlib.sha256((paths.ROOT / "pyproject.toml").read_bytes()).hexdigest()
        return pins.digest(part)

    def _real_python(self) -> str:
        return os.path.realpath(self.python) if self.python.exists() else "none"

    def _mend(self, extras: Iterable[str]) -> None:
        """Install the parts that are missing or changed; in a new environment, all that were there before."""
        began = time.monotonic()
        known = stamps.read(self.stamp)
        moved = known.folder not in {"", str(self.folder)}  # the paths in its scripts are wrong
        packages = None if moved else install.site_packages(self.python)
        installed = known.parts if packages else {}
        wanted = self._parts([*extras, *(() if packages else known.parts)])
        due = {part: self._due(part) for part in wanted}
        stale = [part for part in wanted if installed.get(part) != due[part] or self.newest]
        learner = pins.LEARNER in stale
        if learner:
            print(f"Setting up {self.what}: about a minute the first time.", flush=True)
        packages = packages or self._make()
        broken = stamps.interrupted(self.unfinished)
        kept = {part: value for part, value in installed.items() if part not in stale}
        self._write_stamp(kept)
        stamps.write_interrupted(self.unfinished, broken.union(stale))
        if self.newest:
            install.newest(self.python, wanted)
        elif stale:
            install.pinned(self.python, stale, again=not broken.isdisjoint(stale))
        if learner:
            install.compile_used(self.python)
        self._link(packages)
        self._write_stamp({**kept, **due})
        stamps.write_interrupted(self.unfinished, broken.difference(stale))
        if learner:
            print(f"Ready in {time.monotonic() - began:.0f} s.", flush=True)

    def _write_stamp(self, parts: dict[str, str]) -> None:
        stamps.write(self.stamp, Stamp(str(self.folder), self._real_python(), parts))

    def _make(self) -> Path:
        """Make the environment anew; returns where it keeps its packages."""
        install.make(self.folder, keep=LOCK)
        packages = install.site_packages(self.python)
        if packages is None:
            raise CourseError(
                f"The Python in {self.folder} does not run.",
                "Install Python again from python.org, then run the same command again.",
            )
        return packages

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
TEACHING = Environment(paths.ROOT / ".venv-teach", always=("teach",))
"""The course, and beside it what makes its site and slides, its class server and its assignments."""
VALIDATION = ("production", "validate")
"""The extras that `course test` and `course build` need."""
NEWEST = Environment(paths.ROOT / ".venv-latest", newest=True, always=VALIDATION)


def add(extra: str) -> None:
    """Install an extra in the environment that this program runs in, where it is not there; one line says so.

    Raises:
        CourseError: it cannot be installed; the message says why, and what to do.
    """
    place = next((place for place in (PINNED, TEACHING, NEWEST) if place.inside()), None)
    if place is not None:
        place.ensure(extra)
        importlib.invalidate_caches()
    elif missing := sorted(name for name in pins.packages(extra) if not _is_installed(name)):
        raise CourseError(
            f"This Python does not have {', '.join(missing)}.",
            f"Install what is missing with `pip install -r {pins.name(extra)}` in the course's folder.",
        )


def _is_installed(package: str) -> bool:
    try:
        return bool(importlib.metadata.version(package))
    except importlib.metadata.PackageNotFoundError:
        return False


def quiet_end() -> NoReturn:
    """End as a program does that was interrupted, without a traceback."""
    print("\nStopped.", file=sys.stderr)
    sys.exit(128 + signal.SIGINT)
