"""`%check 2`: the requirements of one exercise alone, and what comes next."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from course.engine import exercises, project_files, projects, stages
from course.engine.chapters import Chapter
from course.engine.checkpoint.worker_process import memory_disk
from course.errors import CourseError
from course.learn import display, hints, progress, workspace
from course.learn.display import Shown

if TYPE_CHECKING:
    from course.engine.report import Result, Verdict

ADDED = "This check added the course's code for the cells that follow the exercise."


@dataclass(frozen=True)
class Checked:
    """What the check of an exercise found. `added`: it ran with the course's code for the later cells."""

    exercise: exercises.Exercise
    result: "Result"
    added: bool

    @property
    def holds(self) -> bool:
        return self.result.passed


def chosen(chapter: Chapter, words: str, typed: str) -> exercises.Exercise:
    """The exercise with the number in `words`. `typed` is what one types before a number.

    Raises:
        CourseError: there is no such exercise; the message lists those of the chapter.
    """
    known = exercises.of(chapter)
    for each in known:
        if words.strip() == str(each.number):
            return each
    if not known:
        raise CourseError(f"{chapter.subject} has no exercises.", "Check the whole: type `%checkpoint`.")
    listed = ", ".join(f"`{typed}{each.number}` ({each.heading})" for each in known)
    what = f"There is no exercise {words.strip()}." if words.strip() else "Say which exercise to check."
    raise CourseError(what, f"{chapter.subject} has {len(known)} exercises: {listed}.")


def check(chapter: Chapter, exercise: exercises.Exercise) -> Checked:
    """Run the requirements of one exercise on the learner's project, and remember what came of it.

    It does not count as passing the checkpoint.
    """
    from course.engine import checkpoint

    project = workspace.opened(chapter)
    content = project_files.read(project)
    fingerprint = workspace.fingerprint_of(content)
    files = _texts(content)
    whole = exercises.completed(chapter, exercise, files)
    if whole is None:
        result = checkpoint.check(project, chapter, exercise=exercise.number)
    else:
        with tempfile.TemporaryDirectory(
            prefix="gavel-exercise-", dir=memory_disk(), ignore_cleanup_errors=True
        ) as folder:
            copy = Path(folder) / "service"
            for name, each in content.items():
                (copy / name).parent.mkdir(parents=True, exist_ok=True)
                (copy / name).write_bytes(each)
            projects.materialise(
                {name: text for name, text in whole.items() if files.get(name) != text}, copy
            )
            result = checkpoint.check(copy, chapter, exercise=exercise.number)
        result = replace(result, verdicts=tuple(_in(each, files) for each in result.verdicts))
    hints.remember(project, result, fingerprint)
    if result.problem is None:
        progress.exercise_checked(chapter, exercise.number, holds=result.passed)
    return Checked(exercise, result, whole is not None)


def _texts(files: Mapping[str, bytes]) -> dict[str, str]:
    """The files that are text."""
    found = {}
    for name, content in files.items():
        try:
            found[name] = content.decode("utf-8")
        except UnicodeDecodeError:
            continue
    return found


def _in(verdict: "Verdict", files: Mapping[str, str]) -> "Verdict":
    """The verdict with the line of its fault as it is in the learner's file, where code was added to it."""
    fault = verdict.fault
    if fault is None or not fault.line:
        return verdict
    lines = [line.strip() for line in files.get(fault.file, "").split("\n")]
    first = fault.code.strip().split("\n")[0].strip()
    line = lines.index(first) + 1 if first and lines.count(first) == 1 else 0
    return replace(verdict, fault=replace(fault, line=line), detail="")


def report(chapter: Chapter, found: Checked, hint: str) -> Shown:
    """What was found: the first failure in full, the others in one line each, and what comes next."""
    from course.engine.report import Result, as_html, as_text, causes
    from course.engine.report.model import IN_WORDS

    result = found.result
    text: list[str] = []
    html: list[str] = []
    failed = False
    for verdict in result.verdicts:
        each = replace(verdict, exercise=None)  # all are of the one exercise that was asked for
        head = f"[{IN_WORDS[each.outcome]}] {each.sentence}"
        text.append(head if failed and not each.holds else as_text.verdict(each))
        html.append(as_html.verdict(each, folded=failed and each.outcome in causes.FAILING))
        failed = failed or not each.holds
    if result.problem is not None:
        only = Result(result.chapter, problem=result.problem)
        text.append(as_text.text(only))
        html.append(as_html.html(only))
    if result.output:
        text.append(f"Your code printed:\n{result.output.rstrip()}")
        html.append(display.folded("What your code printed", f"<pre>{escape(result.output)}</pre>"))
    last = what_next(chapter, found, hint)
    return Shown("\n".join([*text, last.text]), "".join([*html, last.html]))


def what_next(chapter: Chapter, found: Checked, hint: str) -> Shown:
    """The tally, where the learner is, and what to do now."""
    number, result = found.exercise.number, found.result
    if found.holds:
        place = stages.after(chapter, range(1, number + 1))
        following = exercises.find(chapter, number + 1)
        then = (
            f"Go on with exercise {following.number}, in the section “{following.heading}”."
            if following
            else "It is the chapter's last exercise. Go on, and run `%checkpoint` at the end of the chapter."
        )
        words = f"Exercise {number} holds. {then}"
        return display.note(" ".join([words, *([place.words] if place else [])]), accent="good")
    added = [ADDED] if found.added and result.problem is None else []
    place = stages.at(chapter, number)
    if result.problem is not None:
        words = f"Exercise {number} could not be checked yet."
    else:
        held = sum(each.holds for each in result.verdicts)
        words = (
            f"Exercise {number}: {held} of {len(result.verdicts)} requirements hold. "
            f"Type `{hint}` for a hint on the first that does not."
        )
    return display.note(*added, " ".join([words, *([place.words] if place else [])]), accent="ask")
