"""The address where the course is published: set in `pyproject.toml`, and written wherever it is needed."""

import re
import tomllib
from pathlib import Path

from course import paths

PAGES = (
    "CITATION.cff",
    ".github/ISSUE_TEMPLATE/config.yml",
    "course/pages/places.md",
)
"""The files that hold it."""
ADDRESS = re.compile(
    r"(?P<before>mybinder\.org/v2/gh/|git clone https://github\.com/"
    r"|(?:url|repository-code): \"?https://github\.com/)[\w.-]+/[\w.-]+"
)


def repository() -> str:
    """The owner and the name on GitHub, such as `OWNER/REPOSITORY`."""
    project = tomllib.loads((paths.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["urls"]["Repository"]).removeprefix("https://github.com/")


def filled(text: str) -> str:
    """A text whose addresses of the course are those of `pyproject.toml`."""
    return ADDRESS.sub(lambda found: found["before"] + repository(), text)


def refresh() -> list[Path]:
    """Write the address into every file that holds it; the files that changed."""
    changed = []
    for path in (paths.ROOT / name for name in PAGES):
        text = path.read_text(encoding="utf-8")
        if (new := filled(text)) != text:
            path.write_text(new, encoding="utf-8", newline="\n")
            changed.append(path)
    return changed
