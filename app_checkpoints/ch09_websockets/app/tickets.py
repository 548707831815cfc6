"""Single-use tickets: they authenticate a client that cannot send a header."""

from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import NamedTuple

from .exceptions import InvalidTicket
from .security import Claims

TICKET_LIFETIME = timedelta(seconds=30)
MAX_TICKETS = 10_000


class Ticket(NamedTuple):
    """The claims of the user, the lot, and the time at which the ticket is no longer valid."""

    claims: Claims
    lot_id: int
    expires_at: datetime


class Tickets:
    """The tickets that were issued and not used yet, the oldest first."""

    def __init__(self) -> None:
        self._issued: dict[str, Ticket] = {}

    def issue(self, claims: Claims, lot_id: int, now: datetime) -> str:
        """Issue a ticket. Discards expired tickets, and the oldest ones if there are too many."""
        while self._issued:
            oldest = next(iter(self._issued))
            if len(self._issued) < MAX_TICKETS and self._issued[oldest].expires_at > now:
                break
            del self._issued[oldest]
        name = token_urlsafe(32)
        self._issued[name] = Ticket(claims, lot_id, now + TICKET_LIFETIME)
        return name

    def redeem(self, name: str, lot_id: int, now: datetime) -> Claims:
        """Use a ticket: return its claims. Raises InvalidTicket."""
        ticket = self._issued.pop(name, None)
        if ticket is None or ticket.lot_id != lot_id or now >= ticket.expires_at:
            raise InvalidTicket("A ticket is single-use, for its lot, and valid for 30 seconds.")
        return ticket.claims
