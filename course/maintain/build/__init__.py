"""`course build`: from a text to its notebook, its solution and its checkpoint."""


def command(argv: list[str]) -> int:
    """`course build`; see `course.maintain.build.command`."""
    from course.maintain.build.command import main

    return main(argv)
