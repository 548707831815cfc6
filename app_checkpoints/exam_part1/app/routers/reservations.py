"""Reservations: ask for some days, see who has a tool when, give days back."""

from fastapi import APIRouter, BackgroundTasks, Request, Response

from ..dependencies import (
    CurrentNeighbour,
    LiveDep,
    MailerDep,
    NowDep,
    ReservationDep,
    ReservationsDep,
    ToolDep,
)
from ..exceptions import NotYours
from ..models import Reservation
from ..schemas.reservations import Days, ReservationCreate, ReservationRead
from ..services import lending, notices

router = APIRouter(tags=["reservations"])


def shown(reservation: Reservation) -> ReservationRead:
    """A reservation, as everyone may see it."""
    return ReservationRead.model_validate(reservation, from_attributes=True)


def told(kind: str, reservation: Reservation) -> dict[str, str]:
    """What watchers are told of a reservation: the days, and nobody's name."""
    days = Days.model_validate(reservation, from_attributes=True)
    return {"type": kind, **days.model_dump(mode="json")}


@router.post("/tools/{tool_id}/reservations", status_code=201)
async def create_reservation(
    wanted: ReservationCreate,
    borrower: CurrentNeighbour,
    tool: ToolDep,
    reservations: ReservationsDep,
    now: NowDep,
    mailer: MailerDep,
    live: LiveDep,
    tasks: BackgroundTasks,
    request: Request,
    response: Response,
) -> ReservationRead:
    """Ask for a tool. Whoever must know is told after the commit, and only then."""
    reservation = await lending.reserve(tool, borrower, wanted, now, reservations)
    tasks.add_task(live.tell, tool.id, told("reserved", reservation))
    tasks.add_task(notices.send, mailer, notices.reserved(reservation, tool.owner.email))
    path = request.url_for("read_reservation", reservation_id=reservation.id).path
    response.headers["Location"] = path
    return shown(reservation)


@router.get("/tools/{tool_id}/reservations")
async def list_reservations(tool: ToolDep, reservations: ReservationsDep) -> list[ReservationRead]:
    """Who has a tool when, by the first day."""
    return [shown(each) for each in await reservations.of_tool(tool.id)]


@router.get("/reservations/{reservation_id}")
async def read_reservation(reservation: ReservationDep) -> ReservationRead:
    """One reservation, for its borrower and the owner of the tool."""
    return shown(reservation)


@router.delete("/reservations/{reservation_id}", status_code=204)
async def delete_reservation(
    reservation: ReservationDep,
    caller: CurrentNeighbour,
    reservations: ReservationsDep,
    live: LiveDep,
    tasks: BackgroundTasks,
) -> None:
    """Give the days back. Only the borrower may."""
    if reservation.borrower_id != caller.id:
        raise NotYours("Only whoever reserved a tool gives it back.")
    await reservations.remove(reservation)
    tasks.add_task(live.tell, reservation.tool_id, told("cancelled", reservation))
