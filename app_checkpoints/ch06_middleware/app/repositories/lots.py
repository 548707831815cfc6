"""The lots of the house, as the database keeps them."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, undefer

from ..models import Lot, Photo

LOTS = select(Lot).options(joinedload(Lot.photo), joinedload(Lot.seller, innerjoin=True))


class LotRepository:
    """The lots, as one session sees them. It never commits: that happens at the edge of the request."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, lot: Lot) -> None:
        """Take in a lot. From here on it has its id."""
        self._session.add(lot)
        await self._session.flush()

    async def find(self, lot_id: int) -> Lot | None:
        """The lot with this id, or None."""
        return await self._session.scalar(LOTS.where(Lot.id == lot_id))

    async def latest(self) -> Lot | None:
        """The lot that was put up last of those still here, or None."""
        return await self._session.scalar(LOTS.order_by(Lot.id.desc()).limit(1))

    async def matching(
        self, *, category: str | None, search: str | None, max_price: Decimal | None, limit: int, offset: int
    ) -> tuple[Sequence[Lot], int]:
        """One page of the lots that fit, oldest first, and how many there are on all pages."""
        fitting = []
        if category is not None:
            fitting.append(Lot.category == category)
        if search is not None:
            fitting.append(Lot.title_folded.contains(search.casefold(), autoescape=True))
        if max_price is not None:
            fitting.append(Lot.starting_price <= max_price)
        page = LOTS.where(*fitting).order_by(Lot.id).limit(limit + 1).offset(offset)
        found = (await self._session.scalars(page)).all()
        if len(found) <= limit and (found or offset == 0):
            return found, offset + len(found)
        total = await self._session.scalar(select(func.count(Lot.id)).where(*fitting))
        return found[:limit], total or 0

    async def photo_of(self, lot_id: int) -> Photo | None:
        """The photo of a lot with its content, or None."""
        query = select(Photo).where(Photo.lot_id == lot_id).options(undefer(Photo.content))
        return await self._session.scalar(query)

    async def hang(self, photo: Photo) -> None:
        """Hang up the photo of a lot, in place of the one before."""
        await self._session.execute(delete(Photo).where(Photo.lot_id == photo.lot_id))
        self._session.add(photo)

    async def remove(self, lot: Lot) -> None:
        """Take a lot out of the house, and its photo with it."""
        await self._session.delete(lot)
