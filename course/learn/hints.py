"""The last check's result, kept beside the project, and its hints, which are given one after the other."""

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
    from course.engine.report import Problem, Result, Verdict

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
    """The next hint for what to correct first, or for entry number `which` of the report, from 1.

    The hints are those of the diagnosis, where there is one, else the requirement's. Each call climbs one
    rung; on the last it stays.

    Raises:
        CourseError: nothing has been checked yet, or there is no such entry.
    """
    project = workspace.opened(chapter)
    known = last(project)
    if known is None:
        raise CourseError(
            f"{chapter.subject} has not been checked yet, so there is nothing to give a hint for.",
            "Run `%check` with the number of an exercise, or `%checkpoint`; in a terminal "
            f"`course check {chapter.typed}`.",
        )
    result = known.result
    if which is None and result.problem is not None:
        return display.note(*_of_problem(result.problem), accent="ask")
    verdict = _chosen(result, which)
    if verdict is None:
        return display.note(
            "Every requirement held at the last check: there is nothing to give a hint for.", accent="good"
        )
    from course.engine.report import as_text

    sentences = [f"For: {as_text.sentence(verdict)}", *_climb(project, verdict)]
    if workspace.fingerprint(project) != known.fingerprint:
        sentences.append(
            "Your files have changed since the last check. Check again: the result may be another one by now."
        )
    return display.note(*sentences, accent="ask")


def _chosen(result: "Result", which: int | None) -> "Verdict | None":
    from course.engine.report import causes

    if which is None:
        return causes.first_to_mend(result)
    entries = causes.numbered(result)
    if not 1 <= which <= len(entries):
        known = f"has entries 1 to {len(entries)}" if entries else "has no entry that needs a hint"
        raise CourseError(f"There is no entry {which} in the last report.", f"The report {known}.")
    return entries[which - 1]


def _of_problem(problem: "Problem") -> list[str]:
    """A hint where the service could not be checked at all: what is wrong, the place, and what to do."""
    lines = [problem.title, problem.words]
    if problem.detail.count("\n") in range(1, 4):
        lines.append(problem.detail)
    return [*lines, problem.do]


def rungs(verdict: "Verdict") -> tuple[str, ...]:
    """The hints for a verdict: those of its diagnosis; else where it broke, and those of its requirement."""
    if verdict.misconception is not None and verdict.misconception.hints:
        return verdict.misconception.hints
    fault = verdict.fault
    if fault is not None and fault.where:
        what = f"raises `{fault.kind}`" if fault.kind else "was stopped"
        words = f"Your code {what} in `{fault.where}`, before the check could go on. Begin there."
        return (f"{words}\n{fault.code}" if fault.code else words, *verdict.hints)
    if verdict.hints:
        return verdict.hints
    seen = verdict.shown_exchanges[-1:]
    last = "".join(f" The last request was `{each.method} {each.path}`." for each in seen)
    why = verdict.misconception.why if verdict.misconception else ""
    words = why or (f"Expected: {verdict.expected}.{last}" if verdict.expected else "")
    return (words,) if words else ()


def _climb(project: Path, verdict: "Verdict") -> list[str]:
    ladder = rungs(verdict)
    if not ladder:
        return ["There is no hint for this one: its sentence and the report say all there is."]
    path = project / workspace.NOTES / "hints.json"
    reached = _read(path)
    key = verdict.id if ladder is verdict.hints else f"{verdict.id}: {_diagnosis(verdict)}"
    rung = min(int(reached.get(key, 0)), len(ladder) - 1)
    reached[key] = rung + 1
    storage.write_text(path, json.dumps(reached))
    usual = ladder is verdict.hints and len(ladder) == len(RUNGS)
    kind = f", {RUNGS[rung]}" if usual else ""
    words = ladder[rung]
    is_code = verdict.hints[2:3] == (words,) and "`" not in words
    # A sentence's further lines are shown as code.
    told = ["\n" + words] if is_code else words.split("\n\n")
    lines = [f"Hint {rung + 1} of {len(ladder)}{kind}:", *told]
    if rung + 1 == len(ladder):
        lines.append("That was the last hint. `%solution` shows how your files differ from the course's.")
    return lines


def _diagnosis(verdict: "Verdict") -> str:
    """What the rungs that were reached belong to: after another mistake the ladder begins anew."""
    if verdict.misconception is not None:
        return verdict.misconception.name
    return f"{verdict.fault.kind} {verdict.fault.where}" if verdict.fault else verdict.outcome


def _read(path: Path) -> dict[str, Any]:
    """A note of the course's own; one that is missing or spoilt counts as empty."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}
