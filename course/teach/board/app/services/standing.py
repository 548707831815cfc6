"""Where one person stands: what each of their checks changes in it. Plain values, no database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

KEPT_MISTAKES = 50


@dataclass(frozen=True)
class Trouble:
    """A requirement that does not hold: since when, for how many checks, and the mistake behind it."""

    requirement: str
    misconception: str | None
    since: datetime
    checks: int


@dataclass(frozen=True)
class Standing:
    """What the last check of a chapter found. `troubles` are in the order of the requirements."""

    chapter: str
    at: datetime
    ran: bool
    holds: int
    of: int
    troubles: tuple[Trouble, ...]
    cannot_run_since: datetime | None = None
    cannot_run_checks: int = 0

    @property
    def passed(self) -> bool:
        return self.ran and self.of > 0 and not self.troubles


@dataclass
class Progress:
    """One person's way. `mistakes` says when each misconception, of each chapter, was last seen."""

    id: int
    name: str
    chapters: dict[str, Standing] = field(default_factory=dict)
    ever_passed: set[str] = field(default_factory=set)
    mistakes: dict[tuple[str, str], datetime] = field(default_factory=dict)
    present: str | None = None
    checks: int = 0

    @property
    def now(self) -> Standing | None:
        """The chapter that was checked last."""
        return self.chapters.get(self.present) if self.present else None

    def fold(self, chapter: str, at: datetime, ran: bool, results: Sequence[Mapping[str, Any]]) -> None:
        """Take in one check. One that is older than what is known is counted, and changes nothing else."""
        self.checks += 1
        before = self.chapters.get(chapter)
        if before is not None and at < before.at:
            return
        standing = stand(before, chapter, at, ran, results)
        self.chapters[chapter] = standing
        if standing.passed:
            self.ever_passed.add(chapter)
        for trouble in standing.troubles:
            if trouble.misconception:
                self.mistakes[chapter, trouble.misconception] = at
        while len(self.mistakes) > KEPT_MISTAKES:
            del self.mistakes[min(self.mistakes, key=lambda each: self.mistakes[each])]
        if (now := self.now) is None or at >= now.at:
            self.present = chapter


def stand(
    before: Standing | None, chapter: str, at: datetime, ran: bool, results: Sequence[Mapping[str, Any]]
) -> Standing:
    """Where a learner is after a check, if they were at `before` in this chapter.

    What did not hold before and does not hold now goes on; `since` is when it was first seen. While a service
    cannot be run nothing is learnt of its requirements, so they stay as they were.
    """
    if not ran:
        known = before or Standing(chapter, at, False, 0, 0, ())
        return Standing(
            chapter,
            at,
            False,
            known.holds,
            known.of,
            known.troubles,
            known.cannot_run_since or at,
            known.cannot_run_checks + 1,
        )
    earlier = {trouble.requirement: trouble for trouble in before.troubles} if before else {}
    troubles = []
    for result in results:
        if not result["holds"]:
            name = result["requirement"]
            known_trouble = earlier.get(name)
            troubles.append(
                Trouble(
                    name,
                    result["misconception"],
                    known_trouble.since if known_trouble else at,
                    known_trouble.checks + 1 if known_trouble else 1,
                )
            )
    return Standing(chapter, at, True, len(results) - len(troubles), len(results), tuple(troubles))
