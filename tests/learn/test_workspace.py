"""Starting chapters, and never losing what a learner wrote."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from course.engine import project_files
from course.engine.chapters import Chapter
from course.errors import CourseError
from course.learn import progress, workspace

Two = tuple[Chapter, Chapter]
OWN = "mine = 1\n"


def write(chapter: Chapter, text: str, name: str = "app/main.py") -> None:
    path = chapter.project / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def read(chapter: Chapter, name: str = "app/main.py") -> str:
    return (chapter.project / name).read_text(encoding="utf-8")


def pass_checkpoint(chapter: Chapter) -> None:
    progress.checked(chapter, passed=True, holds=3, of=3, fingerprint=workspace.fingerprint(chapter.project))


def test_the_first_chapter_starts_from_an_empty_service(two_chapters: Two) -> None:
    doors, _ = two_chapters
    started = workspace.start(doors)
    assert started.sentence == "Chapter 0 starts from an empty service, in my_service/ch00_doors."
    assert sorted(project_files.read(doors.project)) == ["README.md", "app/__init__.py", "pyproject.toml"]


def test_a_chapter_starts_from_the_learners_own_once_that_has_passed(two_chapters: Two) -> None:
    doors, rooms = two_chapters
    workspace.start(doors)
    write(doors, OWN)
    pass_checkpoint(doors)
    started = workspace.start(rooms)
    assert "your own chapter 0, which passed its checkpoint" in started.sentence
    assert read(rooms) == OWN


def test_work_whose_own_requirements_hold_is_never_replaced(two_chapters: Two) -> None:
    doors, rooms = two_chapters
    workspace.start(doors)
    write(doors, OWN)
    now = workspace.fingerprint(doors.project)
    progress.checked(doors, passed=False, holds=3, of=3, fingerprint=now)
    started = workspace.start(rooms)
    assert "your own chapter 0: all of its own requirements hold" in started.sentence
    assert read(rooms) == OWN


def test_a_chapter_starts_from_the_courses_while_the_learners_has_not_passed(two_chapters: Two) -> None:
    doors, rooms = two_chapters
    workspace.start(doors)
    write(doors, OWN)
    started = workspace.start(rooms)
    assert "from the course's chapter 0 (yours has not passed its checkpoint yet)" in started.sentence
    assert "FastAPI" in read(rooms)


def test_a_chapter_starts_from_the_courses_where_the_learner_has_none(two_chapters: Two) -> None:
    _, rooms = two_chapters
    assert "from the course's chapter 0 (you have none of your own yet)" in workspace.start(rooms).sentence


def test_what_changed_after_its_checkpoint_passed_is_not_taken_for_what_passed(two_chapters: Two) -> None:
    doors, rooms = two_chapters
    workspace.start(doors)
    pass_checkpoint(doors)
    write(doors, OWN)
    started = workspace.start(rooms)
    assert "yours has changed since its checkpoint passed" in started.sentence
    assert read(rooms) != OWN


def test_starting_again_goes_on_and_touches_nothing(two_chapters: Two) -> None:
    _, rooms = two_chapters
    workspace.start(rooms)
    write(rooms, OWN)
    started = workspace.start(rooms)
    assert started.sentence == "Chapter 1 goes on where you left it, in my_service/ch01_rooms."
    assert read(rooms) == OWN


def test_starting_over_keeps_each_old_folder_under_a_number(
    two_chapters: Two, workspace_folder: Path
) -> None:
    _, rooms = two_chapters
    workspace.start(rooms)
    for number in (1, 2):
        write(rooms, f"mine = {number}\n")
        sentence = workspace.start_over(rooms).sentence
        assert sentence.startswith(f"Your work is kept in my_service/kept/ch01_rooms-{number}.")
    kept = [workspace_folder / "kept" / f"ch01_rooms-{number}" / "app" / "main.py" for number in (1, 2)]
    assert [path.read_text(encoding="utf-8") for path in kept] == ["mine = 1\n", "mine = 2\n"]
    assert "FastAPI" in read(rooms)


def test_starting_over_loses_nothing_when_the_course_has_nothing_to_start_from(two_chapters: Two) -> None:
    doors, rooms = two_chapters
    workspace.start(rooms)
    write(rooms, OWN)
    doors.checkpoint.rename(doors.checkpoint.with_name("gone"))
    with pytest.raises(CourseError, match="course build"):
        workspace.start_over(rooms)
    assert read(rooms) == OWN


def test_databases_and_caches_stay_behind_when_a_chapter_starts_from_the_one_before(
    two_chapters: Two,
) -> None:
    doors, rooms = two_chapters
    workspace.start(doors)
    for name in ("gavel.db", "gavel.db-wal", "app/__pycache__/main.pyc", ".course/last.json", ".env"):
        write(doors, "GAVEL_ECHO_SQL=1\n", name)
    pass_checkpoint(doors)
    workspace.start(rooms)
    names = sorted(project_files.read(rooms.project))
    assert names == [".env", "README.md", "app/__init__.py", "pyproject.toml"]
    assert not (rooms.project / "gavel.db").exists()


def test_the_readme_is_the_new_chapters_unless_the_learner_wrote_in_it(two_chapters: Two) -> None:
    doors, rooms = two_chapters
    workspace.start(doors)
    pass_checkpoint(doors)
    workspace.start(rooms)
    assert read(rooms, "README.md").startswith("# Your Gavel, chapter 1: Rooms\n")
    write(doors, "My notes.\n", "README.md")
    workspace.start_over(rooms)
    assert read(rooms, "README.md") == "My notes.\n"


def test_a_start_that_fails_halfway_leaves_nothing_behind(
    two_chapters: Two, workspace_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, rooms = two_chapters
    monkeypatch.setattr(Path, "write_bytes", _full_after(2, Path.write_bytes))
    with pytest.raises(OSError, match="disk full"):
        workspace.start(rooms)
    assert list(workspace_folder.iterdir()) == []


def test_what_a_killed_start_left_is_swept_and_what_another_kernel_copies_is_not(
    two_chapters: Two, workspace_folder: Path
) -> None:
    _, rooms = two_chapters
    dead = workspace_folder / ".ch01_rooms-999999999.part"
    living = workspace_folder / f".ch01_rooms-{os.getppid()}.part"
    dead.mkdir(parents=True)
    living.mkdir()
    workspace.start(rooms)
    assert not dead.exists()
    assert living.exists()


def test_two_kernels_that_start_one_chapter_at_once_share_it(
    two_chapters: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, rooms = two_chapters
    prepare = workspace._prepare

    def overtaken(chapter: Chapter, files: dict[str, bytes]) -> Path:
        part = prepare(chapter, files)
        write(chapter, OWN)
        return part

    monkeypatch.setattr(workspace, "_prepare", overtaken)
    workspace.start(rooms)
    assert read(rooms) == OWN
    assert [path.name for path in rooms.project.parent.glob(".*.part")] == []


def test_a_file_in_the_place_of_the_workspace_is_named_and_kept(
    two_chapters: Two, workspace_folder: Path
) -> None:
    doors, rooms = two_chapters
    workspace_folder.write_text("my notes", encoding="utf-8")
    for use in (workspace.start, workspace.start_over, workspace.opened):
        with pytest.raises(CourseError, match=r"^my_service is a file, .*Rename the file") as refused:
            use(rooms)
        assert ".part" not in str(refused.value)
    with pytest.raises(CourseError, match=r"^my_service is a file"):
        progress.load()
    with pytest.raises(CourseError, match=r"^my_service is a file"):
        progress.begun(doors)
    assert workspace_folder.read_text(encoding="utf-8") == "my notes"


def test_a_file_above_the_workspace_is_named(
    two_chapters: Two, workspace_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace_folder.write_text("my notes", encoding="utf-8")
    monkeypatch.setenv("COURSE_WORKSPACE", str(workspace_folder / "solved"))
    with pytest.raises(CourseError, match="my_service is a file"):
        workspace.start(two_chapters[0])


def test_a_file_in_the_place_of_a_project_is_named_and_kept(two_chapters: Two) -> None:
    doors, _ = two_chapters
    doors.project.parent.mkdir()
    doors.project.write_text("my notes", encoding="utf-8")
    with pytest.raises(CourseError, match=r"^my_service/ch00_doors is a file"):
        workspace.start(doors)
    assert doors.project.read_text(encoding="utf-8") == "my notes"
    assert [path.name for path in doors.project.parent.iterdir()] == ["ch00_doors"]


def test_a_folder_of_notes_is_not_taken_for_a_begun_chapter(two_chapters: Two) -> None:
    _, rooms = two_chapters
    write(rooms, "buy milk\n", "notes.txt")
    for use in (workspace.start, workspace.opened):
        with pytest.raises(CourseError) as refused:
            use(rooms)
        assert refused.value.what == (
            "my_service/ch01_rooms holds notes.txt, and no service: chapter 1 has not begun there."
        )
    assert progress.status(rooms, progress.Record()) == "not begun"
    assert progress.load().current == ""
    assert read(rooms, "notes.txt") == "buy milk\n"


def test_starting_over_keeps_a_folder_of_notes_and_begins(two_chapters: Two, workspace_folder: Path) -> None:
    _, rooms = two_chapters
    write(rooms, "buy milk\n", "notes.txt")
    workspace.start_over(rooms)
    kept = workspace_folder / "kept" / "ch01_rooms-1" / "notes.txt"
    assert kept.read_text(encoding="utf-8") == "buy milk\n"
    assert "FastAPI" in read(rooms)


def test_notes_in_the_folder_of_the_chapter_before_are_not_taken_for_a_service(two_chapters: Two) -> None:
    doors, rooms = two_chapters
    write(doors, "buy milk\n", "notes.txt")
    assert "(you have none of your own yet)" in workspace.start(rooms).sentence


def _full_after(writes: int, write: Callable[[Path, bytes], int]) -> Callable[[Path, bytes], int]:
    count = iter(range(writes))

    def limited(path: Path, content: bytes) -> int:
        if next(count, None) is None:
            raise OSError(28, "disk full", str(path))
        return write(path, content)

    return limited
