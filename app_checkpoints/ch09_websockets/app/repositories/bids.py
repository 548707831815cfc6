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

    async def get(self, bid_id: int) -> Bid:
        """The bid with this id, with its lot and its bidder. Raises NoResultFound if there is none."""
        query = select(Bid).where(Bid.id == bid_id)
        with_all = query.options(joinedload(Bid.bidder, innerjoin=True), joinedload(Bid.lot, innerjoin=True))
        return (await self._session.scalars(with_all)).one()

    async def beaten_by(self, bid: Bid) -> Bid | None:
        """The bid that led the lot before this one, with its bidder loaded; None if this was the first."""
        lower = select(Bid).where(Bid.lot_id == bid.lot_id, Bid.amount < bid.amount)
        query = lower.options(joinedload(Bid.bidder, innerjoin=True)).order_by(Bid.amount.desc()).limit(1)
        return await self._session.scalar(query)
