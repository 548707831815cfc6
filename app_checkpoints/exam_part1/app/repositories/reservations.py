"""Queries about reservations."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from ..exceptions import NotFound
from ..models import Reservation, ReservedDay

SELECT_RESERVATIONS = select(Reservation).options(
    joinedload(Reservation.borrower), joinedload(Reservation.tool)
)


class ReservationRepository:
    """Queries about reservations, in one session."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, reservation: Reservation, days: Iterable[date]) -> None:
        """Insert a reservation and each of its days.

        Raises:
            IntegrityError: one of the days is reserved, or the tool was deleted. This also holds for
                simultaneous requests, in this process or another.
        """
        self._session.add(reservation)
        await self._session.flush()
        self._session.add_all(
            ReservedDay(tool_id=reservation.tool_id, day=day, reservation_id=reservation.id) for day in days
        )
        await self._session.flush()

    async def find(self, reservation_id: int) -> Reservation | None:
        """The reservation with this ID, its borrower and its tool, or None."""
        return await self._session.scalar(SELECT_RESERVATIONS.where(Reservation.id == reservation_id))

    async def list_for_tool(self, tool_id: int) -> Sequence[Reservation]:
        """All reservations of a tool, ordered by their first day."""
        query = SELECT_RESERVATIONS.where(Reservation.tool_id == tool_id).order_by(Reservation.first_day)
        return (await self._session.scalars(query)).all()

    async def delete(self, reservation: Reservation) -> None:
        """Delete a reservation and its days. Raises NotFound if another request was faster."""
        await self._session.execute(delete(ReservedDay).where(ReservedDay.reservation_id == reservation.id))
        gone = delete(Reservation).where(Reservation.id == reservation.id).returning(Reservation.id)
        if await self._session.scalar(gone.execution_options(synchronize_session=False)) is None:
            raise NotFound(f"There is no reservation {reservation.id}.")
