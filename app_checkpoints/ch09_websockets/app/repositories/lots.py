"""The queries about lots and their photos."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, case, delete, func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, undefer

from ..exceptions import LotNotFound
from ..models import Lot, Photo

LOTS = select(Lot).options(joinedload(Lot.photo), joinedload(Lot.seller, innerjoin=True))


class LotRepository:
    """All queries about lots, in one session. It never commits: `get_session` does."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, lot: Lot) -> None:
        """Add a lot. Afterwards it has its id."""
        self._session.add(lot)
        await self._session.flush()

    async def find(self, lot_id: int) -> Lot | None:
        """Return the lot with this id, or None."""
        return await self._session.scalar(LOTS.where(Lot.id == lot_id))

    async def refresh(self, lot: Lot) -> Lot:
        """Read the row again into the same object. Raises LotNotFound if it is gone."""
        query = LOTS.where(Lot.id == lot.id).execution_options(populate_existing=True)
        if await self._session.scalar(query) is None:
            raise LotNotFound(f"There is no lot {lot.id} any more.")
        return lot

    async def lock(self, lot: Lot) -> Lot:
        """Lock the row until the request's transaction ends, and read it again. Raises LotNotFound.

        `SELECT ... FOR UPDATE` does not exist on SQLite. An UPDATE makes other requests wait there too.
        """
        await self._session.execute(update(Lot).where(Lot.id == lot.id).values(id=Lot.id))
        return await self.refresh(lot)

    async def latest(self) -> Lot | None:
        """Return the newest lot that still exists, or None."""
        return await self._session.scalar(LOTS.order_by(Lot.id.desc()).limit(1))

    async def search(
        self, *, category: str | None, search: str | None, max_price: Decimal | None, limit: int, offset: int
    ) -> tuple[Sequence[Lot], int]:
        """Return one page of the matching lots, oldest first, and the number of all matching lots."""
        conditions = []
        if category is not None:
            conditions.append(Lot.category == category)
        if search is not None:
            conditions.append(Lot.title_folded.contains(search.casefold(), autoescape=True))
        if max_price is not None:
            conditions.append(Lot.starting_price <= max_price)
        page = LOTS.where(*conditions).order_by(Lot.id).limit(limit + 1).offset(offset)
        found = (await self._session.scalars(page)).all()
        if len(found) <= limit and (found or offset == 0):  # the last page: nothing to count
            return found, offset + len(found)
        total = await self._session.scalar(select(func.count(Lot.id)).where(*conditions))
        return found[:limit], total or 0

    async def photo_of(self, lot_id: int) -> Photo | None:
        """Return the photo of a lot with its content, or None."""
        query = select(Photo).where(Photo.lot_id == lot_id).options(undefer(Photo.content))
        return await self._session.scalar(query)

    async def set_photo(self, photo: Photo) -> None:
        """Store or replace the photo of a lot. The DELETE comes first, so two uploads take turns."""
        await self._session.execute(delete(Photo).where(Photo.lot_id == photo.lot_id))
        self._session.add(photo)

    async def delete(self, lot: Lot) -> None:
        """Delete a lot, and its photo with it."""
        await self._session.delete(lot)

    async def accept_bid(self, lot: Lot, bidder_id: int, amount: Decimal, now: datetime) -> bool:
        """Count a bid if the row allows it, in one statement. Of two equal bids the database accepts one."""
        offer = literal(amount, Lot.price.type)
        minimum: ColumnElement[Decimal] = Lot.price.expression
        changes: dict[str, Any] = {"bid_count": Lot.bid_count + 1}
        if lot.kind == "ascending":
            minimum = case((Lot.bid_count == 0, Lot.price), else_=Lot.price + Lot.min_raise)
            changes |= {"price": amount, "leader_id": bidder_id}
        accepted = await self._session.scalar(
            update(Lot)
            .where(Lot.id == lot.id, Lot.seller_id != bidder_id)
            .where(Lot.opens_at <= now, Lot.closes_at > now, minimum <= offer)
            .values(changes)
            .returning(Lot.id)
            .execution_options(synchronize_session=False)
        )
        return accepted is not None
