"""Queries about tools."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from ..models import ReservedDay, Tool

SELECT_TOOLS = select(Tool).options(joinedload(Tool.owner))


class ToolRepository:
    """Queries about tools, in one session."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, tool: Tool) -> None:
        """Insert a tool. Afterwards it has its ID."""
        self._session.add(tool)
        await self._session.flush()

    async def find(self, tool_id: int) -> Tool | None:
        """The tool with this ID and its owner, or None."""
        return await self._session.scalar(SELECT_TOOLS.where(Tool.id == tool_id))

    async def search(
        self, *, category: str | None, free_on: date | None, limit: int, offset: int
    ) -> tuple[Sequence[Tool], int]:
        """One page of the tools that match, oldest first, and how many match on all pages."""
        conditions = []
        if category is not None:
            conditions.append(Tool.category == category)
        if free_on is not None:
            conditions.append(~exists().where(ReservedDay.tool_id == Tool.id, ReservedDay.day == free_on))
        total = await self._session.scalar(select(func.count(Tool.id)).where(*conditions))
        page = SELECT_TOOLS.where(*conditions).order_by(Tool.id).limit(limit).offset(offset)
        return (await self._session.scalars(page)).all(), total or 0

    async def delete(self, tool: Tool) -> None:
        """Delete a tool. Raises IntegrityError if it has a reservation."""
        await self._session.delete(tool)
        await self._session.flush()
