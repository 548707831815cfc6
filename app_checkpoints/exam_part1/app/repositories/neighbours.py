"""Queries about neighbours."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ..models import Neighbour


class NeighbourRepository:
    """Queries about neighbours, in one session."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, neighbour: Neighbour) -> None:
        """Insert a neighbour. Raises IntegrityError if the address is taken."""
        self._session.add(neighbour)
        await self._session.flush()

    async def find(self, neighbour_id: int) -> Neighbour | None:
        """The neighbour with this ID, or None."""
        return await self._session.get(Neighbour, neighbour_id)

    async def find_by_email(self, email: str) -> Neighbour | None:
        """The neighbour with this address, or None."""
        return await self._session.scalar(select(Neighbour).where(Neighbour.email == email))
