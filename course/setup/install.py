"""Filling an environment: `venv`, then uv for speed, or pip where uv cannot be had."""

import importlib.util
import os
import re
import shutil
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from course import paths
from course.errors import CourseError
from course.setup import pins, trouble, uv
from course.setup.phases import Outcome, phase, run

PURPOSES = {
    "production": "what the chapters from 10 on need",
    "validate": "what validation needs",
    "teach": "what teaching needs",
}
USED = (
    ("jupyterlab.labapp", "jupyter_server_terminals", "jupyter_lsp", "nbconvert", "ipykernel.kernelapp"),
    (
        "pytest",
        "fastapi.testclient",
        "fastapi.security",
        "sqlalchemy.ext.asyncio",
        "aiosqlite",
        "httpx",
        "pydantic_settings",
        "jwt",
        "pwdlib",
        "aiosmtplib",
        "aiosmtpd.controller",
        "uvicorn",
        "markdown_it",
        "psutil",
    ),
)
"""What a learner's first hour imports; each tuple in a process of its own."""
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


def pinned(python: Path, parts: Sequence[str], *, again: bool) -> None:
    """Install these parts of the pins, exact; with `again`, also what seems to be there already."""
    listed = [word for part in parts for word in ("-r", str(paths.ROOT / pins.name(part)))]
    title = "Installing the packages" if pins.LEARNER in parts else f"Installing {_listed(parts)}"
    _install(python, title, listed, ["--reinstall"] * again, ["--force-reinstall"] * again)


def newest(python: Path, parts: Sequence[str]) -> None:
    """Install the newest release of everything that pyproject.toml asks for in these parts."""
    what = sorted({requirement for part in parts for requirement in pins.asked(part)})
    _install(
        python,
        "Installing the newest packages",
        what,
        ["--upgrade"],
        ["--upgrade", "--upgrade-strategy", "eager"],
    )


def compile_used(python: Path) -> None:
    """Compile what JupyterLab, its kernels and the services import, by importing it once.

    Compiling everything instead takes minutes on a busy machine, and 75 MB.
    """
    if sys.dont_write_bytecode:  # the user's own PYTHONDONTWRITEBYTECODE
        return
    commands = [[str(python), "-W", "ignore", "-c", f"import {', '.join(modules)}"] for modules in USED]
    with phase("Compiling what is used first"), ThreadPoolExecutor() as pool:
        list(pool.map(run, commands))


def _install(
    python: Path, title: str, what: Sequence[str], for_uv: Sequence[str], for_pip: Sequence[str]
) -> None:
    folder = python.parent.parent
    with phase(title) as current:

        def say(detail: str) -> None:
            current.detail = detail

        def stop_without_a_network(outcome: Outcome) -> None:
            known = trouble.recognise(outcome.output, folder)
            if known is not None:
                raise known

        say("fetching uv, the installer")
        with uv.fetched(python, stop_without_a_network) as fetched:
            if fetched is not None:
                say("looking up the packages")
                command = ["pip", "install", "--python", str(python), *for_uv, *what]
                if fetched.run(command, listen(say)).worked:
                    return
        say("with pip, which takes a minute or two")
        outcome = run([str(python), *uv.PIP, "--no-compile", *for_pip, *what], listen(say))
    if not outcome.worked:
        raise trouble.explain(outcome, folder, title)


def listen(say: Callable[[str], None]) -> Callable[[str], None]:
    """Something that hears the lines of uv or pip, and says what is being done now."""
    total, collected = "", 0

    def heard(line: str) -> None:
        nonlocal total, collected
        if match := re.match(r"Resolved (\d+) packages", line):
            total = match[1]
            say(f"{total} packages, downloading")
        elif match := re.match(r"\s*Downloading (?:\S+/)?(\S+ \([^)]+\))", line):
            say(f"{total} packages, downloading {match[1]}" if total else f"downloading {match[1]}")
        elif match := re.match(r"Prepared (\d+) packages?", line):
            say(f"{match[1]} packages downloaded, copying them into place")
        elif match := re.match(r"Installed (\d+) packages?", line):
            say(f"{match[1]} packages installed")
        elif line.startswith("Collecting "):
            collected += 1
            say(f"with pip, {collected} packages found")
        elif line.startswith("Installing collected packages"):
            say(f"with pip, unpacking {line.count(',') + 1} packages")

    return heard


def _listed(parts: Sequence[str]) -> str:
    return " and ".join(PURPOSES[part] for part in parts)


def _has(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ValueError:  # a module that was loaded without a spec
        return False


def _base_python() -> str:
    """The Python behind this one: an environment must not be made from one that it replaces."""
    name = getattr(sys, "_base_executable", "") or sys.executable
    return name if os.path.exists(name) else sys.executable
