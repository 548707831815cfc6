"""The tables of reservations and of their days."""

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import Base
from .neighbour import Neighbour
from .tool import Tool


class Reservation(Base):
    """One borrower has one tool from the first day to the last, both included."""

    __tablename__ = "reservations"

    id: Mapped[int] = mapped_column(primary_key=True)
    tool_id: Mapped[int] = mapped_column(ForeignKey(Tool.id), index=True)
    borrower_id: Mapped[int] = mapped_column(ForeignKey(Neighbour.id))
    first_day: Mapped[date]
    last_day: Mapped[date]
    created_at: Mapped[datetime]
    tool: Mapped[Tool] = relationship(lazy="raise")
    borrower: Mapped[Neighbour] = relationship(lazy="raise")


class ReservedDay(Base):
    """A day of a reservation. The primary key allows one reservation of a tool and a day."""

    __tablename__ = "reserved_days"

    tool_id: Mapped[int] = mapped_column(ForeignKey(Tool.id), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    reservation_id: Mapped[int] = mapped_column(ForeignKey(Reservation.id), index=True)
