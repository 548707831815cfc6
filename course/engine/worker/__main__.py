"""`python -m course.engine.worker CHANNEL`: started by `course.engine.checkpoint`, never by hand."""

import sys
import time


def main() -> None:
    """Import what every chapter needs, and measure how long it takes; then work."""
    before = time.monotonic()  # the same imports in every chapter, so a measure of the machine
    from course.engine.worker.process import work

    work(sys.argv[1], took=time.monotonic() - before)


main()
