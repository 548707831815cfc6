"""A `.venv` that is a link: what it leads to belongs to somebody else, and is never emptied."""

from pathlib import Path

import pytest

from course.errors import CourseError
from course.setup.environment import Environment


def test_what_the_link_leads_to_stays(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "kept.txt").write_text("kept")
    (tmp_path / ".venv").symlink_to(theirs)
    with pytest.raises(CourseError, match="is a link to") as refused:
        Environment(tmp_path / ".venv").ensure()
    assert "rm .venv" in str(refused.value)
    assert [path.name for path in theirs.iterdir()] == ["kept.txt"]
