"""Each service that breaks one sentence of an exercise is refused by the requirement that it names.

Unlike the misconceptions they are no typical mistakes, so nothing explains them. `tests/broken/chNN_slug.md`
has a heading each, the sentence that is broken, and build cells.
"""

from pathlib import Path

import pytest

from course import paths
from course.engine import chapters, misconceptions, projects
from course.engine.chapters import Chapter
from course.engine.misconceptions import Misconception
from course.engine.report import as_text
from course.maintain.validate import proofs

CASES = [
    pytest.param(chapter, entry, id=f"{chapter.stem}-{entry.name}")
    for chapter in chapters.contents()
    for entry in misconceptions.load(paths.TESTS / "broken" / f"{chapter.stem}.md")
]


@pytest.mark.parametrize(("chapter", "broken"), CASES)
def test_a_broken_sentence_fails_where_it_says(
    chapter: Chapter, broken: Misconception, tmp_path: Path
) -> None:
    result = proofs.up_to_failure(projects.variant(chapter, broken.cells), chapter, tmp_path)
    assert result.problem is None, f"the service does not even start: {as_text.text(result)}"
    failing = [verdict for verdict in result.verdicts if not verdict.holds]
    assert failing, "the checkpoint lets this service pass"
    told = as_text.verdict(failing[0])
    assert failing[0].id == broken.requirement, f"another requirement fails first; {told}"
