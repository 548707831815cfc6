"""The words after `course test`. The standard library alone: they are read before anything is installed."""

import argparse
import random
from pathlib import Path


def parse(argv: list[str]) -> argparse.Namespace:
    """The chapter and the flags; exits with one line where the words make no sense."""
    parser = argparse.ArgumentParser(
        prog="python3 -m course test",
        description="Validate the course: tests, checkpoints, starters, misconceptions, notebooks, code.",
    )
    parser.add_argument("chapter", nargs="?", help="one chapter, such as 3; without it, everything")
    parser.add_argument(
        "--json", type=Path, metavar="PATH", help="write the table and each chapter's figures"
    )
    parser.add_argument(
        "--latest", action="store_true", help="with the newest release of everything, in .venv-latest"
    )
    parser.add_argument(
        "--mutants", action="store_true", help="mutants of what the learner writes, instead (minutes)"
    )
    parser.add_argument(
        "--soak", action="store_true", help="ten thousand bids in place of a thousand (minutes)"
    )
    parser.add_argument(
        "--flakes", type=int, metavar="N", help="run all of it N times; say what does not always pass"
    )
    parser.add_argument(
        "--explore",
        nargs="?",
        type=int,
        const=random.randrange(1, 10**9),
        metavar="SEED",
        help="only the tests that draw examples, with other examples than usual; the seed is printed",
    )
    chosen = parser.parse_args(argv)
    if chosen.flakes is not None and chosen.flakes < 2:
        parser.error("--flakes takes a number of runs, 2 or more")
    return chosen
