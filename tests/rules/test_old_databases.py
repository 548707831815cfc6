"""What an earlier chapter left in a database is never altered or lost, and the service says what to do."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import cache
from pathlib import Path

import pytest

from course.engine import chapters
from course.engine.chapters import Chapter
from course.engine.checkpoint.service import DATABASE, Service

KEEPING = [chapter for chapter in chapters.numbered() if chapter.number >= 3]
PAIRS = [
    pytest.param(early, late, id=f"{early.stem}-{late.stem}")
    for early in KEEPING
    for late in KEEPING
    if early.number < late.number
]


def service_of(chapter: Chapter, folder: Path) -> Service:
    return Service(f"app_checkpoints.{chapter.stem}.app", chapter.checkpoint, folder)


def rows(database: Path) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables."""
    with closing(sqlite3.connect(f"file:{database.as_posix()}?mode=ro", uri=True)) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for (name,) in names}


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Chapter], Path]:
    """What a chapter leaves behind: a database with one lot."""

    @cache
    def leave(chapter: Chapter) -> Path:
        folder = tmp_path_factory.mktemp(chapter.stem)
        with service_of(chapter, folder).client() as client:
            lot = {"title": "A clock", "category": "clocks", "starting_price": "120.00"}
            client.post("/api/v1/lots", json=lot).raise_for_status()
        return folder / DATABASE

    return leave


@pytest.mark.parametrize(("early", "late"), PAIRS)
def test_what_an_earlier_chapter_left_is_kept_as_it_is(
    early: Chapter, late: Chapter, left: Callable[[Chapter], Path], tmp_path: Path
) -> None:
    database = tmp_path / DATABASE
    shutil.copy(left(early), database)
    before, content = rows(database), database.read_bytes()
    refusal = ""
    try:
        with service_of(late, tmp_path).client(person=None) as client:
            assert client.get("/api/v1/lots").json()["total"] == 1, "what starts shows the lot that is there"
    except Exception as error:
        refusal = str(error)
    assert refusal.count("Nothing in it was altered") == (1 if refusal else 0), refusal
    if refusal:
        assert database.read_bytes() == content, "a database that is refused is the same to the byte"
        assert "made by an earlier chapter" in refusal
        assert "GAVEL_DATABASE_URL" in refusal, "the words say what to do"
    after = rows(database)
    assert {name: after[name] for name in before} == before, "each row is there as it was"
