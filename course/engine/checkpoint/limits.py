"""What a learner's code may use before a checkpoint stops it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Seconds for the import and for each requirement, bytes of memory, characters of printed output.

    The numbers are those that graders use: 10 s, 2 GB, 30 KB. `resource` enforces the memory on POSIX;
    elsewhere the clock and the kill must do.
    """

    seconds: float = 10.0
    memory: int = 2 * 1024**3
    output: int = 30_000
