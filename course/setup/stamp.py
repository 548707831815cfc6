"""What is known of an environment: which parts are installed in it, and which were begun and not finished."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from course.setup import pins


@dataclass(frozen=True)
class Stamp:
    """The folder and the Python that an environment was made for, and the digest of each installed part."""

    folder: str = ""
    python: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)


def read(path: Path) -> Stamp:
    """The stamp in a file; an empty one where it cannot be read."""
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
        return Stamp(known["folder"], known["python"], dict(known.get("parts", {})))
    except (OSError, ValueError, KeyError, TypeError):
        return Stamp()


def write(path: Path, stamp: Stamp) -> None:
    path.write_text(json.dumps(asdict(stamp), indent=2) + "\n", encoding="utf-8")


def interrupted(path: Path) -> set[str]:
    """The parts whose installation was begun and not finished."""
    try:
        return set(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return set()
    except (ValueError, TypeError):
        return {pins.LEARNER}


def write_interrupted(path: Path, parts: Iterable[str]) -> None:
    """Note these parts as begun; without any, nothing is noted."""
    if listed := sorted(parts):
        path.write_text(json.dumps(listed) + "\n", encoding="utf-8")
    else:
        path.unlink(missing_ok=True)
