"""`course setup`: the set-up and nothing else, for an image or a classroom that is prepared ahead of time."""

import argparse

from course.setup import pins
from course.setup.environment import PINNED, TEACHING


def command(argv: list[str]) -> int:
    """Make or mend `.venv`, and what else is asked for; 0 when it is whole.

    Raises:
        CourseError: it cannot be done; the message says why, and what to do.
    """
    parser = argparse.ArgumentParser(prog="course setup", description="Set up the course, and open nothing.")
    parser.add_argument("--teach", action="store_true", help="also .venv-teach, for classes, site and grades")
    parser.add_argument(
        "--all", action="store_true", help="all that any chapter or class needs, to go on without a network"
    )
    parser.add_argument("--compile", action="store_true", help="for maintainers: write the pins anew")
    parser.add_argument("--upgrade", action="store_true", help="with --compile: with the newest versions")
    wanted = parser.parse_args(argv)
    if wanted.upgrade and not wanted.compile:
        parser.error("--upgrade goes with --compile")
    extras = ("production",) if wanted.all else ()
    for place in (PINNED, TEACHING) if wanted.teach or wanted.all else (PINNED,):
        place.ensure(*extras)
        print(f"{place.folder.name} is ready.")
    if wanted.compile:
        pins.compile_all(PINNED.python, upgrade=wanted.upgrade)
    return 0
