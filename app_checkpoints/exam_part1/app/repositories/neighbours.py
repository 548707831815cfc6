"""The neighbours, as the database keeps them."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ..models import Neighbour


class NeighbourRepository:
    """The neighbours, as one session sees them."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, neighbour: Neighbour) -> None:
        """Take somebody in. Raises IntegrityError where the address is taken."""
        self._session.add(neighbour)
        await self._session.flush()

    async def find(self, neighbour_id: int) -> Neighbour | None:
        """The neighbour with this number, or None."""
        return await self._session.get(Neighbour, neighbour_id)

    async def with_email(self, email: str) -> Neighbour | None:
        """The neighbour with this address, or None."""
        return await self._session.scalar(select(Neighbour).where(Neighbour.email == email))
