"""Mechanical mutants of what the learner writes. Their report comes with the chapters' solutions."""

from collections.abc import Sequence
from pathlib import Path

from course.chapters import Chapter


def report(chosen: Sequence[Chapter], path: Path | None) -> int:
    """Run the mutants of these chapters; 0 where each is killed, or named as equivalent."""
    raise NotImplementedError
