"""`python -m course.worker CHANNEL`: started by `course.checkpoint`, never by hand."""

import os
import sys

from course.worker.channel import Channel


def main() -> None:
    """Prepare, wait for one job, do it, and stay until the other side ends this process."""
    channel = Channel(sys.argv[1])
    sys.argv[:] = ["course"]
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    preparation = channel.receive()
    channel.scratch = preparation["scratch"]
    channel.sign(preparation["nonce"])
    from course.worker import limits
    from course.worker.session import run

    limits.adopt_orphans()
    run(channel, preparation)
    sys.stdout.flush()
    os._exit(0)


main()
