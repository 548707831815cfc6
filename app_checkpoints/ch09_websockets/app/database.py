"""The database engine, and whether the database responds."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from sqlalchemy import Connection, event, inspect, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from .models import Base


def configure_sqlite(connection: Any, _: object) -> None:
    """Let SQLite enforce foreign keys on a new connection, and wait half a minute for other writers."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA busy_timeout = 30000")
    cursor.close()


@asynccontextmanager
async def open_engine(url: str, *, echo: bool = False) -> AsyncIterator[AsyncEngine]:
    """Open an engine for a database URL, and dispose of it when the block ends, for whatever reason."""
    engine = create_async_engine(url, echo=echo, hide_parameters=not echo)
    if engine.dialect.name == "sqlite":
        event.listen(engine.sync_engine, "connect", configure_sqlite)
    try:
        yield engine
    finally:
        await engine.dispose()


async def is_alive(engine: AsyncEngine, *, time_limit: float = 1.0) -> bool:
    """Whether the database responds to a query within `time_limit` seconds."""
    try:
        async with asyncio.timeout(time_limit), engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
    except (SQLAlchemyError, OSError):  # TimeoutError is a subclass of OSError
        return False
    return True


class OldDatabase(Exception):
    """An earlier chapter made the database. The message tells the operator what to do."""


def check_tables(connection: Connection) -> None:
    """Compare the columns of each table with its model. Raises OldDatabase."""
    inspector = inspect(connection)
    for name in sorted(Base.metadata.tables.keys() & set(inspector.get_table_names())):
        columns = {column["name"] for column in inspector.get_columns(name)}
        missing = [column.name for column in Base.metadata.tables[name].columns if column.name not in columns]
        if missing:
            raise OldDatabase(
                f"The table {name!r} in {connection.engine.url.database} was made by an earlier chapter:"
                f" it lacks {', '.join(missing)}. Nothing in it was altered. Move that database file away,"
                " and Gavel makes a new one. Or set GAVEL_DATABASE_URL to the address of another database."
            )


LOCK_STATEMENTS = {"sqlite": "BEGIN IMMEDIATE", "postgresql": "SELECT pg_advisory_xact_lock(20310501)"}
"""By database: the statement that makes other workers wait until this transaction ends."""


async def create_tables(engine: AsyncEngine) -> None:
    """Create the tables that are missing, one worker at a time. Raises OldDatabase."""
    async with engine.begin() as connection:
        if engine.dialect.name in LOCK_STATEMENTS:
            await connection.exec_driver_sql(LOCK_STATEMENTS[engine.dialect.name])
        await connection.run_sync(check_tables)
        await connection.run_sync(Base.metadata.create_all)
    if engine.dialect.name == "sqlite":
        async with engine.connect() as connection:
            with suppress(OperationalError):  # another worker uses the file, and sets the same
                await connection.exec_driver_sql("PRAGMA journal_mode = WAL")


def session_maker(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    """Return a factory of sessions. Objects of a session stay readable after a commit."""
    return async_sessionmaker(engine, expire_on_commit=False)
