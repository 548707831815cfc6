"""Models of reservations."""

from datetime import date, datetime
from typing import Self

from pydantic import BaseModel, model_validator

from .neighbours import NeighbourRead
from .types import Day, StrictModel

MAX_DAYS = 14


class ReservationCreate(StrictModel):
    """The requested days, the first and the last included."""

    first_day: Day
    last_day: Day

    @model_validator(mode="after")
    def _check_length(self) -> Self:
        days = (self.last_day - self.first_day).days + 1
        if not 1 <= days <= MAX_DAYS:
            raise ValueError(f"a reservation is for 1 to {MAX_DAYS} days, and ends after it begins")
        return self


class Days(BaseModel):
    """The first day and the last day, both included."""

    first_day: date
    last_day: date


class ReservationRead(Days):
    """The response with a reservation."""

    id: int
    tool_id: int
    created_at: datetime
    borrower: NeighbourRead
