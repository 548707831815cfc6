"""Endpoints for reservations."""

from fastapi import APIRouter, BackgroundTasks, Request, Response

from ..dependencies import (
    ChannelsDep,
    CurrentNeighbour,
    MailerDep,
    NowDep,
    ReservationDep,
    ReservationsDep,
    ToolDep,
)
from ..exceptions import Forbidden
from ..models import Reservation
from ..schemas.reservations import Days, ReservationCreate, ReservationRead
from ..services import lending, notifications

router = APIRouter(tags=["reservations"])


def to_reservation_read(reservation: Reservation) -> ReservationRead:
    """The response model of a reservation."""
    return ReservationRead.model_validate(reservation, from_attributes=True)


def watcher_message(kind: str, reservation: Reservation) -> dict[str, str]:
    """The message to watchers about a reservation. It contains the days and no name."""
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
    channels: ChannelsDep,
    tasks: BackgroundTasks,
    request: Request,
    response: Response,
) -> ReservationRead:
    """Reserve a tool. The owner and the watchers are notified after the commit."""
    reservation = await lending.reserve(tool, borrower, wanted, now, reservations)
    tasks.add_task(channels.publish, tool.id, watcher_message("reserved", reservation))
    message = notifications.reservation_email(reservation, tool.owner.email)
    tasks.add_task(notifications.send_email, mailer, message)
    path = request.url_for("read_reservation", reservation_id=reservation.id).path
    response.headers["Location"] = path
    return to_reservation_read(reservation)


@router.get("/tools/{tool_id}/reservations")
async def list_reservations(tool: ToolDep, reservations: ReservationsDep) -> list[ReservationRead]:
    """List the reservations of a tool, ordered by their first day."""
    return [to_reservation_read(each) for each in await reservations.list_for_tool(tool.id)]


@router.get("/reservations/{reservation_id}")
async def read_reservation(reservation: ReservationDep) -> ReservationRead:
    """Read a reservation. Only its borrower and the owner of the tool may."""
    return to_reservation_read(reservation)


@router.delete("/reservations/{reservation_id}", status_code=204)
async def delete_reservation(
    reservation: ReservationDep,
    neighbour: CurrentNeighbour,
    reservations: ReservationsDep,
    channels: ChannelsDep,
    tasks: BackgroundTasks,
) -> None:
    """Give a reservation back. Only its borrower may."""
    if reservation.borrower_id != neighbour.id:
        raise Forbidden("Only its borrower gives a reservation back.")
    await reservations.delete(reservation)
    tasks.add_task(channels.publish, reservation.tool_id, watcher_message("cancelled", reservation))
