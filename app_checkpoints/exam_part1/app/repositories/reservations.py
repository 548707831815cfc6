"""The reservations, as the database keeps them."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from ..exceptions import NotFound
from ..models import Reservation, ReservedDay

RESERVATIONS = select(Reservation).options(joinedload(Reservation.borrower), joinedload(Reservation.tool))


class ReservationRepository:
    """The reservations, as one session sees them."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, reservation: Reservation, days: Iterable[date]) -> None:
        """Write a reservation down, and each of its days.

        Raises:
            IntegrityError: one of the days is reserved, or the tool was deleted. The database decides, for
                requests at the same time, in this process or another.
        """
        self._session.add(reservation)
        await self._session.flush()
        self._session.add_all(
            ReservedDay(tool_id=reservation.tool_id, day=day, reservation_id=reservation.id) for day in days
        )
        await self._session.flush()

    async def find(self, reservation_id: int) -> Reservation | None:
        """The reservation with this number, its borrower and its tool, or None."""
        return await self._session.scalar(RESERVATIONS.where(Reservation.id == reservation_id))

    async def of_tool(self, tool_id: int) -> Sequence[Reservation]:
        """All reservations of a tool, by their first day."""
        query = RESERVATIONS.where(Reservation.tool_id == tool_id).order_by(Reservation.first_day)
        return (await self._session.scalars(query)).all()

    async def remove(self, reservation: Reservation) -> None:
        """Delete a reservation and its days. Raises NotFound if another request was faster."""
        await self._session.execute(delete(ReservedDay).where(ReservedDay.reservation_id == reservation.id))
        gone = delete(Reservation).where(Reservation.id == reservation.id).returning(Reservation.id)
        if await self._session.scalar(gone.execution_options(synchronize_session=False)) is None:
            raise NotFound(f"There is no reservation {reservation.id}.")
