"""`python -m course.engine.worker CHANNEL`: started by `course.engine.checkpoint`, never by hand."""

import os
import sys
import time

from course.engine.worker.channel import Channel


def main() -> None:
    """Prepare, wait for one job, do it, and stay until the other side ends this process."""
    channel = Channel(sys.argv[1])
    sys.argv[:] = ["course"]
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    preparation = channel.receive()
    channel.scratch = preparation["scratch"]
    channel.sign(preparation["nonce"])
    before = time.monotonic()  # the same imports in every chapter, so a measure of the machine
    from course.engine.worker import resource_limits
    from course.engine.worker.pytest_session import run

    took = time.monotonic() - before
    resource_limits.adopt_orphans()
    run(channel, preparation, took)
    sys.stdout.flush()
    os._exit(0)


main()
