"""A requirement is one test with one sentence; both can be read without importing the test."""

from pathlib import Path

from course.engine.checkpoint.requirements import Requirement, read, requirement

TESTS = '''
import a_library_that_is_not_installed

@requirement(hints=("why?", "where?", "____"), given=True)
def test_the_door_is_open(service):
    """The door is open.

    More that only a maintainer reads.
    """

def helper(): ...

@requirement(exercise=2)
async def test_the_lots_are_listed(service):
    """The lots are listed."""
'''


def test_requirements_are_read_in_their_order_without_an_import(tmp_path: Path) -> None:
    (tmp_path / "test_ch00_doors.py").write_text(TESTS)
    assert read(tmp_path / "test_ch00_doors.py") == (
        Requirement("test_the_door_is_open", "The door is open.", ("why?", "where?", "____"), given=True),
        Requirement("test_the_lots_are_listed", "The lots are listed.", exercise=2),
    )


def test_a_chapter_without_tests_has_no_requirements(tmp_path: Path) -> None:
    assert read(tmp_path / "test_ch09_none.py") == ()


def test_the_mark_leaves_the_test_as_it_is() -> None:
    def test_it() -> None:
        """It works."""

    marked = requirement(hints=("why?",))(test_it)
    assert marked is test_it
    assert marked.__requirement__ == Requirement("test_it", "It works.", ("why?",))  # type: ignore[attr-defined]
