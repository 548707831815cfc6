"""The tools, as the database keeps them."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from ..models import ReservedDay, Tool

TOOLS = select(Tool).options(joinedload(Tool.owner))


class ToolRepository:
    """The tools, as one session sees them."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, tool: Tool) -> None:
        """Put a tool in the shed. From here on it has its number."""
        self._session.add(tool)
        await self._session.flush()

    async def find(self, tool_id: int) -> Tool | None:
        """The tool with this number and its owner, or None."""
        return await self._session.scalar(TOOLS.where(Tool.id == tool_id))

    async def matching(
        self, *, category: str | None, free_on: date | None, limit: int, offset: int
    ) -> tuple[Sequence[Tool], int]:
        """One page of the tools that fit, oldest first, and how many there are on all pages."""
        fitting = []
        if category is not None:
            fitting.append(Tool.category == category)
        if free_on is not None:
            fitting.append(~exists().where(ReservedDay.tool_id == Tool.id, ReservedDay.day == free_on))
        total = await self._session.scalar(select(func.count(Tool.id)).where(*fitting))
        page = TOOLS.where(*fitting).order_by(Tool.id).limit(limit).offset(offset)
        return (await self._session.scalars(page)).all(), total or 0

    async def remove(self, tool: Tool) -> None:
        """Delete a tool. Raises IntegrityError if it has a reservation: the foreign key decides."""
        await self._session.delete(tool)
        await self._session.flush()
