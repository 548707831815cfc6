"""How much a chapter may ask to be read, and how much of its Python the learner must write.

`course measure` prints the figures of all chapters.
"""

import pytest

from course.engine import chapters, texts
from course.engine.chapters import Chapter
from course.maintain import workload

FINISHED = [each for each in chapters.contents() if not texts.is_draft(each.text.read_text(encoding="utf-8"))]
SHARE = 0.30
"""Of the Python in a chapter's build cells, the least that the learner writes; from chapter 1 on."""
WRITTEN = 60
"""Lines of Python, the fewest that the learner writes; from chapter 3 on."""
GIVEN = 0.50
"""Of the Python that a chapter adds, the most that `%given` applies."""
CELLS, WORDS = 60, 3_300


def faults(chapter: Chapter) -> list[str]:
    """What a chapter does not keep to, with the figures."""
    found = workload.of(chapter)
    python = found.python
    kept = {
        f"{100 * python.share:.0f} % of the Python is written by the learner, {100 * SHARE:.0f} % at least": (
            python.share >= SHARE or chapter.number < 1
        ),
        f"{python.written} lines are written by the learner, {WRITTEN} at least": (
            python.written >= WRITTEN or chapter.number < 3
        ),
        f"{100 * python.given_share:.0f} % of the Python is given, {100 * GIVEN:.0f} % at most": (
            python.given_share <= GIVEN
        ),
        f"{found.cells} code cells, {CELLS} at most": found.cells <= CELLS,
        f"{found.reading.words} words, {WORDS} at most": found.reading.words <= WORDS,
    }
    return [fault for fault, holds in kept.items() if not holds]


@pytest.mark.parametrize("chapter", FINISHED, ids=lambda chapter: chapter.stem)
def test_a_chapter_is_short_and_the_learner_writes_enough_of_it(chapter: Chapter) -> None:
    assert faults(chapter) == []
