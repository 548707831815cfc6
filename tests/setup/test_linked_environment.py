"""A `.venv` that the course did not make: what it holds or leads to is never emptied."""

import os
import sys
from pathlib import Path

import pytest

from course.errors import CourseError
from course.setup import install
from course.setup.environment import LOCK, Environment


def test_what_the_link_leads_to_stays(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "kept.txt").write_text("kept")
    (tmp_path / ".venv").symlink_to(theirs)
    with pytest.raises(CourseError, match="is a link to") as refused:
        Environment(tmp_path / ".venv").ensure()
    assert "rm .venv" in str(refused.value)
    assert [path.name for path in theirs.iterdir()] == ["kept.txt"]


@pytest.mark.parametrize("target", ["gone", ".venv"])
def test_a_link_that_leads_nowhere_stays(target: str, tmp_path: Path) -> None:
    (tmp_path / ".venv").symlink_to(target)
    with pytest.raises(CourseError, match=f"is a link to {target}"):
        Environment(tmp_path / ".venv").ensure()
    assert os.readlink(tmp_path / ".venv") == target


def test_a_link_to_an_environment_that_runs_is_not_used(tmp_path: Path) -> None:
    (tmp_path / ".venv").symlink_to(sys.prefix)
    with pytest.raises(CourseError, match="is a link to"):
        Environment(tmp_path / ".venv").ensure()


def test_a_file_in_its_place_is_named_and_kept(tmp_path: Path) -> None:
    (tmp_path / ".venv").write_text("my notes")
    with pytest.raises(CourseError, match=r"`\.venv` is a file\. .* Rename the file"):
        Environment(tmp_path / ".venv").ensure()
    assert (tmp_path / ".venv").read_text() == "my notes"


@pytest.mark.parametrize("name", ["notes.txt", "pyvenv.cfg", "lost+found/x"])
def test_a_folder_that_others_filled_is_not_emptied(name: str, tmp_path: Path) -> None:
    """A disk that is mounted there, notes, or an environment without pip, as `uv venv` makes it."""
    path = tmp_path / ".venv" / name
    path.parent.mkdir(parents=True)
    path.write_text("theirs")
    for _ in range(2):  # the first refusal leaves nothing behind that would permit the second
        with pytest.raises(CourseError, match=r"The course did not make `\.venv`.* Rename the folder"):
            Environment(tmp_path / ".venv").ensure()
    assert path.read_text() == "theirs"
    assert not (path.parent / LOCK).exists()


def test_a_link_inside_an_environment_is_removed_and_its_target_stays(tmp_path: Path) -> None:
    theirs, folder = tmp_path / "theirs", tmp_path / ".venv"
    theirs.mkdir()
    (theirs / "kept.txt").write_text("kept")
    folder.mkdir()
    (folder / LOCK).touch()
    (folder / "lib").symlink_to(theirs)
    install.make(folder, keep=LOCK)
    assert (theirs / "kept.txt").read_text() == "kept"
    assert not (folder / "lib").is_symlink()
