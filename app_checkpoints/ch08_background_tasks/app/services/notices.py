"""What the house writes to people, and how it gets out: none of it holds up an answer."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from email.message import EmailMessage
from typing import ParamSpec

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from ..letters import letter
from ..mail import Mailer, TryAgain
from ..models import Bid, User
from ..repositories.bids import BidRepository

Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True)
class Mailroom:
    """What a task needs of the house. Nothing in it belongs to a request: that is over by then."""

    sessions: async_sessionmaker[AsyncSession]
    mailer: Mailer
    sleep: Sleep
    sender: str
    url: str


Params = ParamSpec("Params")
log = logging.getLogger("gavel.notices")


async def quietly(
    task: Callable[Params, Awaitable[None]], *args: Params.args, **kwargs: Params.kwargs
) -> None:
    """Run a task to its end, whatever comes of it: an exception is logged, and hurts nobody else."""
    try:
        await task(*args, **kwargs)
    except Exception:
        log.exception("A task failed: %s", getattr(task, "__name__", task))


PAUSES = (1.0, 5.0, 25.0)
"""Seconds between one try and the next."""


def about(kind: str, bid: Bid, to: User, room: Mailroom) -> EmailMessage:
    """A letter to somebody about a bid, made from `templates/KIND.txt`."""
    facts = {
        "lot": bid.lot_id,
        "title": bid.lot.title,
        "amount": bid.amount,
        "placed_at": bid.placed_at,
        "closes_at": bid.lot.closes_at,
        "sealed": bid.lot.kind == "sealed",
        "link": f"{room.url}/api/v1/lots/{bid.lot_id}",
    }
    return letter(kind, facts, sender=room.sender, to=to.email, number=bid.id, at=bid.placed_at)


async def deliver(room: Mailroom, mail: EmailMessage) -> None:
    """Send a mail. While the post office says `not now`, try again after a pause, each longer than the last.

    Raises TryAgain when the last try failed too, and Undeliverable at once.
    """
    for pause in PAUSES:
        try:
            return await room.mailer.send(mail)
        except TryAgain as error:
            log.warning("%s waits %.0f seconds: %s", mail["Message-ID"], pause, error)
            await room.sleep(pause)
    return await room.mailer.send(mail)


async def receipt(room: Mailroom, bid_id: int) -> None:
    """Confirm a bid to whoever placed it."""
    async with room.sessions() as session:
        bid = await BidRepository(session).get(bid_id)
    await deliver(room, about("receipt", bid, bid.bidder, room))


async def outbid(room: Mailroom, bid_id: int) -> None:
    """Tell whoever led an ascending lot before a bid that they lead no longer."""
    async with room.sessions() as session:
        bids = BidRepository(session)
        bid = await bids.get(bid_id)
        beaten = await bids.beaten_by(bid)
    if bid.lot.kind == "ascending" and beaten is not None and beaten.bidder_id != bid.bidder_id:
        await deliver(room, about("outbid", bid, beaten.bidder, room))
