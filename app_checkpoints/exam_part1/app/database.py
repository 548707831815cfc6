"""The way to the database: one engine, closed by whoever opened it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from .models import Base


def check_foreign_keys(connection: Any, _: object) -> None:
    """Let SQLite check foreign keys on a new connection; other databases always do."""
    connection.execute("PRAGMA foreign_keys = ON")


@asynccontextmanager
async def open_engine(url: str) -> AsyncIterator[AsyncEngine]:
    """An engine with all tables made, disposed of when the block ends, however it ends."""
    engine = create_async_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine.sync_engine, "connect", check_foreign_keys)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        yield engine
    finally:
        await engine.dispose()


def session_maker(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    """What makes a session for each request. What a session has loaded stays readable after a commit."""
    return async_sessionmaker(engine, expire_on_commit=False)
