"""`apply_all`: several build cells on a folder, all of them or none."""

from pathlib import Path

import pytest

from course.engine.compose import apply_all
from course.errors import CourseError
from tests.engine.test_compose_files import CELL, contents, project

__all__ = ["project"]  # pytest finds the fixture by this name


def test_several_cells_are_one_change_for_each_file(project: Path) -> None:
    cells = ["%%write app/a.py\nX = 1\n", CELL, "%%add app/a.py\nY = 1\n", "%%add app/main.py remove B\n"]
    first, second = apply_all(project, cells)
    assert (first.path, first.created, first.before, first.after) == ("app/a.py", True, "", "X = 1\nY = 1\n")
    assert (second.path, second.before) == ("app/main.py", "A = 1\r\n\r\nB = 1\r\n")
    assert (project / ".course/previous/app/main.py").read_bytes().decode() == second.before
    assert contents(project)["app/main.py"] == second.after.encode() == b"A = 2\r\n"
    assert [change.changed for change in apply_all(project, cells)] == [False, False]


def test_several_cells_of_which_one_cannot_be_applied_change_nothing(project: Path) -> None:
    before = contents(project)
    with pytest.raises(CourseError, match="has no `Z` to put this after"):
        apply_all(project, [CELL, "%%write app/a.py\nX = 1\n", "%%add app/a.py after Z\nY = 1\n"])
    assert contents(project) == before


def test_a_file_that_cells_make_and_take_away_again_was_never_there(project: Path) -> None:
    before = contents(project)
    (change,) = apply_all(project, ["%%write app/a.py\nX = 1\n", "%%add app/a.py remove X\n"])
    assert (change.gone, change.changed) == (True, False)
    assert contents(project) == before
