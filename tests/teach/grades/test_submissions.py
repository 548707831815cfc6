"""What is taken from a submission: the packed project, the cells, and the better of the two."""

import zipfile
from pathlib import Path

import pytest

from course.engine import chapters, given, project_files, projects
from course.engine.report import Result, Verdict
from course.errors import CourseError
from course.teach.grades import candidates, confinement, grading, packing
from course.teach.grades.grading import Checked

CHAPTER = chapters.find(1)


def archive(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in files.items():
            opened.writestr(name, content)
    return path


def checked(origin: str, held: int, notes: tuple[str, ...] = ()) -> Checked:
    verdicts = tuple(Verdict(f"test_{n}", 1, "", "holds" if n < held else "fails") for n in range(4))
    return Checked(origin, notes, Result(1, verdicts))


def test_a_packed_project_comes_back_as_it_was(tmp_path: Path) -> None:
    project = projects.materialise(projects.project(CHAPTER), tmp_path / "project")
    (project / "gavel.db").write_text("left by a run")
    (project / ".course").mkdir()
    (project / ".course" / "note").write_text("the course's own")
    number = packing.packed(project, tmp_path / packing.SERVICE)
    back = packing.unpacked(tmp_path / packing.SERVICE)
    assert {name: text.encode() for name, text in projects.project(CHAPTER).items()} == back
    assert number == len(back)


@pytest.mark.parametrize(
    "name", ["../outside.py", "/etc/outside", "app/../../x.py", "C:\\x.py", "a\\..\\x.py"]
)
def test_a_file_that_would_leave_the_project_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(CourseError, match="outside the project"):
        packing.unpacked(archive(tmp_path / "x.zip", {name: b""}))


def test_an_archive_that_swells_is_refused_before_it_fills_the_memory(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="more than 20 MiB"):
        packing.unpacked(archive(tmp_path / "x.zip", {"a": b"0" * project_files.LARGEST, "b": b"0"}))


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    many = {f"{number}.py": b"" for number in range(project_files.MOST + 1)}
    with pytest.raises(CourseError, match="2001 files"):
        packing.unpacked(archive(tmp_path / "x.zip", many))


def test_an_archive_that_is_none_leaves_the_cells_to_be_graded_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"PK no zip")
    (only,) = candidates.of(CHAPTER, [], tmp_path / "x.zip")
    assert only.origin == candidates.CELLS
    assert "service.zip cannot be read" in only.notes[0]


def test_a_packed_project_that_the_cells_build_too_is_checked_once(tmp_path: Path) -> None:
    start = {name: text.encode() for name, text in projects.start(CHAPTER).items()}
    assert len(candidates.of(CHAPTER, [], archive(tmp_path / "x.zip", start))) == 1
    edited = {**start, "app/own.py": b"OWN = 1\n"}
    assert len(candidates.of(CHAPTER, [], archive(tmp_path / "x.zip", edited))) == 2


def test_a_cell_with_a_mistake_is_left_out_as_it_is_in_the_notebook() -> None:
    found = candidates.from_cells(
        CHAPTER, ["%%add app/main.py\ndef broken(:", "%%write ../x.py\nX = 1", "1 + 1"]
    )
    assert [note.split("`")[1] for note in found.notes] == ["%%add app/main.py", "%%write ../x.py"]
    assert set(found.files) == set(candidates.from_cells(CHAPTER, []).files)


def test_given_code_is_applied_as_the_chapter_gives_it(monkeypatch: pytest.MonkeyPatch) -> None:
    cells = ("%%write app/given.py\nX = 1", "%%add app/given.py\nY = 1")
    monkeypatch.setattr(given, "of", lambda text: (given.Given("the-code", "Code.", cells, 1, 9),))
    found = candidates.from_cells(
        CHAPTER, ["%given the-code", "%given other", "%%write a.html\n%given the-code\n"]
    )
    assert found.files["app/given.py"] == b"X = 1\nY = 1\n"
    assert found.notes == ("The cell `%given other` was left out. The chapter gives no such code.",)


def test_the_better_version_counts_and_the_other_one_is_told_of() -> None:
    early, late = checked(packing.SERVICE, 1), checked(candidates.CELLS, 3)
    judgement = grading._best([early, late])
    assert judgement.counts is late
    assert "Checked too, and not better: service.zip, 1." in judgement.summary
    assert grading._best([checked(packing.SERVICE, 3), late]).counts.origin == packing.SERVICE


@pytest.mark.skipif(confinement.version() == 0, reason="this system has no Landlock, so nothing is shut in")
def test_a_process_that_is_shut_in_writes_in_its_folder_and_signals_nobody(tmp_path: Path) -> None:
    import subprocess
    import sys

    (tmp_path / "room").mkdir()
    program = """
import os, subprocess, sys
from pathlib import Path
from course.teach.grades import confinement
room, outside = Path(sys.argv[1]), Path(sys.argv[2])
assert confinement.shut_in(room)
(room / "inside").write_text("x")
Path(os.devnull).write_text("x")
refused = []
for act in (
    lambda: outside.write_text("x"),
    lambda: os.truncate(room.parent / "there", 0),
    lambda: (room / "inside").rename(room.parent / "moved"),
    lambda: os.kill(os.getppid(), 0),
):
    try:
        act()
    except OSError:
        refused.append(1)
child = subprocess.run([sys.executable, "-c", f"open({str(outside)!r}, 'w')"], stderr=subprocess.DEVNULL)
print(len(refused), child.returncode)
"""
    (tmp_path / "there").write_text("kept")
    words = [sys.executable, "-c", program, str(tmp_path / "room"), str(tmp_path / "new")]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["4" if confinement.version() >= 6 else "3", "1"], done.stderr
    assert (tmp_path / "there").read_text() == "kept"
