"""What `pytest --nbval` and `pytest --nbval-lax` need to validate the notebooks of this folder."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from course.maintain.validate.nbval import pytest_configure, pytest_runtest_setup, pytest_unconfigure

__all__ = ["pytest_configure", "pytest_runtest_setup", "pytest_unconfigure"]
