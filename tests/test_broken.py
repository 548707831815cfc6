"""Each service that breaks one sentence of an exercise is refused by the requirement that it names.

Unlike the misconceptions they are no typical mistakes, so nothing explains them. `tests/broken/chNN_slug.md`
has a heading each, the sentence that is broken, and build cells.
"""

from pathlib import Path

import pytest

from course import paths
from course.engine import chapters, misconceptions
from course.engine.chapters import Chapter
from course.engine.misconceptions import Misconception
from tests.fixtures.wrong_services import first_failure

CASES = [
    pytest.param(chapter, entry, id=f"{chapter.stem}-{entry.name}")
    for chapter in chapters.contents()
    for entry in misconceptions.load(paths.TESTS / "broken" / f"{chapter.stem}.md")
]


@pytest.mark.parametrize(("chapter", "broken"), CASES)
def test_a_broken_sentence_fails_where_it_says(
    chapter: Chapter, broken: Misconception, tmp_path: Path
) -> None:
    first_failure(chapter, broken, tmp_path)
