"""`course bench`: how long a learner waits for a checkpoint, and what Gavel costs beside bare FastAPI."""

import argparse
import json
from pathlib import Path

from course.engine import chapters
from course.engine.chapters import Chapter
from course.errors import CourseError
from course.maintain.bench import service, waiting


def command(argv: list[str]) -> int:
    """Run the benchmarks; 0 when they could be measured."""
    parser = argparse.ArgumentParser(prog="course bench", description=(__doc__ or "").split("\n")[0])
    parser.add_argument(
        "--json", type=Path, metavar="PATH", help="write the medians and ratios there as data"
    )
    parser.add_argument("--runs", type=int, default=7, help="how often each is timed (7)")
    parser.add_argument(
        "--chapter", default="", help="the chapter to check (the last one that has a checkpoint)"
    )
    arguments = parser.parse_args(argv)
    chapter, runs = _chapter(arguments.chapter), max(arguments.runs, 1)
    figures = waiting.measure(chapter, runs)
    print(waiting.table(figures))
    routes = service.measure(_newest(), runs)
    print("\n" + service.table(routes))
    if arguments.json:
        arguments.json.write_text(
            json.dumps(figures | {"service": routes}, indent=2) + "\n", encoding="utf-8"
        )
    return 0


def _chapter(which: str) -> Chapter:
    return chapters.find(which) if which else _newest()


def _newest() -> Chapter:
    ready = [each for each in chapters.numbered() if each.checkpoint.is_dir() and each.tests.exists()]
    if not ready:
        raise CourseError("No chapter has a checkpoint yet.", "Run `python -m course build` first.")
    return ready[-1]
