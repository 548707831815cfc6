"""What the fork server of a validation imports once: all that a worker and a service of the course need."""

import gc
import sys
import tempfile
import time
from pathlib import Path

BEGAN = time.monotonic()

from course.engine import chapters  # noqa: E402
from course.engine.worker import process as process  # noqa: E402
from course.engine.worker.warm_up import warm_up  # noqa: E402

TOOK = time.monotonic() - BEGAN
SEARCHED = list(sys.path)

with tempfile.TemporaryDirectory(prefix="gavel-check-") as scratch:
    warm_up(chapters.numbered()[-1].checkpoint, Path(scratch))
gc.collect()
gc.freeze()  # a fork then shares these pages until it writes on them
