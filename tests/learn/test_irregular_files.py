"""A pipe, a link or a socket in a project: every command says so, waits for nothing and changes nothing."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from course.engine.chapters import Chapter
from course.engine.report import Problem, Result
from course.errors import CourseError
from course.learn import changes, checking, hints, progress, workspace
from course.learn.classroom import payloads
from course.learn.kernel_session import stamp
from course.learn.serving import serve

Two = tuple[Chapter, Chapter]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes in folders")


@pytest.fixture
def doors(two_chapters: Two) -> Chapter:
    """Chapter 0, passed, and then with a pipe in it."""
    doors, _ = two_chapters
    workspace.start(doors)
    (doors.project / "app" / "main.py").write_text("mine = 1\n", encoding="utf-8")
    progress.checked(doors, passed=True, holds=3, of=3, fingerprint=workspace.fingerprint(doors.project))
    hints.remember(doors.project, Result(0, problem=Problem("", "", "")), "")
    os.mkfifo(doors.project / "app" / "pipe.py")
    return doors


READERS: dict[str, Callable[[Chapter], object]] = {
    "%checkpoint": lambda chapter: checking.check(chapter, on_verdict=lambda verdict: None),
    "%changes": changes.changes,
    "%solution": changes.solution,
    "%serve": serve.serve,
    "%ask": lambda chapter: payloads.files(chapter.project),
}


@pytest.mark.parametrize("command", READERS)
def test_a_command_that_reads_the_project_names_the_pipe(command: str, doors: Chapter) -> None:
    with pytest.raises(CourseError, match=r"ch00_doors/app/pipe.py` is a pipe \(FIFO\), not a file"):
        READERS[command](doors)


def test_the_next_chapter_does_not_start_without_it(doors: Chapter, two_chapters: Two) -> None:
    with pytest.raises(CourseError, match=r"pipe\.py` is a pipe"):
        workspace.start(two_chapters[1])
    assert not two_chapters[1].project.exists()


def test_starting_over_keeps_the_pipe_too(doors: Chapter, workspace_folder: Path) -> None:
    workspace.start_over(doors)
    assert (workspace_folder / "kept" / "ch00_doors-1" / "app" / "pipe.py").is_fifo()


def test_a_kernel_that_looks_for_changes_leaves_it_out(doors: Chapter) -> None:
    assert sorted(stamp(doors.project)) == ["app/__init__.py", "app/main.py"]


@pytest.mark.parametrize("cell", ["%checkpoint", "%changes", "%serve", "%%write app/pipe.py\nA = 1\n"])
def test_the_notebook_shows_it_as_a_paragraph(cell: str, notebook: Any, two_chapters: Two) -> None:
    notebook.run("%chapter 0")
    os.mkfifo(two_chapters[0].project / "app" / "pipe.py")
    seen = notebook.run(cell)
    assert seen.error is None
    assert "ch00_doors/app/pipe.py` is a pipe (FIFO), not a file" in seen.text
    assert "Traceback" not in seen.text


@pytest.mark.parametrize("what", ["my_service", "my_service/ch00_doors"])
def test_a_workspace_or_a_project_behind_a_link_is_used_as_it_is(
    what: str, two_chapters: Two, workspace_folder: Path, tmp_path: Path
) -> None:
    doors, rooms = two_chapters
    workspace.start(doors)
    place, elsewhere = workspace_folder.parent / what, tmp_path / "elsewhere"
    place.rename(elsewhere)
    place.symlink_to(elsewhere)
    assert "goes on where you left it" in workspace.start(doors).sentence
    (doors.project / "app" / "mine.py").write_text("mine = 1\n", encoding="utf-8")
    workspace.start_over(doors)
    kept = workspace_folder / "kept" / "ch00_doors-1"
    assert (kept / "app" / "mine.py").read_text(encoding="utf-8") == "mine = 1\n"
    assert workspace.start(rooms).project.is_dir()


@pytest.mark.parametrize("what", ["my_service", "my_service/ch00_doors"])
def test_a_link_that_leads_nowhere_is_named_and_stays(
    what: str, two_chapters: Two, workspace_folder: Path, tmp_path: Path
) -> None:
    link = workspace_folder.parent / what
    link.parent.mkdir(exist_ok=True)
    for target in (tmp_path / "unplugged", link):
        link.symlink_to(target)
        for use in (workspace.start, workspace.start_over, workspace.opened):
            with pytest.raises(CourseError, match=f"^{what} is a link that leads nowhere, .*remove the link"):
                use(two_chapters[0])
        assert link.readlink() == target
        link.unlink()


def test_a_project_that_is_a_link_to_an_empty_folder_is_not_filled(two_chapters: Two, tmp_path: Path) -> None:
    doors, _ = two_chapters
    doors.project.parent.mkdir()
    (tmp_path / "empty").mkdir()
    doors.project.symlink_to(tmp_path / "empty")
    for use in (workspace.start, workspace.start_over):
        with pytest.raises(CourseError, match=r"^my_service/ch00_doors is a link to an empty folder"):
            use(doors)
    assert doors.project.is_symlink()
    assert list((tmp_path / "empty").iterdir()) == []
