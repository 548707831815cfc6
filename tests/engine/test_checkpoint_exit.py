"""What a program that checked leaves behind when it ends: nothing."""

import subprocess
import sys
from pathlib import Path

from course import paths

PROGRAM = """
from course.engine import chapters, checkpoint
from course.engine.checkpoint import warm_workers

checkpoint.warm(chapters.find(0))
assert checkpoint.wait_until_warm()
print(warm_workers._kept.first.scratch)
"""


def test_a_program_that_ends_takes_its_warm_worker_and_its_folder_along() -> None:
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(command, cwd=paths.ROOT, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert not Path(done.stdout.strip()).exists()
