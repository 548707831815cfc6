"""E-mails about bids. They are sent in background tasks, so no response waits for them."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from email.message import EmailMessage
from typing import ParamSpec

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from ..emails import render_email
from ..mail import Mailer, TryAgain
from ..models import Bid, User
from ..repositories.bids import BidRepository

Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True)
class EmailContext:
    """What a task needs to send e-mails. Nothing in it belongs to one request."""

    sessions: async_sessionmaker[AsyncSession]
    mailer: Mailer
    sleep: Sleep
    sender: str
    url: str


Params = ParamSpec("Params")
log = logging.getLogger("gavel.notifications")


async def log_errors(
    task: Callable[Params, Awaitable[None]], *args: Params.args, **kwargs: Params.kwargs
) -> None:
    """Run a task. Its exception is logged and does not stop other tasks."""
    try:
        await task(*args, **kwargs)
    except Exception:
        log.exception("A task failed: %s", getattr(task, "__name__", task))


RETRY_DELAYS = (1.0, 5.0, 25.0)
"""Seconds between one try and the next."""


async def deliver(context: EmailContext, mail: EmailMessage) -> None:
    """Send an e-mail. After a temporary error, try again after a pause, each longer than the last.

    Raises TryAgain if the last try failed too, and Undeliverable at once.
    """
    for pause in RETRY_DELAYS:
        try:
            return await context.mailer.send(mail)
        except TryAgain as error:
            log.warning("%s waits %.0f seconds: %s", mail["Message-ID"], pause, error)
            await context.sleep(pause)
    return await context.mailer.send(mail)


def email_about(kind: str, bid: Bid, to: User, context: EmailContext) -> EmailMessage:
    """An e-mail about a bid, made from `templates/KIND.txt`."""
    values = {
        "lot": bid.lot_id,
        "title": bid.lot.title,
        "amount": bid.amount,
        "placed_at": bid.placed_at,
        "closes_at": bid.lot.closes_at,
        "sealed": bid.lot.kind == "sealed",
        "link": f"{context.url}/api/v1/lots/{bid.lot_id}",
    }
    return render_email(kind, values, sender=context.sender, to=to.email, number=bid.id, at=bid.placed_at)


async def send_receipt(context: EmailContext, bid_id: int) -> None:
    """Confirm a bid to the bidder who placed it."""
    async with context.sessions() as session:
        bid = await BidRepository(session).get(bid_id)
    await deliver(context, email_about("receipt", bid, bid.bidder, context))


async def send_outbid(context: EmailContext, bid_id: int) -> None:
    """Tell the bidder who led an ascending lot before this bid that she does not lead any more."""
    async with context.sessions() as session:
        bids = BidRepository(session)
        bid = await bids.get(bid_id)
        beaten = await bids.beaten_by(bid)
    if bid.lot.kind == "ascending" and beaten is not None and beaten.bidder_id != bid.bidder_id:
        await deliver(context, email_about("outbid", bid, beaten.bidder, context))
