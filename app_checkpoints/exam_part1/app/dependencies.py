"""What a handler may ask for by naming it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated

from anyio import CapacityLimiter
from fastapi import Depends, Path, Request
from fastapi.security import OAuth2PasswordBearer
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from .config import Settings
from .exceptions import NotFound, NotLoggedIn, NotYours
from .live import Live
from .mail import LogMailer, Mailer
from .models import Neighbour, Reservation, Tool
from .repositories.neighbours import NeighbourRepository
from .repositories.reservations import ReservationRepository
from .repositories.tools import ToolRepository
from .security import read_token


async def get_now() -> datetime:
    """The time of day, aware and in UTC."""
    return datetime.now(UTC)


async def get_mailer() -> Mailer:
    """What sends mails."""
    return LogMailer()


NowDep = Annotated[datetime, Depends(get_now)]
MailerDep = Annotated[Mailer, Depends(get_mailer)]


async def get_session(request: Request) -> AsyncIterator[AsyncSession]:
    """One session for one request: committed before the answer leaves, rolled back when it raises."""
    sessions: async_sessionmaker[AsyncSession] = request.state.sessions
    async with sessions.begin() as session:
        yield session


async def get_settings(request: Request) -> Settings:
    """The settings of this app."""
    settings: Settings = request.state.settings
    return settings


async def get_limiter(request: Request) -> CapacityLimiter:
    """How many passwords are hashed at one time."""
    limiter: CapacityLimiter = request.state.hashing
    return limiter


async def get_live(request: Request) -> Live:
    """The watchers."""
    live: Live = request.state.live
    return live


SessionDep = Annotated[AsyncSession, Depends(get_session, scope="function")]
SettingsDep = Annotated[Settings, Depends(get_settings)]
LimiterDep = Annotated[CapacityLimiter, Depends(get_limiter)]
LiveDep = Annotated[Live, Depends(get_live)]


async def get_neighbours(session: SessionDep) -> NeighbourRepository:
    """The neighbours, as this request's session sees them."""
    return NeighbourRepository(session)


async def get_tools(session: SessionDep) -> ToolRepository:
    """The tools, as this request's session sees them."""
    return ToolRepository(session)


async def get_reservations(session: SessionDep) -> ReservationRepository:
    """The reservations, as this request's session sees them."""
    return ReservationRepository(session)


NeighboursDep = Annotated[NeighbourRepository, Depends(get_neighbours)]
ToolsDep = Annotated[ToolRepository, Depends(get_tools)]
ReservationsDep = Annotated[ReservationRepository, Depends(get_reservations)]
TokenDep = Annotated[str, Depends(OAuth2PasswordBearer(tokenUrl="/auth/token"))]
Number = Annotated[int, Path(ge=1, le=2**63 - 1)]


async def get_current_neighbour(
    token: TokenDep, settings: SettingsDep, now: NowDep, neighbours: NeighboursDep
) -> Neighbour:
    """Who is asking. Raises NotLoggedIn."""
    number = read_token(token, settings, now)
    neighbour = await neighbours.find(number) if number is not None else None
    if neighbour is None:
        raise NotLoggedIn("This token does not count, or no longer.")
    return neighbour


CurrentNeighbour = Annotated[Neighbour, Depends(get_current_neighbour)]


async def get_tool(tool_id: Number, tools: ToolsDep) -> Tool:
    """The tool that the path names. Raises NotFound."""
    tool = await tools.find(tool_id)
    if tool is None:
        raise NotFound(f"There is no tool {tool_id}.")
    return tool


ToolDep = Annotated[Tool, Depends(get_tool)]


async def get_own_tool(caller: CurrentNeighbour, tool: ToolDep) -> Tool:
    """The tool that the path names, if it is the caller's. Raises NotYours."""
    if tool.owner_id != caller.id:
        raise NotYours("This tool is somebody else's.")
    return tool


async def get_reservation(
    caller: CurrentNeighbour, reservation_id: Number, reservations: ReservationsDep
) -> Reservation:
    """The reservation that the path names, for those whom it concerns. Raises NotFound and NotYours."""
    reservation = await reservations.find(reservation_id)
    if reservation is None:
        raise NotFound(f"There is no reservation {reservation_id}.")
    if caller.id not in {reservation.borrower_id, reservation.tool.owner_id}:
        raise NotYours("This reservation is somebody else's.")
    return reservation


OwnToolDep = Annotated[Tool, Depends(get_own_tool)]
ReservationDep = Annotated[Reservation, Depends(get_reservation)]
