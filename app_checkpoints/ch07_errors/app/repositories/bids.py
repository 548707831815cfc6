"""The queries about bids."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from ..models import Bid


class BidRepository:
    """The bids, as one session sees them. It never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, bid: Bid) -> None:
        """Insert a bid. Afterwards it has its id."""
        self._session.add(bid)
        await self._session.flush()

    async def of_lot(self, lot_id: int, *, limit: int, offset: int) -> tuple[Sequence[Bid], int]:
        """Return one page of the bids on a lot, newest first, and the number of all bids on it."""
        query = select(Bid).where(Bid.lot_id == lot_id).options(joinedload(Bid.bidder, innerjoin=True))
        page = await self._session.scalars(query.order_by(Bid.id.desc()).limit(limit).offset(offset))
        total = await self._session.scalar(select(func.count(Bid.id)).where(Bid.lot_id == lot_id))
        return page.all(), total or 0
