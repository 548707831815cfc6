"""The blanks of the course's hints and exercises (`____`) that a learner has left in their code."""

import re
from pathlib import Path

from course.engine import project_files

BLANK = re.compile(r"(?<!\w)____(?!\w)")
MOST = 5


def left_in(project: Path) -> tuple[str, ...]:
    """Where blanks are: `app/main.py, line 12`; the first few."""
    found: list[str] = []
    for name, text in project_files.modules(project).items():
        lines = enumerate(text.splitlines(), 1)
        found += [f"{name}, line {number}" for number, line in lines if BLANK.search(line)]
    return tuple(found[:MOST])
