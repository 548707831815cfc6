"""Tickets: what one shows where no header can be sent. Each is good once, for one lot, for a short while."""

from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import NamedTuple

from .exceptions import InvalidTicket
from .security import Claims

GOOD_FOR = timedelta(seconds=30)
MOST = 10_000


class Ticket(NamedTuple):
    """Who may come in, to which lot, and until when."""

    claims: Claims
    lot_id: int
    until: datetime


class Tickets:
    """The tickets that were given out and not shown yet, the oldest first."""

    def __init__(self) -> None:
        self._given: dict[str, Ticket] = {}

    def give(self, claims: Claims, lot_id: int, now: datetime) -> str:
        """A new ticket. What is too old goes, and what is too much."""
        while self._given:
            oldest = next(iter(self._given))
            if len(self._given) < MOST and self._given[oldest].until > now:
                break
            del self._given[oldest]
        name = token_urlsafe(32)
        self._given[name] = Ticket(claims, lot_id, now + GOOD_FOR)
        return name

    def take(self, name: str, lot_id: int, now: datetime) -> Claims:
        """Whose ticket this is. Raises InvalidTicket unless it is good, and it is good no more afterwards."""
        ticket = self._given.pop(name, None)
        if ticket is None or ticket.lot_id != lot_id or now >= ticket.until:
            raise InvalidTicket("A ticket is good once, for its lot, and for half a minute.")
        return ticket.claims
