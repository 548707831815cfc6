"""`my_service/progress.json`: readable, written whole, never lost."""

import json
from pathlib import Path

import pytest

from course.engine import storage
from course.engine.chapters import Chapter
from course.engine.compose.lock import locked
from course.errors import CourseError
from course.learn import progress, workspace
from course.learn.progress_table import progress_table

Two = tuple[Chapter, Chapter]


def test_the_road_says_in_words_where_the_learner_is(two_chapters: Two) -> None:
    doors, rooms = two_chapters
    workspace.start(doors)
    progress.checked(doors, passed=True, holds=3, of=3, fingerprint="3f")
    workspace.start(rooms)
    shown = progress_table()
    assert shown.text == "1 of 2 chapters passed.\n  0  Doors  passed\n  1  Rooms  begun"
    progress.checked(rooms, passed=False, holds=2, of=9, fingerprint="4a")
    shown = progress_table()
    assert "begun, 2 of 9 requirements hold" in shown.text
    assert "begun, 2 of 9 requirements hold" in shown.html


def test_a_chapter_that_was_never_opened_is_not_begun(two_chapters: Two) -> None:
    assert progress_table().text.count("not begun") == 2


def test_a_chapter_that_passed_once_stays_passed_and_the_road_says_what_broke(two_chapters: Two) -> None:
    doors, _ = two_chapters
    progress.checked(doors, passed=True, holds=3, of=3, fingerprint="3f")
    progress.checked(doors, passed=False, holds=2, of=3, fingerprint="4a")
    record = progress.load().of(doors)
    assert (record.passed, record.fingerprint) == (True, "3f")
    assert "passed; at the last check 2 of 3 requirements hold" in progress_table().text


@pytest.mark.parametrize(
    "spoilt",
    [b"", b"{", b"\xff\xfe\x00", b"[]", b'{"chapters": 3}', b'{"chapters": {"ch00": {"holds": "many"}}}'],
    ids=["empty", "cut short", "not UTF-8", "a list", "no chapters", "no number"],
)
def test_a_file_that_cannot_be_read_is_kept_aside_and_said(
    two_chapters: Two, workspace_folder: Path, spoilt: bytes
) -> None:
    workspace_folder.mkdir()
    progress.location().write_bytes(spoilt)
    assert "is kept as my_service/progress-unreadable-1.json" in progress_table().text
    assert (workspace_folder / "progress-unreadable-1.json").read_bytes() == spoilt
    assert not progress.location().exists()


def test_what_is_set_aside_twice_gets_two_names(two_chapters: Two, workspace_folder: Path) -> None:
    workspace_folder.mkdir()
    for _ in range(2):
        progress.location().write_text("{", encoding="utf-8")
        progress.load()
    assert len(list(workspace_folder.glob("progress-unreadable-*.json"))) == 2


def test_the_file_is_json_that_a_person_can_read(two_chapters: Two) -> None:
    doors, _ = two_chapters
    progress.begun(doors)
    text = progress.location().read_text(encoding="utf-8")
    assert json.loads(text)["current"] == "ch00_doors"
    assert text.splitlines()[1] == f'  "about": "{progress.ABOUT}",'


def test_of_two_kernels_one_waits_for_the_other(two_chapters: Two, workspace_folder: Path) -> None:
    lock = workspace_folder / ".course" / "progress.lock"
    with progress._changing(), pytest.raises(CourseError, match="Another notebook"), locked(lock, patience=0):
        pass


def test_a_write_that_fails_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "progress.json"
    storage.write_text(path, "before\n")

    def interrupted(source: str, target: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("course.engine.storage.os.replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        storage.write_text(path, "after\n")
    assert path.read_text(encoding="utf-8") == "before\n"
    assert list(tmp_path.iterdir()) == [path]
