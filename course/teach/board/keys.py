"""The room's code and the teacher's token, kept so that a board that is started again has the same."""

import json
import secrets
from pathlib import Path
from typing import NamedTuple

from course.engine import storage
from course.errors import CourseError

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without 0, O, 1 and I, which look alike on a wall."""
CODE_LENGTH = 8


class Keys(NamedTuple):
    """What opens a room: `code` for those who join, `token` for the teacher."""

    code: str
    token: str


def keys(file: Path, room: str, *, code: str | None, token: str | None) -> Keys:
    """The keys of a room: those given, else those of its last time, else new ones. They are kept in `file`.

    Raises:
        CourseError: the file cannot be read as what it is.
    """
    try:
        kept = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
        before = kept.get(room, {})
        found = Keys(
            code=code or before.get("code") or "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH)),
            token=token or before.get("token") or secrets.token_urlsafe(24),
        )
    except (ValueError, AttributeError):
        raise CourseError(
            f"{file.name} in {file.parent.name} cannot be read.",
            "Remove that file: the board makes new keys, and the room stays.",
        ) from None
    storage.write_text(file, json.dumps({**kept, room: found._asdict()}, indent=2) + "\n")
    return found
