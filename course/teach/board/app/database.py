"""The database: one engine. The function that opens it also closes it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from .models import Base


def make_strict(connection: Any, _: object) -> None:
    """Ask SQLite, on a new connection, to mind foreign keys, and to wait half a minute for other writers."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA busy_timeout = 30000")
    cursor.close()


@asynccontextmanager
async def open_engine(url: str) -> AsyncIterator[AsyncEngine]:
    """An engine for any SQLAlchemy URL, disposed of when the block ends, however it ends."""
    engine = create_async_engine(url, hide_parameters=True, pool_pre_ping=not url.startswith("sqlite"))
    if engine.dialect.name == "sqlite":
        event.listen(engine.sync_engine, "connect", make_strict)
    try:
        yield engine
    finally:
        await engine.dispose()


async def create_tables(engine: AsyncEngine) -> None:
    """Create the tables that are missing; with SQLite, let clients read during a write."""
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    if engine.dialect.name == "sqlite":
        async with engine.connect() as connection:
            await connection.exec_driver_sql("PRAGMA journal_mode = WAL")


def session_maker(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    """What makes a session for each request. What a session has loaded stays readable after a commit."""
    return async_sessionmaker(engine, expire_on_commit=False)


def writers(engine: AsyncEngine) -> int:
    """How many may write at once: SQLite takes one; the others wait here, in order."""
    return 1 if engine.dialect.name == "sqlite" else 4
