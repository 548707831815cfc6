"""An untouched starter fails each requirement that the exercises are for, and holds what is given."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from course.engine import chapters, projects
from course.engine.chapters import Chapter
from course.engine.checkpoint.requirements import Requirement, read
from course.engine.report import Result, as_text
from course.maintain.validate import proofs

CASES = [
    pytest.param(chapter, requirement, id=f"{chapter.stem}-{requirement.id}")
    for chapter in chapters.contents()
    for requirement in read(chapter.tests)
]


@cache
def starter(chapter: Chapter) -> Result:
    """What the checkpoint says of the service of a learner who ran every cell and solved nothing."""
    with TemporaryDirectory() as folder:
        return proofs.own_verdicts(projects.project(chapter, stubs=True), chapter, Path(folder))


@pytest.mark.parametrize(("chapter", "requirement"), CASES)
def test_a_starter_fails_what_its_exercises_are_for_and_holds_what_is_given(
    chapter: Chapter, requirement: Requirement
) -> None:
    result = starter(chapter)
    assert result.problem is None, f"the starter does not start: {as_text.text(result)}"
    verdicts = {verdict.id: verdict for verdict in result.verdicts}
    assert requirement.id in verdicts, "the checkpoint gives no verdict on this requirement"
    verdict = verdicts[requirement.id]
    if requirement.given:
        assert verdict.holds, f"marked as given, and does not hold in the starter: {verdict.evidence}"
    else:
        assert not verdict.holds, "holds in the starter, so no exercise is needed for it"
        assert verdict.outcome != "unknown", f"was not run: {verdict.evidence}"
