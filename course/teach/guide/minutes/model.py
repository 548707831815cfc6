"""How long a section takes: a model of a few things that can be counted, with its constants in one place.

The constants are estimates, chosen to be easy to argue about; they have not been measured with a class
yet. If you have timed a class, change them here: every page, plan and table follows. One has a source: adults
read 238 words of non-fiction a minute, silently (Brysbaert, Journal of Memory and Language 109, 2019).
Technical prose in a foreign language is slower, hence 200.
"""

import math
from dataclasses import dataclass

from course.teach.guide.lesson import Lesson, Section

WORDS_A_MINUTE = 200
"""Prose, read to oneself."""
LINES_A_MINUTE = 30
"""Given code, read with a finger on it; two seconds a line."""
RUN = 0.2
"""Minutes to run a cell and look at what it says: twelve seconds."""
PREDICTION = 1.0
"""Minutes to think, type a guess, run it, and read why."""
EXERCISE = 2.0
"""Minutes to understand what must be true, before the first line of an exercise's cell is written."""
LINE = 0.5
"""Minutes for each line of an exercise's solution, with its tries."""
CHECKPOINT = 8.0
"""Minutes from the first `%checkpoint` to the last, with what has to be mended in between."""
QUESTION = 2.0
"""Minutes for a closing question, said aloud in pairs and then told."""
TOLD = 0.9
"""In a room the teacher tells about three fifths of what one would read alone, at 130 words a minute aloud,
so this part is left of the reading. What is thought, typed and run takes as long as alone."""
ASKED = 2.0
"""Minutes for a question of the guide to the room: hands, two answers, and the cell that decides."""
DRAWN = 2.0
"""Minutes to draw one thing, beyond the telling that goes with it."""
SHOWN = 1.0
"""Minutes for a section that is left out: its given cells are run unread, one thing is said of it."""
HOMEWORK = frozenset({"Without help", "Recap"})
"""Sections that are read at home."""


@dataclass(frozen=True)
class Spent:
    """The minutes of a section, not rounded: alone with the notebook, and in a room with a teacher."""

    reading: float
    doing: float

    @property
    def alone(self) -> float:
        return self.reading + self.doing

    @property
    def room(self) -> float:
        return TOLD * self.reading + self.doing


def of(section: Section) -> Spent:
    """The minutes of one section; a section for home takes none in a room."""
    exercised = {number for exercise in section.exercises for number in exercise.cells}
    predicted = {prediction.cell for prediction in section.predictions}
    given = [(number, code.source) for number, code in section.cells if number not in exercised]
    lines = sum(1 for _, source in given for line in source.split("\n") if line.strip())
    reading = section.words / WORDS_A_MINUTE + lines / LINES_A_MINUTE
    doing = (
        RUN * len([number for number, _ in given if number not in predicted])
        + PREDICTION * len(section.predictions)
        + sum(EXERCISE * max(len(each.cells), 1) + LINE * each.lines for each in section.exercises)
        + QUESTION * len(section.questions)
        + (CHECKPOINT if section.heading == "Checkpoint" else 0)
    )
    return Spent(reading, doing)


def room(section: Section, *, asked: int = 0, drawn: int = 0) -> int:
    """Whole minutes of a section in a room, at least one; none for what is read at home.

    Args:
        asked: how many questions of the guide are put to the room there.
        drawn: how many things are drawn there.
    """
    if section.heading in HOMEWORK:
        return 0
    return max(1, math.ceil(of(section).room + ASKED * asked + DRAWN * drawn - 0.25))


def alone(lesson: Lesson) -> int:
    """Whole minutes for a learner who works through a chapter alone, the recap too, without homework."""
    return round(sum(of(each).alone for each in lesson.sections if each.heading != "Without help"))
