"""A lot as it happens: tickets, the live line, and the stream for those who only watch."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response, WebSocket
from fastapi.requests import HTTPConnection
from fastapi.security import SecurityScopes
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from ..conversation import Conversation, Goodbye
from ..dependencies import (
    Bidder,
    ClaimsDep,
    ClockDep,
    ErrandsDep,
    LotDep,
    LotId,
    MailroomDep,
    NowDep,
    PermissionChecker,
    RoomsDep,
    SessionsDep,
    SettingsDep,
    TicketsDep,
    check_origin,
    get_current_user,
    get_lot,
)
from ..errands import Errands
from ..exceptions import GavelError, InvalidTicket, LotNotFound, RoomFull, TooManyConnections, raises
from ..live import Rooms, Seat
from ..models import Bid, Lot
from ..problems import KINDS, Problem, message_of
from ..repositories.bids import BidRepository
from ..repositories.lots import LotRepository
from ..repositories.users import UserRepository
from ..schemas.live import MESSAGE, BidMessage, State, TicketRead, Trouble
from ..security import Claims
from ..services import bidding, notices
from ..services.notices import Mailroom
from ..tickets import GOOD_FOR
from .auth import network_of
from .bids import news_of
from .lots import shown

router = APIRouter(prefix="/lots/{lot_id}", tags=["live"])


@router.post("/tickets", status_code=201, response_model=TicketRead)
async def give_ticket(
    lot: LotDep, bidder: Bidder, claims: ClaimsDep, tickets: TicketsDep, now: NowDep, response: Response
) -> TicketRead:
    """A ticket with which one may bid over the live line of this lot: once, and soon."""
    response.headers["Cache-Control"] = "no-store"
    return TicketRead(ticket=tickets.give(claims, lot.id, now), expires_in=GOOD_FOR.seconds)


@raises(LotNotFound, RoomFull, TooManyConnections)
async def get_seat(
    lot_id: LotId, rooms: RoomsDep, sessions: SessionsDep, clock: ClockDep, connection: HTTPConnection
) -> AsyncIterator[Seat]:
    """A seat in the room of the lot, lent for as long as the answer lasts. The lot's state lies on it."""
    with rooms.seat(lot_id, network_of(connection)) as seat:
        async with sessions() as session:
            lot, now = await get_lot(lot_id, LotRepository(session)), clock()
        seat.replace("state", State(lot=shown(lot, connection, now), now=now).model_dump_json())
        rooms.count(lot_id)
        yield seat


SeatDep = Annotated[Seat, Depends(get_seat)]


@raises(InvalidTicket)
async def get_guest(
    lot_id: LotId, tickets: TicketsDep, now: NowDep, ticket: str | None = None
) -> Claims | None:
    """Whose ticket was shown; None for those who show none, and watch."""
    return None if ticket is None else tickets.take(ticket, lot_id, now)


GuestDep = Annotated[Claims | None, Depends(get_guest)]


@dataclass(frozen=True)
class Floor:
    """What one line needs of the house. No session: each message opens its own."""

    connection: HTTPConnection
    lot_id: int
    guest: Claims | None
    until: datetime
    seat: Seat
    rooms: Rooms
    sessions: async_sessionmaker[AsyncSession]
    clock: Callable[[], datetime]
    mailroom: Mailroom
    errands: Errands


async def get_floor(
    connection: HTTPConnection,
    lot_id: LotId,
    guest: GuestDep,
    seat: SeatDep,
    rooms: RoomsDep,
    sessions: SessionsDep,
    clock: ClockDep,
    mailroom: MailroomDep,
    errands: ErrandsDep,
    settings: SettingsDep,
) -> Floor:
    """The floor for one line. A ticket is good for bidding as long as a token would be."""
    until = clock() + timedelta(minutes=settings.token_minutes)
    return Floor(connection, lot_id, guest, until, seat, rooms, sessions, clock, mailroom, errands)


FloorDep = Annotated[Floor, Depends(get_floor)]
BIDDING = "bids:write"


async def place(floor: Floor, amount: Decimal, session: AsyncSession) -> tuple[Bid, Lot]:
    """Bid as the guest, by the rules that hold over HTTP. Raises GavelError."""
    if floor.guest is None or floor.clock() >= floor.until:
        raise InvalidTicket("Whoever bids opens the line with a new ticket.")
    user = await get_current_user(SecurityScopes([BIDDING]), floor.guest, UserRepository(session))
    bidder = await PermissionChecker(BIDDING)(user)
    lots, bids = LotRepository(session), BidRepository(session)
    lot = await get_lot(floor.lot_id, lots)
    return await bidding.place_bid(lot, bidder, amount, lots, bids, floor.clock()), lot


async def take_bid(floor: Floor, amount: Decimal) -> None:
    """One bid, in a session of its own. When it is kept, the room hears of it, and the letters go out."""
    async with floor.sessions.begin() as session:
        bid, lot = await place(floor, amount, session)
        news = news_of(bid, lot, floor.connection, floor.clock())
    floor.rooms.tell(floor.lot_id, news)
    for notice in (notices.receipt, notices.outbid):
        floor.errands.send(notices.quietly(notice, floor.mailroom, bid.id))


def refuse(seat: Seat, status: int, kind: str, title: str, detail: str, **facts: Any) -> None:
    """Tell one watcher why what they sent was not done: a problem, as over HTTP."""
    told = Problem(type=KINDS + kind, title=title, status=status, detail=detail, **facts)
    seat.tell(Trouble(problem=told).model_dump_json(exclude_none=True))


async def answer(floor: Floor, text: str) -> None:
    """What the house does about one message. A refusal is told, and the conversation goes on."""
    try:
        message = MESSAGE.validate_json(text)
        if isinstance(message, BidMessage):
            await take_bid(floor, message.amount)
    except ValidationError as error:
        words = message_of(error.errors()[0])
        refuse(floor.seat, 422, "invalid-message", "The message is not valid", words)
    except GavelError as error:
        refuse(floor.seat, error.status, error.kind, error.title, error.detail, **error.facts)
    except Exception as error:
        raise Goodbye(1011, "Something broke here.") from error


@router.websocket("/live", dependencies=[Depends(check_origin)])
async def hold_line(socket: WebSocket, floor: FloorDep, settings: SettingsDep) -> None:
    """The live line of a lot: its state, each bid as it falls, and with a ticket one's own bids."""
    await socket.accept()
    talk = Conversation(socket, floor.seat, settings.heartbeat_seconds)
    await talk.hold(partial(answer, floor))


@router.get("/events", response_class=EventSourceResponse)
async def stream_events(seat: SeatDep) -> AsyncIterator[ServerSentEvent]:
    """What is said on the live line, as server-sent events, for those who only watch."""
    while not seat.fell_behind.is_set():
        yield ServerSentEvent(raw_data=await seat.next())
