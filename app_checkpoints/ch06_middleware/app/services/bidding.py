"""The rules of bidding."""

from datetime import datetime
from decimal import Decimal

from ..models import Bid, Lot, User
from ..repositories.bids import BidRepository


def minimum_bid(lot: Lot) -> Decimal:
    """Return the lowest amount of the next bid on a lot."""
    if lot.min_raise is None or lot.bid_count == 0:
        return lot.price
    return lot.price + lot.min_raise


async def place_bid(
    lot: Lot, bidder: User, amount: Decimal, bids: BidRepository, now: datetime
) -> Bid | None:
    """Store a bid, or return None if it is too low. Chapter 7 shows what two bids at once make of this."""
    if amount < minimum_bid(lot):
        return None
    lot.bid_count += 1
    if lot.kind == "ascending":
        lot.price, lot.leader_id = amount, bidder.id
    bid = Bid(lot_id=lot.id, bidder=bidder, amount=amount, placed_at=now)
    await bids.add(bid)
    return bid
