"""The rules of bidding."""

from datetime import datetime
from decimal import Decimal

from ..exceptions import BidRefused, BidTooLow, LotClosed, LotNotOpen, OwnLot
from ..models import Bid, Lot, User
from ..repositories.bids import BidRepository
from ..repositories.lots import LotRepository


def minimum_bid(lot: Lot) -> Decimal:
    """The least that the next bid on a lot must be."""
    if lot.min_raise is None or lot.bid_count == 0:
        return lot.price
    return lot.price + lot.min_raise


async def place_bid(
    lot: Lot, bidder: User, amount: Decimal, lots: LotRepository, bids: BidRepository, now: datetime
) -> Bid:
    """Store a bid. Raises OwnLot, or the BidRefused that speaks against it; the database decides."""
    taken = await lots.take_bid(lot, bidder.id, amount, now)
    await lots.reread(lot)
    if not taken:
        judge(lot, bidder, amount, now)
        raise BidRefused("The lot changed at this very moment. Look at it again.")
    bid = Bid(lot_id=lot.id, bidder=bidder, amount=amount, placed_at=now)
    await bids.add(bid)
    return bid


def check_bid(
    amount: Decimal, *, minimum: Decimal, opens_at: datetime, closes_at: datetime, now: datetime, is_own: bool
) -> None:
    """Raise what speaks against a bid: what no other bid would mend before what a higher one would."""
    if is_own:
        raise OwnLot("Nobody bids on a lot of their own.")
    if now < opens_at:
        raise LotNotOpen(f"Bidding begins at {opens_at.isoformat()}.", opens_at=opens_at)
    if now >= closes_at:
        raise LotClosed(f"Bidding ended at {closes_at.isoformat()}.", closes_at=closes_at)
    if amount < minimum:
        raise BidTooLow(f"The next bid is at least {minimum}.", minimum_bid=minimum)


def judge(lot: Lot, bidder: User, amount: Decimal, now: datetime) -> None:
    """Compare a bid with a lot as it was read. Raises OwnLot, or the BidRefused that speaks against it."""
    check_bid(
        amount,
        minimum=minimum_bid(lot),
        opens_at=lot.opens_at,
        closes_at=lot.closes_at,
        now=now,
        is_own=lot.seller_id == bidder.id,
    )
