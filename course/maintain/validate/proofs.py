"""A version of the service, put on disk and driven by a chapter's checkpoint as a learner's would be."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from course.engine import checkpoint, projects
from course.engine.chapters import Chapter
from course.engine.checkpoint.requirements import read
from course.engine.report.model import Result, Verdict
from course.maintain.validate import forked_workers


@dataclass(frozen=True)
class _Alone:
    """A chapter without those before it, and with no service to warm a process on: each is used at once."""

    chapter: Chapter
    previous: None = None

    @property
    def number(self) -> int:
        return self.chapter.number

    @property
    def tests(self) -> Path:
        return self.chapter.tests

    @property
    def misconceptions(self) -> Path:
        return self.chapter.misconceptions

    @property
    def checkpoint(self) -> Path:
        return self.chapter.checkpoint / "none"


class _Enough(Exception):
    """Nothing more is to be learned from this check."""


def judge(files: Mapping[str, str], chapter: Chapter, folder: Path) -> Result:
    """The whole result of a chapter's checkpoint on a service: its own requirements and the earlier ones."""
    spare = forked_workers.prepared(chapter)
    return checkpoint.check(projects.materialise(files, folder), chapter, spare=spare)


def own_verdicts(files: Mapping[str, str], chapter: Chapter, folder: Path) -> Result:
    """The verdicts on the chapter's own requirements alone."""
    number = len(read(chapter.tests))
    return _until(files, chapter, folder, lambda seen: len(seen) == number)


def up_to_failure(files: Mapping[str, str], chapter: Chapter, folder: Path) -> Result:
    """The verdicts on the chapter's own requirements, up to the first that does not hold."""
    return _until(files, chapter, folder, lambda seen: not seen[-1].holds)


def _until(
    files: Mapping[str, str], chapter: Chapter, folder: Path, enough: Callable[[list[Verdict]], bool]
) -> Result:
    seen: list[Verdict] = []

    def hear(verdict: Verdict) -> None:
        seen.append(verdict)
        if enough(seen):
            raise _Enough

    alone = _Alone(chapter)
    spare = forked_workers.prepared(alone)
    try:
        return checkpoint.check(projects.materialise(files, folder), alone, on_verdict=hear, spare=spare)
    except _Enough:
        return Result(chapter.number, tuple(seen))
