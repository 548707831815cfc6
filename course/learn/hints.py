"""The last check's result, kept beside the project, and the ladder of hints that is climbed from it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course.engine import storage
from course.engine.chapters import Chapter
from course.errors import CourseError
from course.learn import display, workspace
from course.learn.display import Shown

if TYPE_CHECKING:
    from course.engine.report import Result, Verdict

CODE = "the code, with blanks"
RUNGS = ("a question", "where to look", CODE)


@dataclass(frozen=True)
class Last:
    """The last check: its result, and the fingerprint of the files that it saw."""

    result: "Result"
    fingerprint: str


def remember(project: Path, result: "Result", fingerprint: str) -> None:
    """Keep a result for `%hint` and `course hint`, in this kernel or another process."""
    from course.engine.report import to_json

    data = {"fingerprint": fingerprint, "result": to_json(result)}
    storage.write_text(project / workspace.NOTES / "last.json", json.dumps(data))


def last(project: Path) -> Last | None:
    """The last check's result, or None where there is none that can be read."""
    from course.engine.report import from_json

    data = _read(project / workspace.NOTES / "last.json")
    try:
        return Last(from_json(data["result"]), data["fingerprint"])
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def hint(chapter: Chapter, which: int | None = None) -> Shown:
    """The next hint for the first requirement that does not hold, or for requirement number `which`, from 1.

    Each call climbs one rung; on the last it stays.

    Raises:
        CourseError: nothing has been checked yet, or there is no such requirement.
    """
    project = workspace.opened(chapter)
    known = last(project)
    if known is None:
        raise CourseError(
            f"{chapter.subject} has not been checked yet, so there is nothing to give a hint for.",
            f"Run `%checkpoint` first, or `course check {chapter.typed}` in a terminal.",
        )
    result = known.result
    if which is None and result.problem is not None:
        return display.note(result.problem.title, result.problem.do, accent="ask")
    verdict = _chosen(result, which)
    if verdict is None:
        return display.note(
            "Every requirement held at the last check: there is nothing to give a hint for.", accent="good"
        )
    sentences = [f"For: {verdict.sentence}", *_climb(project, verdict)]
    if workspace.fingerprint(project) != known.fingerprint:
        sentences.append(
            "Your files have changed since the last check; `%checkpoint` may see it otherwise by now."
        )
    return display.note(*sentences, accent="ask")


def _chosen(result: "Result", which: int | None) -> "Verdict | None":
    if which is None:
        return next((each for each in result.verdicts + result.earlier if not each.holds), None)
    if not 1 <= which <= len(result.verdicts):
        raise CourseError(
            f"There is no requirement {which}.", f"This chapter has requirements 1 to {len(result.verdicts)}."
        )
    return result.verdicts[which - 1]


def _climb(project: Path, verdict: "Verdict") -> list[str]:
    if not verdict.hints:
        return [
            "There is no hint for this one: its sentence and the report of `%checkpoint` say all there is."
        ]
    path = project / workspace.NOTES / "hints.json"
    reached = _read(path)
    rung = min(int(reached.get(verdict.id, 0)), len(verdict.hints) - 1)
    reached[verdict.id] = rung + 1
    storage.write_text(path, json.dumps(reached))
    kind = f", {RUNGS[rung]}" if len(verdict.hints) == len(RUNGS) else ""
    words = verdict.hints[rung]
    if rung < len(RUNGS) and RUNGS[rung] == CODE and "`" not in words:
        words = "\n" + words  # a sentence's further lines are shown as code
    lines = [f"Hint {rung + 1} of {len(verdict.hints)}{kind}:", words]
    if rung + 1 == len(verdict.hints):
        lines.append("That was the last hint. `%solution` shows how your files differ from the course's.")
    return lines


def _read(path: Path) -> dict[str, Any]:
    """A note of the course's own; one that is missing or spoilt counts as empty."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}
