"""The rules of lending."""

from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError

from ..exceptions import DayIsPast, ToolIsReserved, ToolTaken
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
    """Give a tool out for some days. Raises DayIsPast and ToolTaken."""
    if wanted.first_day < now.date():
        raise DayIsPast(f"{wanted.first_day} is over.")
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


async def remove(tool: Tool, tools: ToolRepository) -> None:
    """Take a tool out of the shed. Raises ToolIsReserved."""
    try:
        await tools.remove(tool)
    except IntegrityError:
        raise ToolIsReserved("Somebody has reserved this tool.") from None
