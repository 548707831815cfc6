"""The engine and the session maker."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from .models import Base


def check_foreign_keys(connection: Any, _: object) -> None:
    """Let SQLite check foreign keys on a new connection. Other databases always do so."""
    connection.execute("PRAGMA foreign_keys = ON")


@asynccontextmanager
async def open_engine(url: str) -> AsyncIterator[AsyncEngine]:
    """Create an engine and the tables. Dispose of the engine when the block ends, also by an exception."""
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
    """Create the session maker. Loaded rows stay readable after a commit."""
    return async_sessionmaker(engine, expire_on_commit=False)
