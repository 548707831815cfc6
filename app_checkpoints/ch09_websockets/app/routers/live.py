"""A lot as it happens: tickets, the WebSocket, and the stream for clients that only watch."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response, WebSocket
from fastapi.requests import HTTPConnection
from fastapi.security import SecurityScopes
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from ..channels import Subscription
from ..connection import serve_connection
from ..dependencies import (
    Bidder,
    ChannelsDep,
    ClaimsDep,
    ClockDep,
    EmailContextDep,
    LotDep,
    LotId,
    NowDep,
    PermissionChecker,
    SessionsDep,
    SettingsDep,
    TaskRunnerDep,
    TicketsDep,
    check_origin,
    get_current_user,
    get_lot,
)
from ..exceptions import ChannelFull, GavelError, InvalidTicket, LotNotFound, TooManyConnections, raises
from ..models import Bid, Lot
from ..problems import TYPE_PREFIX, Problem, safe_message
from ..repositories.bids import BidRepository
from ..repositories.lots import LotRepository
from ..repositories.users import UserRepository
from ..schemas.live import MESSAGE, BidMessage, LotState, ProblemEvent, TicketRead
from ..security import Claims
from ..services import bidding, notifications
from ..tickets import TICKET_LIFETIME
from .auth import network_of
from .bids import bid_event
from .lots import to_lot_read

router = APIRouter(prefix="/lots/{lot_id}", tags=["live"])


@raises(InvalidTicket)
async def get_ticket_claims(
    lot_id: LotId, tickets: TicketsDep, now: NowDep, ticket: str | None = None
) -> Claims | None:
    """Return the claims of the ticket in the URL, or None without a ticket. Raises InvalidTicket."""
    return None if ticket is None else tickets.redeem(ticket, lot_id, now)


TicketClaimsDep = Annotated[Claims | None, Depends(get_ticket_claims)]


@raises(LotNotFound, ChannelFull, TooManyConnections)
async def get_subscription(
    lot_id: LotId, channels: ChannelsDep, sessions: SessionsDep, clock: ClockDep, connection: HTTPConnection
) -> AsyncIterator[Subscription]:
    """A subscription to the lot, with the state of the lot as its first message."""
    with channels.subscribe(lot_id, network_of(connection)) as subscription:
        async with sessions() as session:
            lot, now = await get_lot(lot_id, LotRepository(session)), clock()
        state = LotState(lot=to_lot_read(lot, connection, now), now=now)
        subscription.put_latest("state", state.model_dump_json())
        channels.publish_count(lot_id)
        yield subscription


SubscriptionDep = Annotated[Subscription, Depends(get_subscription)]
BID_SCOPE = "bids:write"


@router.post("/tickets", status_code=201, response_model=TicketRead)
async def create_ticket(
    lot: LotDep, bidder: Bidder, claims: ClaimsDep, tickets: TicketsDep, now: NowDep, response: Response
) -> TicketRead:
    """Create a single-use ticket. With it, the user can bid over the live connection of this lot."""
    response.headers["Cache-Control"] = "no-store"
    return TicketRead(ticket=tickets.issue(claims, lot.id, now), expires_in=TICKET_LIFETIME.seconds)


@dataclass(frozen=True)
class LiveContext:
    """What one live connection needs. It has no session: each message opens its own."""

    connection: HTTPConnection
    lot_id: LotId
    claims: TicketClaimsDep
    opened_at: NowDep
    subscription: SubscriptionDep
    channels: ChannelsDep
    sessions: SessionsDep
    clock: ClockDep
    email_context: EmailContextDep
    task_runner: TaskRunnerDep
    settings: SettingsDep


LiveContextDep = Annotated[LiveContext, Depends()]


async def place_bid(context: LiveContext, amount: Decimal, session: AsyncSession) -> tuple[Bid, Lot]:
    """Bid as the user of the ticket, by the rules that apply over HTTP. Raises GavelError."""
    expires_at = context.opened_at + timedelta(minutes=context.settings.token_minutes)
    if context.claims is None or context.clock() >= expires_at:
        raise InvalidTicket("To bid, open the connection with a new ticket.")
    user = await get_current_user(SecurityScopes([BID_SCOPE]), context.claims, UserRepository(session))
    bidder = await PermissionChecker(BID_SCOPE)(user)
    lots, bids = LotRepository(session), BidRepository(session)
    lot = await get_lot(context.lot_id, lots)
    return await bidding.place_bid(lot, bidder, amount, lots, bids, context.clock()), lot


def send_problem(subscription: Subscription, error: ValidationError | GavelError) -> None:
    """Send one client a problem: why its message was refused."""
    kind, facts = "invalid-message", dict[str, Any](status=422, title="The message is not valid")
    if isinstance(error, GavelError):
        kind = error.kind
        facts = {"status": error.status, "title": error.title, "detail": error.detail, **error.facts}
    else:
        facts["detail"] = safe_message(error.errors()[0])
    problem = Problem(type=TYPE_PREFIX + kind, **facts)
    subscription.put(ProblemEvent(problem=problem).model_dump_json(exclude_none=True))


async def handle_bid(context: LiveContext, amount: Decimal) -> None:
    """Place one bid in a session of its own. After the commit, publish it and send the e-mails."""
    async with context.sessions.begin() as session:
        bid, lot = await place_bid(context, amount, session)
        event = bid_event(bid, lot, context.connection, context.clock())
    context.channels.publish(context.lot_id, event)
    for send in (notifications.send_receipt, notifications.send_outbid):
        context.task_runner.start(notifications.log_errors(send, context.email_context, bid.id))


async def handle_message(context: LiveContext, text: str) -> None:
    """Do what one message says. Send a problem if the message is not valid, or refused."""
    try:
        message = MESSAGE.validate_json(text)
        if isinstance(message, BidMessage):
            await handle_bid(context, message.amount)
    except (ValidationError, GavelError) as error:
        send_problem(context.subscription, error)


@router.websocket("/live", dependencies=[Depends(check_origin)])
async def watch_lot(websocket: WebSocket, context: LiveContextDep, settings: SettingsDep) -> None:
    """Send the state of the lot and each bid. With a ticket, the client can bid."""
    await websocket.accept()
    handle = partial(handle_message, context)
    await serve_connection(websocket, context.subscription, handle, settings.heartbeat_seconds)


@router.get("/events", response_class=EventSourceResponse)
async def stream_events(subscription: SubscriptionDep) -> AsyncIterator[ServerSentEvent]:
    """Stream the messages of the live connection as server-sent events."""
    while not subscription.fell_behind.is_set():
        yield ServerSentEvent(raw_data=await subscription.get())
