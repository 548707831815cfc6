"""The rules of bidding."""

from datetime import datetime
from decimal import Decimal

from ..exceptions import BidRefused, BidTooLow, LotClosed, LotNotOpen, OwnLot
from ..models import Bid, Lot, User
from ..repositories.bids import BidRepository
from ..repositories.lots import LotRepository


def minimum_bid(lot: Lot) -> Decimal:
    """Return the lowest amount of the next bid on a lot."""
    if lot.min_raise is None or lot.bid_count == 0:
        return lot.price
    return lot.price + lot.min_raise


async def place_bid(
    lot: Lot, bidder: User, amount: Decimal, lots: LotRepository, bids: BidRepository, now: datetime
) -> Bid:
    """Store a bid. Raises OwnLot, or the BidRefused that is the reason. The database decides."""
    accepted = await lots.accept_bid(lot, bidder.id, amount, now)
    await lots.refresh(lot)
    if not accepted:
        check_bid_on_lot(lot, bidder, amount, now)
        raise BidRefused("The lot changed at the same time. Read it again.")
    bid = Bid(lot_id=lot.id, bidder=bidder, amount=amount, placed_at=now)
    await bids.add(bid)
    return bid


def check_bid(
    amount: Decimal, *, minimum: Decimal, opens_at: datetime, closes_at: datetime, now: datetime, is_own: bool
) -> None:
    """Raise the reason against a bid: one that no other bid would remove comes before the amount."""
    if is_own:
        raise OwnLot("You cannot bid on your own lot.")
    if now < opens_at:
        raise LotNotOpen(f"Bidding begins at {opens_at.isoformat()}.", opens_at=opens_at)
    if now >= closes_at:
        raise LotClosed(f"Bidding ended at {closes_at.isoformat()}.", closes_at=closes_at)
    if amount < minimum:
        raise BidTooLow(f"The next bid is at least {minimum}.", minimum_bid=minimum)


def check_bid_on_lot(lot: Lot, bidder: User, amount: Decimal, now: datetime) -> None:
    """Check a bid against the values of a lot. Raises OwnLot, or the BidRefused that is the reason."""
    times = {"opens_at": lot.opens_at, "closes_at": lot.closes_at, "now": now}
    check_bid(amount, minimum=minimum_bid(lot), is_own=lot.seller_id == bidder.id, **times)
