"""`python3 -m course`: every command begins here; any Python 3 can run it far enough to say what is missing.

Only the standard library is imported here, and nothing stands here that an old Python cannot read: on a fresh
machine this runs before anything is installed.
"""

import sys

OLDEST = (3, 11)


def main():  # type: ignore[no-untyped-def]  # an old Python reads this file
    if sys.version_info < OLDEST:
        sys.stderr.write(
            "Python {}.{} is too old: the course needs 3.11 or later; install it from python.org "
            "and run `python3.12 -m course`.\n".format(*sys.version_info[:2])
        )
        return 1
    from course.cli import main as run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())  # type: ignore[no-untyped-call]
