"""Whoever has read is held before it writes, and never once it has written."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.ext.asyncio import create_async_engine

from course.engine.checkpoint import race

READ, WRITE = text("SELECT price FROM lots"), text("UPDATE lots SET price = price + 1")


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long each was held; nobody really waits."""
    held: list[float] = []

    async def sleep(seconds: float) -> None:
        held.append(seconds)

    monkeypatch.setattr("course.engine.checkpoint.race.asyncio.sleep", sleep)
    return held


@pytest.fixture
def database(tmp_path: Path) -> str:
    engine = create_engine(f"sqlite:///{tmp_path}/lots.db")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE lots (price INTEGER)"))
    engine.dispose()
    return f"{tmp_path}/lots.db"


def test_each_reading_is_held_until_the_transaction_writes(database: str, held: list[float]) -> None:
    async def work() -> None:
        engine = create_async_engine(f"sqlite+aiosqlite:///{database}")
        with race.pause_after_reading():
            async with engine.begin() as connection:
                for statement in (READ, READ, WRITE, READ):
                    await connection.execute(statement)
            assert held == [race.PAUSE] * 2
            async with engine.begin() as connection:
                await connection.execute(READ)
            assert held == [race.PAUSE] * 3, "a new transaction begins anew"
        async with engine.begin() as connection:
            await connection.execute(READ)
        assert held == [race.PAUSE] * 3, "afterwards nobody is held"
        await engine.dispose()

    asyncio.run(work())


def test_an_engine_that_is_not_asynchronous_is_not_held(database: str, held: list[float]) -> None:
    engine = create_engine(f"sqlite:///{database}")
    with race.pause_after_reading(), engine.begin() as connection:
        assert connection.execute(READ).all() == []
    engine.dispose()
    assert held == []
