"""The checks, as one session sees them."""

from collections.abc import AsyncIterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from ..models import Base, Check, Member


async def insert_once(session: AsyncSession, table: type[Base], row: dict[str, Any]) -> int | None:
    """Insert a row and give its id, or None where this member sent the same event before.

    One statement decides: of two that arrive at once, one is new.
    """
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = dialect.insert(table).values(row)
    unless = statement.on_conflict_do_nothing(index_elements=["member_id", "event_id"])
    number: int | None = await session.scalar(unless.returning(table.__table__.c.id))
    return number


class CheckRepository:
    """What was checked. It never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, check: Check) -> bool:
        """Keep a check; False where it is known already."""
        row = {
            "member_id": check.member_id,
            "event_id": check.event_id,
            "chapter": check.chapter,
            "at": check.at,
            "ran": check.ran,
            "results": check.results,
        }
        return await insert_once(self._session, Check, row) is not None

    async def of(self, room_id: int) -> AsyncIterator[Check]:
        """Every check of a room, in the order in which they came, a few hundred in memory at once."""
        query = select(Check).join(Member).where(Member.room_id == room_id).order_by(Check.id)
        async for check in await self._session.stream_scalars(query.execution_options(yield_per=500)):
            yield check
