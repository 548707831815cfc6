"""How far the learner has come: `my_service/progress.json`, one file that a person can read.

{
  "current": "ch01_lifespan",
  "chapters": {
    "ch00_start_here": {"passed": true, "holds": 6, "of": 6, "fingerprint": "3f…"},
    "ch01_lifespan": {"passed": false, "holds": 2, "of": 9, "exercises": [1]}
  }
}
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from course import paths
from course.engine import storage
from course.engine.chapters import Chapter

ABOUT = "What you have passed in the course. Deleting this file forgets it; your service stays."


@dataclass
class Record:
    """One chapter: whether its checkpoint ever passed, and what the last check found.

    Attributes:
        holds, of: requirements that held at the last check, and all of them; 0 of 0 before the first.
        fingerprint: of the files that passed (see `course.learn.workspace.fingerprint`), or "".
        own: of the files for which all of the chapter's own requirements held last, or "".
        exercises: those whose requirements held when they were last checked.
        opened: whether `%solution` has shown the course's files of this chapter.
    """

    passed: bool = False
    holds: int = 0
    of: int = 0
    fingerprint: str = ""
    own: str = ""
    exercises: tuple[int, ...] = ()
    opened: bool = False


@dataclass
class Progress:
    """The whole file. `note` says what was wrong with it, where something was."""

    current: str = ""
    chapters: dict[str, Record] = field(default_factory=dict)
    note: str = ""

    def of(self, chapter: Chapter) -> Record:
        return self.chapters.get(chapter.stem, Record())


def location() -> Path:
    return paths.workspace() / "progress.json"


def load() -> Progress:
    """Read the file. One that cannot be read is kept under another name, and `note` says which."""
    path = location()
    storage.require_folder(path.parent)
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Progress()
    except UnicodeDecodeError:
        return _set_aside(path)
    try:
        return _parse(json.loads(text))
    except (ValueError, TypeError, AttributeError, RecursionError):
        return _set_aside(path)


def glance() -> Progress:
    """Read the file and change nothing. One that cannot be read says nothing."""
    try:
        return _parse(json.loads(location().read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return Progress()


def begun(chapter: Chapter) -> None:
    """Remember that the learner works on this chapter now."""
    with _changing() as progress:
        progress.current = chapter.stem
        progress.chapters.setdefault(chapter.stem, Record())


def checked(
    chapter: Chapter,
    *,
    passed: bool,
    holds: int,
    of: int,
    fingerprint: str,
    exercises: tuple[int, ...] | None = None,
) -> None:
    """Remember what a check found. A chapter that has passed once stays passed."""
    with _changing() as progress:
        record = progress.chapters.setdefault(chapter.stem, Record())
        record.holds, record.of = holds, of
        if holds == of:
            record.own = fingerprint
        if passed:
            record.passed, record.fingerprint = True, fingerprint
        if exercises is not None:
            record.exercises = exercises


def solution_opened(chapter: Chapter) -> None:
    """Remember that the learner has seen the course's files of this chapter."""
    with _changing() as progress:
        progress.chapters.setdefault(chapter.stem, Record()).opened = True


def exercise_checked(chapter: Chapter, number: int, *, holds: bool) -> None:
    """Remember what the check of one exercise found."""
    with _changing() as progress:
        record = progress.chapters.setdefault(chapter.stem, Record())
        others = {each for each in record.exercises if each != number}
        record.exercises = tuple(sorted({*others, number} if holds else others))


def status(chapter: Chapter, record: Record) -> str:
    """A chapter's state in words: `passed`, `begun, 2 of 9 requirements hold`, `not begun`."""
    count = f"{record.holds} of {record.of} requirements hold"
    if record.passed:
        return "passed" if record.holds == record.of else f"passed; at the last check {count}"
    if record.of:
        return f"begun, {count}"
    return "begun" if holds_service(chapter.project) else "not begun"


def holds_service(project: Path) -> bool:
    """Whether a chapter was begun in this folder. A folder with other files, such as notes, is not begun."""
    return any((project / name).exists() for name in (".course", "app", "pyproject.toml"))


@contextmanager
def _changing() -> Iterator[Progress]:
    """Read, let the caller change, and write, while no other kernel does the same."""
    from course.engine.compose.lock import locked

    lock = paths.workspace() / ".course" / "progress.lock"
    storage.require_folder(lock.parent)
    lock.parent.mkdir(parents=True, exist_ok=True)
    with locked(lock):
        progress = load()
        yield progress
        text = json.dumps(_as_data(progress), indent=2, ensure_ascii=False)
        storage.write_text(location(), text + "\n")


def _as_data(progress: Progress) -> dict[str, Any]:
    chapters: dict[str, dict[str, Any]] = {}
    for stem, record in sorted(progress.chapters.items()):
        chapters[stem] = {"passed": record.passed, "holds": record.holds, "of": record.of}
        if record.fingerprint:
            chapters[stem]["fingerprint"] = record.fingerprint
        if record.own:
            chapters[stem]["own"] = record.own
        if record.exercises:
            chapters[stem]["exercises"] = list(record.exercises)
        if record.opened:
            chapters[stem]["opened"] = True
    return {"about": ABOUT, "current": progress.current, "chapters": chapters}


def _parse(data: Any) -> Progress:
    return Progress(
        current=str(data.get("current", "")),
        chapters={
            str(stem): Record(
                passed=record.get("passed") is True,
                holds=int(record.get("holds", 0)),
                of=int(record.get("of", 0)),
                fingerprint=str(record.get("fingerprint", "")),
                own=str(record.get("own", "")),
                exercises=tuple(sorted(int(number) for number in record.get("exercises", ()))),
                opened=record.get("opened") is True,
            )
            for stem, record in data.get("chapters", {}).items()
        },
    )


def _set_aside(path: Path) -> Progress:
    number = 1
    while (kept := path.with_name(f"progress-unreadable-{number}.json")).exists():
        number += 1
    os.replace(path, kept)
    return Progress(
        note=f"progress.json could not be read, so it is kept as {paths.shown(kept)} and a new one begins. "
        "Your projects are untouched; `%checkpoint` in a chapter marks it as passed again."
    )
