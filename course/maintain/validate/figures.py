"""The table at the end, and the same as data for each chapter."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from course.engine.chapters import Chapter, contents
from course.maintain.validate.runner import Run

STEM = re.compile(r"ch\d\d_[a-z0-9_]+|exam_part\d+")


def table(runs: Sequence[Run]) -> str:
    """One line a step: what was validated, how many, how many failed, how long, and the processor time.

    The processor time is known of steps that pytest runs.
    """
    rows = [
        (
            run.step.name,
            f"{run.amount:,} {run.step.what}",
            f"{run.failed:,}" if run.failed else "-",
            f"{run.seconds:.1f}",
            "-" if run.cpu is None else f"{run.cpu:.1f}",
        )
        for run in runs
    ]
    head = ("validated", "how many", "failed", "seconds", "CPU seconds")
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    lines = [
        _row(head, widths),
        "  ".join("-" * width for width in widths),
        *(_row(row, widths) for row in rows),
    ]
    return "\n".join(lines)


def closing(runs: Sequence[Run], seconds: float) -> str:
    """The totals alone on a line, and one sentence."""
    passed, failed, skipped = (sum(run.passed for run in runs), sum(run.failed for run in runs), skips(runs))
    totals = f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else "")
    wrong = [run.step.name for run in runs if not run.worked]
    if wrong:
        return f"{totals}\nThe course does not hold: see {', '.join(wrong)} above ({seconds:.0f} s)."
    return f"{totals}\nThe course holds: all of it was validated in {seconds:.0f} s."


def skips(runs: Sequence[Run]) -> int:
    return sum(run.tally("skipped") for run in runs)


def left_out(runs: Sequence[Run]) -> list[str]:
    """The reasons that skipped tests give, each with the number of tests."""
    reasons: dict[str, int] = {}
    for run in runs:
        for test in run.tests:
            if test["outcome"] == "skipped":
                said = f"{run.step.name}: {test['why'] or 'skipped'}"
                reasons[said] = reasons.get(said, 0) + 1
    return [f"{reason} ({number})" for reason, number in reasons.items()]


def by_chapter(runs: Sequence[Run], chosen: Sequence[Chapter] | None = None) -> dict[str, dict[str, Any]]:
    """For each chapter: requirements, misconceptions and those caught, cells compared, seconds."""
    named = {run.step.name: run.tests for run in runs}
    return {chapter.stem: _figures(chapter, named) for chapter in chosen or contents()}


def _figures(chapter: Chapter, named: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, Any]:
    from course.engine.checkpoint.requirements import read

    wrong = _of(chapter, named.get("misconceptions", ()))
    cells = _of(chapter, named.get("solutions", ()))
    mine = [test for tests in named.values() for test in _of(chapter, tests)]
    return {
        "requirements": len(read(chapter.tests)),
        "misconceptions": len(wrong),
        "misconceptions_caught": sum(test["outcome"] == "passed" for test in wrong),
        "alternatives_accepted": sum(
            test["outcome"] == "passed" for test in _of(chapter, named.get("alternatives", ()))
        ),
        "cells_compared": sum(test["outcome"] == "passed" for test in cells),
        "seconds": round(sum(test["seconds"] for test in mine), 1),
    }


def owner(test: str) -> str:
    """The stem of the chapter that a test belongs to: the first that its name holds; empty where none."""
    match = STEM.search(test)
    return match[0] if match else ""


def _of(chapter: Chapter, tests: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [test for test in tests if owner(test["id"]) == chapter.stem]


def _row(row: Sequence[str], widths: Sequence[int]) -> str:
    left = [cell.ljust(width) for cell, width in zip(row[:2], widths, strict=False)]
    right = [cell.rjust(width) for cell, width in zip(row[2:], widths[2:], strict=True)]
    return "  ".join([*left, *right]).rstrip()
