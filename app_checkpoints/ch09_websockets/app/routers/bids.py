"""List and place the bids on a lot."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Query, Request
from fastapi.requests import HTTPConnection

from ..channels import Channels
from ..dependencies import Bidder, BidsDep, ChannelsDep, EmailContextDep, LotDep, LotsDep, NowDep
from ..exceptions import BidTooLow, LotClosed, LotNotOpen, OwnLot, raises
from ..models import Bid, Lot
from ..schemas.bids import BidCreate, BidPage, BidQuery, BidRead
from ..schemas.live import BidEvent
from ..services import bidding, notifications
from . import lots as lot_routes

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
    channels: ChannelsDep,
    context: EmailContextDep,
    tasks: BackgroundTasks,
    request: Request,
) -> BidRead:
    """Place a bid on a lot. Of two equal bids at the same time, one is accepted."""
    bid = await bidding.place_bid(lot, bidder, new.amount, lots, bids, now)
    tasks.add_task(broadcast, channels, lot.id, bid_event(bid, lot, request, now))
    for send in (notifications.send_receipt, notifications.send_outbid):
        tasks.add_task(notifications.log_errors, send, context, bid.id)
    return to_bid_read(bid, lot, now)


def bid_event(bid: Bid, lot: Lot, connection: HTTPConnection, now: datetime) -> str:
    """The message that a bid was placed, as JSON."""
    lot_read = lot_routes.to_lot_read(lot, connection, now)
    return BidEvent(bid=to_bid_read(bid, lot, now), lot=lot_read).model_dump_json()


async def broadcast(channels: Channels, lot_id: int, event: str) -> None:
    """Publish an event. As a background task it must be `async`: a plain function would run in a thread."""
    channels.publish(lot_id, event)
