"""Reservations, as they are asked for and as they stand."""

from datetime import date, datetime
from typing import Self

from pydantic import BaseModel, model_validator

from .neighbours import NeighbourRead
from .types import Day, Incoming

LONGEST = 14


class ReservationCreate(Incoming):
    """The days that somebody wants, the first and the last included."""

    first_day: Day
    last_day: Day

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        days = (self.last_day - self.first_day).days + 1
        if not 1 <= days <= LONGEST:
            raise ValueError(f"a reservation is for 1 to {LONGEST} days, and ends after it begins")
        return self


class Days(BaseModel):
    """From the first day to the last, both included: what a watcher is told."""

    first_day: date
    last_day: date


class ReservationRead(Days):
    """A reservation that stands."""

    id: int
    tool_id: int
    created_at: datetime
    borrower: NeighbourRead
