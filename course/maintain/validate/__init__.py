"""Validating the course: `python3 -m course test`."""

import json
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course.setup import environment

if TYPE_CHECKING:
    from course.engine.chapters import Chapter
    from course.maintain.validate.runner import Run


def command(argv: list[str]) -> int:
    """Run `course test` with these words; 0 where everything holds, else 1."""
    from course.engine import chapters
    from course.maintain.validate import options
    from course.maintain.validate.ending import on_signals

    chosen = options.parse(argv)
    chapter = chapters.find(chosen.chapter) if chosen.chapter else None
    with on_signals():
        if chosen.explore is not None:
            return _explore(chosen.explore)
        if chosen.mutants:
            from course.maintain.validate import mutants

            return mutants.report([chapter] if chapter else list(chapters.numbered()), chosen.json)
        if chosen.soak:
            os.environ["COURSE_BIDS"] = "10000"
        return _validate(chapter, chosen.json, flakes=chosen.flakes, newest=chosen.latest)


def _validate(chapter: "Chapter | None", path: Path | None, *, flakes: int | None, newest: bool) -> int:
    from course.maintain.validate import figures, runner, steps

    if chapter is None:
        environment.TEACHING.ensure()
    began = time.monotonic()
    differing = _versions() if newest else []
    plan = steps.planned(chapter)
    failures: dict[str, int] = {}
    if flakes:
        runs, failures = runner.repeat(flakes, lambda: runner.run_all(plan))
    else:
        runs = runner.run_all(plan)
    missing = figures.left_out(runs)
    print("\n" + figures.table(runs) + "\n")
    for line in missing:
        print(f"left out: {line}")
    for name, times in failures.items():
        print(f"failed {times} times of {flakes}: {name}")
    if flakes:
        print(f"{len(failures)} of {sum(run.amount for run in runs)} failed in some of {flakes} runs.")
    worked = all(run.worked for run in runs) and not failures
    if path is not None:
        data = _data(
            runs, [chapter] if chapter else None, worked=worked, missing=missing, differing=differing
        )
        path.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
    print(figures.closing(runs, time.monotonic() - began))
    return 0 if worked else 1


def _explore(seed: int) -> int:
    """Run what draws examples with another seed. What it finds becomes a test: see CONTRIBUTING."""
    from course.maintain.validate import figures, runner, steps

    print(f"Exploring with the seed {seed}. The same again: course test --explore {seed}", flush=True)
    os.environ["COURSE_EXPLORE"] = str(seed)
    began = time.monotonic()
    runs = runner.run_all(steps.explored())
    print("\n" + figures.table(runs) + "\n")
    print(figures.closing(runs, time.monotonic() - began))
    if all(run.worked for run in runs):
        return 0
    print(f"Found with the seed {seed}. Write what was found as a test of its own:")
    print('.github/CONTRIBUTING.md, "I want to turn what an exploring run found into a test".')
    return 1


def _versions() -> list[tuple[str, str, str]]:
    from course.maintain.validate.newest import differing

    found = differing()
    print(f"{len(found)} packages differ from the pins.")
    for name, pinned, installed in found:
        print(f"    {name}: {pinned} is pinned, {installed} is installed")
    return found


def _data(
    runs: "Sequence[Run]",
    chosen: "Sequence[Chapter] | None",
    *,
    worked: bool,
    missing: Sequence[str],
    differing: Sequence[tuple[str, str, str]],
) -> dict[str, Any]:
    from course.maintain.validate import figures

    return {
        "worked": worked,
        "steps": [
            {
                "name": run.step.name,
                "worked": run.worked,
                "what": run.step.what,
                "amount": run.amount,
                "failed": run.failed,
                "skipped": run.tally("skipped"),
                "seconds": round(run.seconds, 1),
                "cpu_seconds": run.cpu,
            }
            for run in runs
        ],
        "chapters": figures.by_chapter(runs, chosen),
        "left_out": list(missing),
        "differs_from_pins": [list(each) for each in differing],
    }
