"""The pins: which file lists the exact versions of which part of the course, and how they are compiled.

`requirements.txt` lists what a learner runs. Each extra of pyproject.toml has a file here, which lists the
same and what the extra needs. `constraints.txt` lists everything, and why; the others take its versions.
"""

import hashlib
import re
import tomllib
from pathlib import Path

from course import paths
from course.errors import CourseError
from course.setup import uv
from course.setup.phases import phase

LEARNER = "learner"
EXTRAS = ("production", "validate", "teach")
CONSTRAINTS = "course/setup/pins/constraints.txt"


def name(part: str) -> str:
    """The file with the pins of the learner's part or of an extra, from the course's folder."""
    return "requirements.txt" if part == LEARNER else f"course/setup/pins/{part}.txt"


def digest(part: str) -> str:
    """What tells whether the pins changed; the same on Windows, whatever line ends Git writes there."""
    return hashlib.sha256((paths.ROOT / name(part)).read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def asked(part: str) -> list[str]:
    """What pyproject.toml asks for in one part, such as `fastapi[standard]`."""
    project = tomllib.loads((paths.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    listed = project["dependencies"] if part == LEARNER else project["optional-dependencies"][part]
    return list(listed)


def packages(part: str) -> set[str]:
    """The names of the packages that pyproject.toml asks for in one part."""
    return {re.split(r"[\[<>=~!; ]", requirement)[0] for requirement in asked(part)}


def compile_all(python: Path, *, upgrade: bool) -> None:
    """Write all files anew. Without `upgrade`, a version stays as long as pyproject.toml allows it.

    Raises:
        CourseError: uv cannot be had, or finds no versions that fit together.
    """
    command = ["pip", "compile", "--quiet", "--universal", "pyproject.toml", "--no-header"]
    with uv.fetched(python) as fetched, phase("Compiling the pins") as current:
        if fetched is None:
            raise CourseError("uv cannot be fetched.", "Connect to the internet, then run it again.")

        def write(path: str, *words: str) -> None:
            current.detail = path
            done = fetched.run([*command, *words, "--output-file", path])
            if not done.worked:
                raise CourseError(f"{path} cannot be compiled.", done.output.strip())

        write(CONSTRAINTS, "--all-extras", *["--upgrade"] * upgrade)
        for part in (LEARNER, *EXTRAS):
            chosen = [] if part == LEARNER else ["--extra", part]
            write(name(part), *chosen, "--constraint", CONSTRAINTS, "--upgrade", "--no-annotate")
