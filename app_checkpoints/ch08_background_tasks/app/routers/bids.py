"""List and place the bids on a lot."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Query

from ..dependencies import Bidder, BidsDep, EmailContextDep, LotDep, LotsDep, NowDep
from ..exceptions import BidTooLow, LotClosed, LotNotOpen, OwnLot, raises
from ..models import Bid, Lot
from ..schemas.bids import BidCreate, BidPage, BidQuery, BidRead
from ..services import bidding, notifications

router = APIRouter(prefix="/lots/{lot_id}/bids", tags=["bids"])


def to_bid_read(bid: Bid, lot: Lot, now: datetime) -> BidRead:
    """Make the response model of a bid, without its amount while the lot is sealed and not closed."""
    read = BidRead.model_validate(bid)
    if lot.kind == "sealed" and lot.status_at(now) != "closed":
        read.amount = None
    return read


@router.get("", response_model=BidPage)
async def list_bids(lot: LotDep, query: Annotated[BidQuery, Query()], bids: BidsDep, now: NowDep) -> BidPage:
    """List the bids on a lot, newest first."""
    found, total = await bids.of_lot(lot.id, **query.model_dump())
    return BidPage(items=[to_bid_read(bid, lot, now) for bid in found], total=total)


@router.post("", status_code=201, response_model=BidRead)
@raises(BidTooLow, LotNotOpen, LotClosed, OwnLot)
async def place_bid(
    new: BidCreate,
    bidder: Bidder,
    lot: LotDep,
    lots: LotsDep,
    bids: BidsDep,
    now: NowDep,
    context: EmailContextDep,
    tasks: BackgroundTasks,
) -> BidRead:
    """Place a bid on a lot. Of two equal bids at the same time, one is accepted."""
    bid = await bidding.place_bid(lot, bidder, new.amount, lots, bids, now)
    for notice in (notifications.send_receipt, notifications.send_outbid):
        tasks.add_task(notifications.log_errors, notice, context, bid.id)
    return to_bid_read(bid, lot, now)
