"""The life of a worker's process: prepare, wait for one job, do it, and stay until the other side ends it."""

import os
import sys
from typing import NoReturn

from course.engine.worker import resource_limits
from course.engine.worker.channel import Channel
from course.engine.worker.pytest_session import run


def work(channel_argument: str, *, took: float) -> NoReturn:
    """Do one job and never return.

    Args:
        channel_argument: the pipe for events, as `Channel` takes it. Jobs come on stdin.
        took: seconds that the first imports took on this machine.
    """
    channel = Channel(channel_argument)
    sys.argv[:] = ["course"]
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    preparation = channel.receive()
    channel.scratch = preparation["scratch"]
    channel.sign(preparation["nonce"])
    resource_limits.adopt_orphans()
    run(channel, preparation, took)
    sys.stdout.flush()
    os._exit(0)
