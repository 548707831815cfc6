"""Simulated learners: what people in a room might send. The same seed gives the same room."""

import random
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from course.engine import chapters, misconceptions
from course.teach.board.titles import requirements

NAMES = ", ".join(
    (
        "Ada, Alan, Amina, Anders, Anouk, Barbara, Bogdan, Carmen, Chen, Chidi, Dennis, Dmitri, Edsger",
        "Elif, Fatima, Frances, Grace, Guido, Hana, Hedy, Ines, Ivan, Jamal, Jean, Joan, John, Joo-won",
        "Katherine, Ken, Kofi, Lars, Leila, Linus, Lucía, Mai, Margaret, Mary, Mateo, Mehmet, Nadia",
        "Niklaus, Noor, Olu, Paula, Priya, Radia, Rosa, Sofia, Søren, Tariq, Tim, Tove, Ursula, Věra",
        "Wanjiru, Xiu, Yuki, Zofia",
    )
).split(", ")
LETTERS = "ABCDEFGHJKLM"


@dataclass(frozen=True)
class Task:
    """A chapter as a learner meets it: its requirements in order, and the mistakes behind each."""

    chapter: str
    requirements: tuple[str, ...]
    mistakes: dict[str, tuple[str, ...]]


def tasks() -> list[Task]:
    """Every numbered chapter of the course."""
    made = []
    for chapter in chapters.numbered():
        mistakes: defaultdict[str, list[str]] = defaultdict(list)
        for entry in misconceptions.load(chapter.misconceptions):
            mistakes[entry.requirement].append(entry.name)
        known = {name: tuple(each) for name, each in mistakes.items()}
        made.append(Task(chapter.stem, tuple(requirements(chapter)), known))
    return made


def names(count: int) -> list[str]:
    """So many different names."""
    return [
        NAMES[number % len(NAMES)]
        + (f" {LETTERS[number // len(NAMES) % 12]}." if number >= len(NAMES) else "")
        + (f" {number}" if number >= 12 * len(NAMES) else "")
        for number in range(count)
    ]


@dataclass
class Walker:
    """One learner, who gets further with each check, or stays where they are."""

    name: str
    pace: random.Random
    tasks: list[Task]
    chapter: int = 0
    held: set[str] = field(default_factory=set)
    mistakes: dict[str, str | None] = field(default_factory=dict)

    def check(self) -> dict[str, Any]:
        """What the next check finds: about every second trouble is solved since the last."""
        task = self.tasks[self.chapter]
        for requirement in task.requirements:
            if requirement not in self.held and self.pace.random() < 0.35:
                self.held.add(requirement)
            known = task.mistakes.get(requirement)
            if requirement not in self.mistakes:
                named = known is not None and self.pace.random() < 0.5
                # People make the same mistakes: the first of a file more often than the last.
                self.mistakes[requirement] = (
                    known[int(len(known) * self.pace.random() ** 2)] if known and named else None
                )
        ran = self.pace.random() > 0.04
        body = {
            "id": str(UUID(int=self.pace.getrandbits(128), version=4)),
            "chapter": task.chapter,
            "ran": ran,
            "results": [self._finding(each) for each in task.requirements] if ran else [],
        }
        if self.held.issuperset(task.requirements) and self.chapter + 1 < len(self.tasks):
            self.chapter += 1
        return body

    def _finding(self, requirement: str) -> dict[str, Any]:
        holds = requirement in self.held
        return {
            "requirement": requirement,
            "holds": holds,
            "misconception": None if holds else self.mistakes[requirement],
        }


def crowd(count: int, seed: int = 1) -> list[Walker]:
    """So many learners, spread over the course as a room is after some hours."""
    road = tasks()
    walkers = []
    for number, name in enumerate(names(count)):
        pace = random.Random(seed * 100_000 + number)
        start = min(len(road) - 1, max(0, round(pace.gauss(3, 1.4))))
        walkers.append(Walker(name, pace, road, start))
    return walkers
