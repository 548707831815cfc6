"""The whole room at one moment, counted from where everyone stands. Plain values, no database."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from ..schemas.teacher import Cause, ChapterNow, MisconceptionNow, Obstacle, Person, Stuck
from .standing import Progress, Standing

MOST_OBSTACLES = 12
MOST_MISCONCEPTIONS = 8
MOST_CAUSES = 4
MOST_CHAPTERS = 40
"""Lists end somewhere, whatever is posted."""


def stuck(now: Standing | None) -> Stuck | None:
    """What a learner is stuck at: a service that does not run, or the first open requirement."""
    if now is None:
        return None
    if not now.ran:
        since = now.cannot_run_since or now.at
        return Stuck(requirement=None, since=since, checks=now.cannot_run_checks, misconception=None)
    if not now.troubles:
        return None
    first = now.troubles[0]
    return Stuck(
        requirement=first.requirement,
        since=first.since,
        checks=first.checks,
        misconception=first.misconception,
    )


def person(one: Progress, *, asks: bool) -> Person:
    """A learner as the page shows them."""
    shown = Person(id=one.id, name=one.name, passed=len(one.ever_passed), asks=asks)
    if (now := one.now) is not None:
        shown.chapter, shown.at, shown.ran = now.chapter, now.at, now.ran
        shown.holds, shown.of = now.holds, now.of
        shown.stuck = stuck(now)
    return shown


def chapters(people: Collection[Progress], order: Iterable[str]) -> list[ChapterNow]:
    """How the room stands in each chapter that anybody has begun: those of the course first, in its order."""
    begun = {chapter for one in people for chapter in one.chapters}
    known = [chapter for chapter in order if chapter in begun]
    unknown = sorted(begun.difference(known))
    return [_chapter(chapter, people) for chapter in (known + unknown)[:MOST_CHAPTERS]]


def _chapter(chapter: str, people: Collection[Progress]) -> ChapterNow:
    here = [one.now for one in people if one.present == chapter and one.now]
    stopped: Counter[str] = Counter()
    causes: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for standing in here:
        for trouble in standing.troubles:
            stopped[trouble.requirement] += 1
            if trouble.misconception:
                causes[trouble.requirement][trouble.misconception] += 1
    obstacles = [
        Obstacle(
            requirement=requirement,
            people=count,
            causes=[Cause(name=name, people=many) for name, many in _most(causes[requirement], MOST_CAUSES)],
        )
        for requirement, count in _most(stopped, MOST_OBSTACLES)
    ]
    return ChapterNow(
        chapter=chapter,
        here=len(here),
        begun=sum(chapter in one.chapters for one in people),
        passed=sum(chapter in one.ever_passed for one in people),
        cannot_run=sum(not standing.ran for standing in here),
        obstacles=obstacles,
        more=max(0, len(stopped) - MOST_OBSTACLES),
    )


def misconceptions(people: Iterable[Progress], now: datetime, window: timedelta) -> list[MisconceptionNow]:
    """Which mistakes came up within the window, counted by people, the most frequent first."""
    made: Counter[tuple[str, str]] = Counter()
    still: Counter[tuple[str, str]] = Counter()
    for one in people:
        for (chapter, name), at in one.mistakes.items():
            if at >= now - window:
                made[chapter, name] += 1
                standing = one.chapters[chapter]
                still[chapter, name] += any(each.misconception == name for each in standing.troubles)
    return [
        MisconceptionNow(name=name, chapter=chapter, people=count, still=still[chapter, name])
        for (chapter, name), count in sorted(made.items(), key=lambda item: (-item[1], item[0]))
    ][:MOST_MISCONCEPTIONS]


def _most(counted: Counter[str], limit: int) -> list[tuple[str, int]]:
    return sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:limit]
