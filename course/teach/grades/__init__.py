"""Assignments for nbgrader: made by `course export --nbgrader`, graded by the chapter's own checkpoint.

    python3 -m course export --nbgrader FOLDER --chapters 1 3

What an assignment's notebook calls is here: `begin`, `pack` and `requirement`. They run in a learner's
kernel, so nothing of nbgrader is imported with them. `course/pages/grades.md` tells teachers the whole.
"""

from course.teach.grades.kernel import NotYet, begin, pack, requirement

__all__ = ["NotYet", "begin", "command", "pack", "requirement"]


def command(argv: list[str]) -> int:
    """`course export`; see `course.teach.grades.export`."""
    from course.teach.grades.export import main

    return main(argv)
