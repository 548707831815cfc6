"""The blanks of the course's hints and exercises (`____`) that a learner has left in their code."""

import re
from pathlib import Path

BLANK = re.compile(r"(?<!\w)____(?!\w)")
MOST = 5


def left_in(project: Path) -> tuple[str, ...]:
    """Where blanks are: `app/main.py, line 12`; the first few."""
    found: list[str] = []
    for file in sorted((project / "app").rglob("*.py")):
        try:
            lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            continue
        name = file.relative_to(project).as_posix()
        found += [f"{name}, line {number}" for number, line in enumerate(lines, 1) if BLANK.search(line)]
    return tuple(found[:MOST])
