"""What is still to be sent to the board: one file a message in `my_service/.course/outbox`, in order.

A message is put there whole, by one rename, and removed once the board has said that it has it. So neither a
restart of the kernel nor of the board loses one; and as each has an id of its own, none counts twice.
"""

import json
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course.engine import storage
from course.learn.classroom import membership

MOST = 2000
TOLD = "told"


@dataclass(frozen=True)
class Message:
    """One message: to which of the board's addresses, what, and when it was written (seconds since 1970)."""

    path: Path
    kind: str
    body: dict[str, Any]
    at: float

    def outgoing(self, now: float) -> dict[str, Any]:
        """The body with its age, as clocks of two machines differ."""
        return {**self.body, "seconds_ago": max(0.0, round(now - self.at, 1))}


def folder() -> Path:
    """Where the messages are; it may not be there yet."""
    return membership.folder() / "outbox"


def put(kind: str, body: dict[str, Any]) -> None:
    """Keep a message until it is sent. Of more than `MOST` the oldest goes."""
    at = time.time_ns()
    text = json.dumps({"kind": kind, "body": body, "at": at / 1e9}, ensure_ascii=False)
    storage.write_text(folder() / f"{at:020}-{body['id']}.json", text + "\n")
    for path in waiting()[:-MOST]:
        path.unlink(missing_ok=True)


def waiting() -> list[Path]:
    """The messages, the oldest first."""
    return sorted(path for path in folder().glob("*.json") if not path.name.startswith("."))


def read(path: Path) -> Message | None:
    """A message; None where it is gone by now, or cannot be read, and then it goes."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return Message(path, str(data["kind"]), dict(data["body"]), float(data["at"]))
    except FileNotFoundError:
        return None  # another kernel has sent it
    except (OSError, ValueError, KeyError, TypeError):
        with suppress(OSError):
            path.unlink()
        return None


def clear() -> None:
    """Forget all that waits."""
    for path in waiting():
        path.unlink(missing_ok=True)
    (folder() / TOLD).unlink(missing_ok=True)


def told() -> str:
    """What the learner was told last of the board's silence, or ""; also by another kernel."""
    try:
        return (folder() / TOLD).read_text(encoding="utf-8")
    except OSError:
        return ""


def tell(state: str) -> None:
    """Remember what the learner is told; "" is that all goes well."""
    if state:
        storage.write_text(folder() / TOLD, state)
    else:
        (folder() / TOLD).unlink(missing_ok=True)
