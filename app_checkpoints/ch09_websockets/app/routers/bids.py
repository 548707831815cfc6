"""The bids on a lot: place one, read them all."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Query, Request
from fastapi.requests import HTTPConnection

from ..dependencies import Bidder, BidsDep, LotDep, LotsDep, MailroomDep, NowDep, RoomsDep
from ..exceptions import BidTooLow, LotClosed, LotNotOpen, OwnLot, raises
from ..live import Rooms
from ..models import Bid, Lot
from ..schemas.bids import BidCreate, BidPage, BidQuery, BidRead
from ..schemas.live import BidNews
from ..services import bidding, notices
from . import lots as catalogue

router = APIRouter(prefix="/lots/{lot_id}/bids", tags=["bids"])


def shown(bid: Bid, lot: Lot, now: datetime) -> BidRead:
    """A bid as everyone may know it at this moment: an envelope stays closed until the close."""
    read = BidRead.model_validate(bid)
    if lot.kind == "sealed" and lot.status_at(now) != "closed":
        read.amount = None
    return read


@router.get("", response_model=BidPage)
async def list_bids(lot: LotDep, wanted: Annotated[BidQuery, Query()], bids: BidsDep, now: NowDep) -> BidPage:
    """The bids on a lot, newest first."""
    found, total = await bids.of_lot(lot.id, **wanted.model_dump())
    return BidPage(items=[shown(bid, lot, now) for bid in found], total=total)


@router.post("", status_code=201, response_model=BidRead)
@raises(BidTooLow, LotNotOpen, LotClosed, OwnLot)
async def place_bid(
    new: BidCreate,
    bidder: Bidder,
    lot: LotDep,
    lots: LotsDep,
    bids: BidsDep,
    now: NowDep,
    rooms: RoomsDep,
    room: MailroomDep,
    tasks: BackgroundTasks,
    request: Request,
) -> BidRead:
    """Bid on a lot. Of two bids at one moment, one stands. Then the room hears of it, then go the letters."""
    bid = await bidding.place_bid(lot, bidder, new.amount, lots, bids, now)
    news = news_of(bid, lot, request, now)
    tasks.add_task(announce, rooms, lot.id, news)
    for notice in (notices.receipt, notices.outbid):
        tasks.add_task(notices.quietly, notice, room, bid.id)
    return shown(bid, lot, now)


def news_of(bid: Bid, lot: Lot, connection: HTTPConnection, now: datetime) -> str:
    """What everyone in the room of a lot is told of a bid."""
    seen = catalogue.shown(lot, connection, now)
    return BidNews(bid=shown(bid, lot, now), lot=seen).model_dump_json()


async def announce(rooms: Rooms, lot_id: int, news: str) -> None:
    """Tell a room. As a background task it must be `async`: a plain function would run in a thread."""
    rooms.tell(lot_id, news)
