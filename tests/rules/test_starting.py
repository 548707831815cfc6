"""From chapter 7 on, workers may start at the same time, and a database that refuses raises at once."""

import asyncio
import importlib
import sqlite3
import threading
from collections.abc import Coroutine
from contextlib import closing
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from course.engine import chapters
from course.engine.chapters import Chapter

since_chapter_7 = pytest.mark.parametrize(
    "chapter", [each for each in chapters.numbered() if each.number >= 7], ids=lambda chapter: chapter.stem
)
WORKERS = 6


def database_of(chapter: Chapter) -> ModuleType:
    name = f"app_checkpoints.{chapter.checkpoint.name}.app"
    importlib.import_module(f"{name}.models")
    return importlib.import_module(f"{name}.database")


def create_tables(chapter: Chapter, url: str, attempts: list[str] | None = None) -> None:
    """Create the tables as a worker does that starts; `attempts` receives the connections that it opens."""
    database = database_of(chapter)

    def note(dialect: object, record: object, arguments: Any, parameters: object) -> None:
        if attempts is not None:
            attempts.append(str(arguments))

    async def start() -> None:
        engine: AsyncEngine
        async with database.open_engine(url) as engine:
            event.listen(engine.sync_engine, "do_connect", note)
            event.listen(engine.sync_engine, "begin", lambda _: note(None, None, "begin", None))
            try:
                await database.create_tables(engine)
            finally:
                await asyncio.sleep(0.1)  # the thread of a connection that failed still needs the loop

    run: Coroutine[Any, Any, None] = start()
    asyncio.run(run)


def tables(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    return {name for (name,) in found}


@since_chapter_7
def test_a_database_that_refuses_to_be_written_to_raises_at_once(chapter: Chapter, tmp_path: Path) -> None:
    path = tmp_path / "gavel.db"
    sqlite3.connect(path).close()
    attempts: list[str] = []
    with pytest.raises(OperationalError):
        create_tables(chapter, f"sqlite+aiosqlite:///file:{path.as_posix()}?mode=ro&uri=true", attempts)
    assert attempts.count("begin") == 1


@since_chapter_7
def test_a_database_that_cannot_be_opened_is_tried_once(chapter: Chapter, tmp_path: Path) -> None:
    attempts: list[str] = []
    with pytest.raises(OperationalError):
        create_tables(chapter, f"sqlite+aiosqlite:///{(tmp_path / 'nowhere' / 'a.db').as_posix()}", attempts)
    assert len(attempts) == 1


@since_chapter_7
def test_a_second_worker_waits_for_the_first_one(chapter: Chapter, tmp_path: Path) -> None:
    """The first one is in the middle of its work: it holds the file, and has created one table of three."""
    path = tmp_path / "gavel.db"
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as first:
        first.execute("BEGIN IMMEDIATE")

        def finish() -> None:
            for table in database_of(chapter).Base.metadata.sorted_tables:
                first.execute(f"CREATE TABLE {table.name} ({', '.join(each.name for each in table.columns)})")
            first.execute("COMMIT")

        timer = threading.Timer(0.3, finish)
        timer.start()
        create_tables(chapter, f"sqlite+aiosqlite:///{path.as_posix()}")
        timer.join()
    assert tables(path) >= {"users", "lots", "bids", "photos"}


@since_chapter_7
def test_workers_that_start_together_all_find_their_tables(chapter: Chapter, tmp_path: Path) -> None:
    for round_ in range(3):
        path = tmp_path / f"gavel{round_}.db"
        barrier, problems = threading.Barrier(WORKERS), list[Exception]()

        def start(
            path: Path = path, barrier: threading.Barrier = barrier, problems: list[Exception] = problems
        ) -> None:
            barrier.wait()
            try:
                create_tables(chapter, f"sqlite+aiosqlite:///{path.as_posix()}")
            except Exception as problem:
                problems.append(problem)

        workers = [threading.Thread(target=start) for _ in range(WORKERS)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert problems == []
        assert tables(path) >= {"users", "lots", "bids", "photos"}
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
