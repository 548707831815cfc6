"""What learners write, by accident or to see what happens, and the words that each of them must be told."""

from dataclasses import dataclass, field

from course.engine.checkpoint import Limits

PATIENT = Limits()
SHORT = Limits(seconds=1.0)
"""For what never ends: the course gives ten seconds, a test of the course does not need them."""
SMALL = Limits(memory=500 * 1024**2)

Files = dict[str, str | bytes]


@dataclass(frozen=True)
class Case:
    """One program.

    Args:
        name: what the learner did.
        files: put in place of those of a service that meets every requirement. "+" is put at the end of
            its `app/main.py`; "root" is the body of its handler of `GET /`, "lifespan" that of its lifespan.
        words: what the report must say, each of them.
        passes: whether it meets all requirements nevertheless.
        problem: whether there is one explanation in place of verdicts.
        outcomes: of the requirements, where this matters.
    """

    name: str
    files: Files
    words: tuple[str, ...]
    limits: Limits = PATIENT
    passes: bool = False
    problem: bool = False
    outcomes: tuple[str, ...] = field(default=())
