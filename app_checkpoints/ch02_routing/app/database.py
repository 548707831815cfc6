"""The database engine, and whether the database responds."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine


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
