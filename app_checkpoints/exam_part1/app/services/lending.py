"""The rules of reservations."""

from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError

from ..exceptions import DayInPast, ToolIsReserved, ToolTaken
from ..models import Neighbour, Reservation, Tool
from ..repositories.reservations import ReservationRepository
from ..repositories.tools import ToolRepository
from ..schemas.reservations import ReservationCreate


async def reserve(
    tool: Tool,
    borrower: Neighbour,
    wanted: ReservationCreate,
    now: datetime,
    reservations: ReservationRepository,
) -> Reservation:
    """Reserve a tool for some days. Raises DayInPast and ToolTaken."""
    if wanted.first_day < now.date():
        raise DayInPast(f"{wanted.first_day} is over.")
    reservation = Reservation(
        tool_id=tool.id,
        borrower_id=borrower.id,
        borrower=borrower,
        tool=tool,
        first_day=wanted.first_day,
        last_day=wanted.last_day,
        created_at=now,
    )
    number = (wanted.last_day - wanted.first_day).days + 1
    days = [wanted.first_day + timedelta(days=day) for day in range(number)]
    try:
        await reservations.add(reservation, days)
    except IntegrityError:
        raise ToolTaken("The tool is reserved on one of these days, or was deleted just now.") from None
    return reservation


async def delete_tool(tool: Tool, tools: ToolRepository) -> None:
    """Delete a tool. Raises ToolIsReserved if it has a reservation."""
    try:
        await tools.delete(tool)
    except IntegrityError:
        raise ToolIsReserved("This tool has a reservation.") from None
