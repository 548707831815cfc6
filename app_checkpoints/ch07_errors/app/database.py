"""The way to the database: one engine, closed by whoever opened it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from sqlalchemy import Connection, event, inspect, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from .models import Base


def make_strict(connection: Any, _: object) -> None:
    """Ask SQLite, on a new connection, to mind foreign keys, and to wait half a minute for other writers."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA busy_timeout = 30000")
    cursor.close()


@asynccontextmanager
async def open_engine(url: str, *, echo: bool = False) -> AsyncIterator[AsyncEngine]:
    """An engine for any SQLAlchemy URL, disposed of when the block ends, however it ends."""
    engine = create_async_engine(url, echo=echo, hide_parameters=not echo)
    if engine.dialect.name == "sqlite":
        event.listen(engine.sync_engine, "connect", make_strict)
    try:
        yield engine
    finally:
        await engine.dispose()


async def is_alive(engine: AsyncEngine, *, patience: float = 1.0) -> bool:
    """Whether the database answers a question within `patience` seconds."""
    try:
        async with asyncio.timeout(patience), engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
    except (SQLAlchemyError, OSError):  # a TimeoutError is an OSError
        return False
    return True


class OldDatabase(Exception):
    """The database was made by an earlier chapter. Its words say what to do, and are for a person."""


def refuse_old_tables(connection: Connection) -> None:
    """Look whether each table that is there has the columns that its model needs. Raises OldDatabase."""
    there = inspect(connection)
    for name in sorted(Base.metadata.tables.keys() & set(there.get_table_names())):
        columns = {column["name"] for column in there.get_columns(name)}
        lacking = [column.name for column in Base.metadata.tables[name].columns if column.name not in columns]
        if lacking:
            raise OldDatabase(
                f"The table {name!r} in {connection.engine.url.database} was made by an earlier chapter:"
                f" it lacks {', '.join(lacking)}. Nothing in it was altered. Either move that database away,"
                " and Gavel makes a new one, or set GAVEL_DATABASE_URL to the address of another."
            )


FIRST = {"sqlite": "BEGIN IMMEDIATE", "postgresql": "SELECT pg_advisory_xact_lock(20310501)"}
"""By database: the statement behind which one worker at a time creates tables, until it commits."""


async def create_tables(engine: AsyncEngine) -> None:
    """Create the tables that are missing. One that is there stays as it is. Raises OldDatabase."""
    async with engine.begin() as connection:
        if engine.dialect.name in FIRST:
            await connection.exec_driver_sql(FIRST[engine.dialect.name])
        await connection.run_sync(refuse_old_tables)
        await connection.run_sync(Base.metadata.create_all)
    if engine.dialect.name == "sqlite":
        async with engine.connect() as connection:
            with suppress(OperationalError):  # another worker holds the file, and sets the same
                await connection.exec_driver_sql("PRAGMA journal_mode = WAL")


def session_maker(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    """What makes a session for each request. What a session has loaded stays readable after a commit."""
    return async_sessionmaker(engine, expire_on_commit=False)
