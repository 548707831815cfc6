"""Filling an environment: `venv`, then uv for speed, or pip where uv cannot be had."""

import importlib.util
import os
import re
import shutil
import sys
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path

from course import paths
from course.errors import CourseError
from course.setup import trouble
from course.setup.phases import Outcome, phase, run

PROBE = "import sys, sysconfig, pip; print(sysconfig.get_path('purelib'), end='')"


def site_packages(python: Path) -> Path | None:
    """Where the environment keeps its packages; None where its Python or its pip does not run."""
    outcome = run([str(python), "-I", "-X", "utf8", "-c", PROBE])
    return Path(outcome.output) if outcome.worked and outcome.output else None


def make(folder: Path, keep: str) -> None:
    """Make the virtual environment anew; everything in its folder goes, but for the file named `keep`.

    Raises:
        CourseError: this Python cannot make one, or the folder cannot be emptied or filled.
    """
    for module in ("venv", "ensurepip"):
        if not _has(module):
            raise CourseError(
                f"This Python has no `{module}` module.",
                "Install it (Debian and Ubuntu: `sudo apt install python3-venv`; elsewhere: Python from "
                "python.org) and run `python3 -m course` again.",
            )
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    with phase(f"Making {folder.name} with Python {version}"):
        try:
            for path in folder.iterdir():
                if path.name != keep:
                    shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        except OSError as error:
            raise trouble.explain(Outcome(1, str(error)), folder, "Making .venv anew") from error
        outcome = run([_base_python(), "-m", "venv", str(folder)])
    if not outcome.worked:
        raise trouble.explain(outcome, folder, f"Making {folder.name}")


def pinned(python: Path, pins: Sequence[str], *, again: bool) -> None:
    """Install what these files list, exact; with `again`, also what seems to be there already."""
    listed = [word for name in pins for word in ("-r", str(paths.ROOT / name))]
    _install(python, listed, ["--reinstall"] * again, ["--force-reinstall"] * again)


def newest(python: Path) -> None:
    """Install the newest release of everything that pyproject.toml asks for."""
    _install(python, dependencies(), ["--upgrade"], ["--upgrade", "--upgrade-strategy", "eager"])


def dependencies() -> list[str]:
    """What pyproject.toml asks for, such as `fastapi[standard]`."""
    project = tomllib.loads((paths.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return list(project["dependencies"])


def _install(python: Path, what: Sequence[str], for_uv: Sequence[str], for_pip: Sequence[str]) -> None:
    folder = python.parent.parent
    pip = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--retries", "2"]
    with phase("Fetching uv, the installer"):
        fetched = run([*pip, "--quiet", "uv"])
    known = None if fetched.worked else trouble.recognise(fetched.output, folder)
    if known is not None:
        raise known
    if fetched.worked:
        with phase("Installing the packages") as current:
            uv = [str(python), "-m", "uv", "pip", "install", "--python", str(python), "--compile-bytecode"]
            outcome = run([*uv, *for_uv, *what], listen(lambda said: setattr(current, "detail", said)))
        if outcome.worked:
            return
        known = trouble.recognise(outcome.output, folder)
        if known is not None:
            raise known
    with phase("Installing the packages with pip, which takes a minute or two") as current:
        outcome = run([*pip, *for_pip, *what], listen(lambda said: setattr(current, "detail", said)))
    if not outcome.worked:
        raise trouble.explain(outcome, folder, "Installing the packages")


def listen(say: Callable[[str], None]) -> Callable[[str], None]:
    """Something that hears the lines of uv or pip, and says how far they are."""
    total, collected = "", 0

    def heard(line: str) -> None:
        nonlocal total, collected
        if match := re.match(r"Resolved (\d+) packages", line):
            total = match[1]
            say(f"{total} packages")
        elif match := re.match(r"\s*Downloading (\S+ \([^)]+\))", line):
            say(f"{total} packages, downloading {match[1]}" if total else f"downloading {match[1]}")
        elif match := re.match(r"(Prepared|Installed) (\d+) packages?", line):
            say(f"{match[1].lower()} {match[2]} of {total or match[2]} packages")
        elif line.startswith("Collecting "):
            collected += 1
            say(f"{collected} packages found")
        elif line.startswith("Installing collected packages"):
            say(f"unpacking {line.count(',') + 1} packages")

    return heard


def _has(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ValueError:  # a module that was loaded without a spec
        return False


def _base_python() -> str:
    """The Python behind this one: an environment must not be made from one that it replaces."""
    name = getattr(sys, "_base_executable", "") or sys.executable
    return name if os.path.exists(name) else sys.executable
