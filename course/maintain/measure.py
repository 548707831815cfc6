"""`course measure`: what each chapter asks of a learner, as a table or as JSON."""

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import Any

from course import paths
from course.engine import chapters
from course.engine.chapters import Chapter
from course.maintain import language, workload
from course.maintain.workload import Workload

TO_DO = paths.TESTS / "rules" / "language_to_do.json"
HEADS = (
    "chapter  cells  words  words a   grade   written  shown  share  share   given  share  exercises",
    "                       sentence                               of all          given",
)


def command(argv: list[str]) -> int:
    """Print a table with a line for each chapter.

    Words are those of prose; the grade is Flesch-Kincaid's. Lines are those of Python in build cells:
    written by the learner, shown, and applied by `%given`. Shares are in per cent.
    """
    parser = argparse.ArgumentParser(prog="course measure", description=command.__doc__)
    parser.add_argument("chapter", nargs="*", help="a chapter, such as 3; all when none is named")
    parser.add_argument("--json", metavar="PATH", type=Path, help="write the figures to this file too")
    parser.add_argument(
        "--words",
        action="store_true",
        help="instead, the words that the course does not write; those of chapters line by line",
    )
    parser.add_argument(
        "--lower",
        action="store_true",
        help="with --words, lower the counts that tests/rules/test_language.py allows; none is raised",
    )
    chosen = parser.parse_args(argv)
    if chosen.words:
        return words([chapters.find(name) for name in chosen.chapter], lower=chosen.lower)
    wanted = [chapters.find(name) for name in chosen.chapter] or list(chapters.contents())
    found = [workload.of(chapter) for chapter in wanted]
    print("\n".join([*HEADS, *map(_row, found)]))
    if chosen.json:
        chosen.json.write_text(
            json.dumps([figures(each) for each in found], indent=2) + "\n", encoding="utf-8"
        )
    return 0


def words(wanted: list[Chapter], *, lower: bool = False) -> int:
    """Print the words that are not to be written: of these chapters line by line, else how many there are."""
    found = language.every()
    for chapter in wanted:
        print("\n".join(str(each) for each in found if chapter.stem in each.path))
    if not wanted:
        by_word, by_file = Counter(each.write for each in found), Counter(each.path for each in found)
        print(f"{len(found)} in {len(by_file)} files. By what to write in their place:")
        print("\n".join(f"{count:5}  {word}" for word, count in by_word.most_common()))
        print("\n".join(f"{count:5}  {path}" for path, count in sorted(by_file.items())))
    if lower:
        allowed = json.loads(TO_DO.read_text(encoding="utf-8"))
        now = Counter(each.path for each in found)
        left = {path: min(count, now[path]) for path, count in allowed.items() if now[path]}
        TO_DO.write_text(json.dumps(left, indent=2) + "\n", encoding="utf-8", newline="\n")
    return 0


def figures(found: Workload) -> dict[str, Any]:
    """The figures of one chapter, for JSON."""
    return {
        "chapter": found.chapter.stem,
        "cells": found.cells,
        "words": found.reading.words,
        "words_a_sentence": round(found.reading.words_a_sentence, 1),
        "grade": round(found.reading.grade, 1),
        "python_written": found.python.written,
        "python_shown": found.python.shown,
        "share": round(found.python.share, 3),
        "share_of_all": round(found.python.share_of_all, 3),
        "python_given": found.python.given,
        "given_share": round(found.python.given_share, 3),
        "exercises": found.exercises,
    }


def _row(found: Workload) -> str:
    reading, python = found.reading, found.python
    shares = [f"{100 * share:3.0f} %" for share in (python.share, python.share_of_all, python.given_share)]
    return (
        f"{found.chapter.stem.partition('_')[0]:7}  {found.cells:5}  {reading.words:5}  "
        f"{reading.words_a_sentence:8.1f}  {reading.grade:5.1f}  {python.written:8}  {python.shown:5}  "
        f"{shares[0]}  {shares[1]}   {python.given:5}  {shares[2]}  {found.exercises:9}"
    )
