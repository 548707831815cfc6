"""Grading one submission: in a process of its own, whatever the submission does to it.

The learner's notebook is not run for its points. Its build cells are put together, as text, and the service
that comes of it is checked by the chapter's checkpoint, in a worker with the checkpoint's limits. So nothing
that a cell of the notebook redefines, prints or kills is in the room when points are given.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from course import paths
from course.engine import report
from course.engine.chapters import Chapter
from course.engine.checkpoint.worker_process import memory_disk
from course.engine.report import Problem, Result, Verdict, as_text

LONGEST = 600
"""Seconds for one submission. The checkpoint's own limits end earlier; this is for what gets around them."""

SHOWN = 2000
"""Bytes of what the process printed that are shown, where it ended before its time."""


@dataclass(frozen=True)
class Checked:
    """One candidate, and what the checkpoint found."""

    origin: str
    notes: tuple[str, ...]
    result: Result

    @property
    def held(self) -> int:
        return sum(verdict.holds for verdict in self.result.verdicts)


@dataclass(frozen=True)
class Judgement:
    """What a submission is worth: the candidate that counts, and the one that does not, if there are two."""

    counts: Checked
    other: Checked | None = None

    def verdict(self, requirement: str) -> Verdict | None:
        """What became of a requirement, by the name of its test; None where it was not run."""
        found = [one for one in self.counts.result.verdicts if one.id == requirement]
        return found[0] if found else None

    def words(self, requirement: str) -> str:
        """What the learner reads where a requirement does not hold."""
        one = self.verdict(requirement)
        if one is not None:
            return as_text.verdict(one)
        problem = self.counts.result.problem
        return as_text.problem(problem) if problem else "This requirement was not run."

    @property
    def summary(self) -> str:
        """Which version of the service was graded, and why."""
        all_of_them = len(self.counts.result.verdicts)
        lines = [f"Graded: {self.counts.origin}. {self.counts.held} of {all_of_them} requirements hold."]
        if self.other is not None:
            lines.append(f"Checked too, and not better: {self.other.origin}, {self.other.held}.")
        lines += [note for one in (self.counts, self.other) if one for note in one.notes]
        return "\n".join(lines)


def judge(
    chapter: Chapter, cells: Iterable[str], archive: Path | None = None, project: Path | None = None
) -> Judgement:
    """Check what was submitted, and choose what counts.

    Args:
        cells: the sources of the notebook's code cells, as they were submitted.
        archive: the packed project beside it, where there is one.
        project: a folder to check in place of the cells.
    """
    disk = memory_disk()
    with tempfile.TemporaryDirectory(prefix="gavel-judge-", dir=disk, ignore_cleanup_errors=True) as name:
        task = {
            "chapter": chapter.stem,
            "cells": list(cells),
            "archive": str(archive) if archive else None,
            "project": str(project) if project else None,
        }
        return _best(_ask(json.dumps(task), Path(name)))


def _ask(task: str, scratch: Path) -> list[Checked]:
    """Have a process of its own do it; it answers in a file, and what it prints is the learner's."""
    task_file, answer = scratch / "task.json", scratch / "answer.json"
    task_file.write_text(task, encoding="utf-8")
    (room := scratch / "room").mkdir()
    environment = {
        **os.environ,
        "COURSE_WORKSPACE": str(room / "my_service"),
        "TMPDIR": str(room),
        "TEMP": str(room),
        "TMP": str(room),
    }
    command = [
        sys.executable,
        "-P",
        "-m",
        "course.teach.grades.grading_process",
        str(task_file),
        str(answer),
        str(room),
    ]
    with (scratch / "said.txt").open("w+b") as heard:  # a pipe could be held open by what is left behind
        process = subprocess.Popen(
            command,
            env=environment,
            cwd=paths.ROOT,
            stdin=subprocess.DEVNULL,
            stdout=heard,
            stderr=subprocess.STDOUT,
        )
        try:
            process.wait(LONGEST)
        except subprocess.TimeoutExpired:
            heard.write(f"It took longer than {LONGEST} seconds.".encode())
        finally:
            process.kill()
            process.wait()
        heard.seek(0)
        said = heard.read(SHOWN).decode("utf-8", errors="replace")
    try:
        found = json.loads(answer.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return [Checked("nothing", (), Result(0, problem=_ended(said)))]
    return [
        Checked(one["origin"], tuple(one["notes"]), report.from_json(json.dumps(one["result"])))
        for one in found
    ]


def _best(checked: list[Checked]) -> Judgement:
    first, *rest = sorted(checked, key=lambda one: -one.held)  # of two equals, the one that came first
    return Judgement(first, rest[0] if rest else None)


def _ended(said: str) -> Problem:
    return Problem(
        "The check ended before it had a result.",
        "Something in this submission ended the process that checks it, or kept it beyond its time.",
        "Look at what the service does when it is imported, and run `%checkpoint` on it.",
        said.strip(),
    )
