"""`course setup`: the set-up and nothing else, for an image that is built before anybody learns from it."""

import argparse

from course.setup.environment import PINNED, TEACHING


def command(argv: list[str]) -> int:
    """Make or mend `.venv`, and `.venv-teach` where it is asked for; 0 when they are whole.

    Raises:
        CourseError: it cannot be done; the message says why, and what to do.
    """
    parser = argparse.ArgumentParser(prog="course setup", description="Set up the course, and open nothing.")
    parser.add_argument("--teach", action="store_true", help="also .venv-teach, for classes, site and grades")
    wanted = parser.parse_args(argv)
    for place in (PINNED, TEACHING) if wanted.teach else (PINNED,):
        place.ensure()
        print(f"{place.folder.name} is ready.")
    return 0
