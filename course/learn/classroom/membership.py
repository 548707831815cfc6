"""Where a learner has joined: `my_service/.course/room.json`. Where there is no such file, nothing is sent.

The file holds the learner's own secret for the board, so that no other person can send in their name. It is
readable by its owner alone.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from course import paths
from course.engine import storage

NAME = "room.json"


@dataclass(frozen=True)
class Membership:
    """A room that was joined. `leaving` says that the board has not heard of the leaving yet."""

    url: str
    room: str
    name: str
    token: str
    leaving: bool = False


def folder() -> Path:
    """Where the course keeps its notes in a workspace."""
    return paths.workspace() / ".course"


def load() -> Membership | None:
    """Where the learner is, or None; a file that cannot be read is none."""
    try:
        return Membership(**json.loads((folder() / NAME).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def save(membership: Membership) -> None:
    """Remember it, over restarts of the kernel."""
    storage.write_text(folder() / NAME, json.dumps(asdict(membership), indent=2) + "\n")


def forget() -> None:
    """Remember it no longer."""
    (folder() / NAME).unlink(missing_ok=True)
