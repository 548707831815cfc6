"""The database engine, and whether the database responds."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from .models import Base


@asynccontextmanager
async def open_engine(url: str, *, echo: bool = False) -> AsyncIterator[AsyncEngine]:
    """Open an engine for a database URL, and dispose of it when the block ends, for whatever reason."""
    engine = create_async_engine(url, echo=echo)
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


async def create_tables(engine: AsyncEngine) -> None:
    """Create the tables that are missing. A table that exists is not changed, even if its model was."""
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)


def session_maker(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    """Return a factory of sessions. Objects of a session stay readable after a commit."""
    return async_sessionmaker(engine, expire_on_commit=False)
