"""The dependencies of the endpoints."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated

from anyio import CapacityLimiter
from fastapi import Depends, Path, Request
from fastapi.security import OAuth2PasswordBearer
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from .channels import Channels
from .config import Settings
from .exceptions import Forbidden, NotAuthenticated, NotFound
from .mail import LogMailer, Mailer
from .models import Neighbour, Reservation, Tool
from .repositories.neighbours import NeighbourRepository
from .repositories.reservations import ReservationRepository
from .repositories.tools import ToolRepository
from .security import read_token


async def get_now() -> datetime:
    """The current time, as an aware datetime in UTC."""
    return datetime.now(UTC)


async def get_mailer() -> Mailer:
    """The mailer of the service."""
    return LogMailer()


NowDep = Annotated[datetime, Depends(get_now)]
MailerDep = Annotated[Mailer, Depends(get_mailer)]


async def get_session(request: Request) -> AsyncIterator[AsyncSession]:
    """One session for one request. Commits before the response, rolls back if the endpoint raises."""
    sessions: async_sessionmaker[AsyncSession] = request.state.sessions
    async with sessions.begin() as session:
        yield session


async def get_settings(request: Request) -> Settings:
    """The settings of this app."""
    settings: Settings = request.state.settings
    return settings


async def get_limiter(request: Request) -> CapacityLimiter:
    """The limiter that bounds how many passwords are hashed at a time."""
    limiter: CapacityLimiter = request.state.hashing
    return limiter


async def get_channels(request: Request) -> Channels:
    """The watchers of this app."""
    channels: Channels = request.state.channels
    return channels


SessionDep = Annotated[AsyncSession, Depends(get_session, scope="function")]
SettingsDep = Annotated[Settings, Depends(get_settings)]
LimiterDep = Annotated[CapacityLimiter, Depends(get_limiter)]
ChannelsDep = Annotated[Channels, Depends(get_channels)]


async def get_neighbours(session: SessionDep) -> NeighbourRepository:
    """Queries about neighbours, in the session of this request."""
    return NeighbourRepository(session)


async def get_tools(session: SessionDep) -> ToolRepository:
    """Queries about tools, in the session of this request."""
    return ToolRepository(session)


async def get_reservations(session: SessionDep) -> ReservationRepository:
    """Queries about reservations, in the session of this request."""
    return ReservationRepository(session)


NeighboursDep = Annotated[NeighbourRepository, Depends(get_neighbours)]
ToolsDep = Annotated[ToolRepository, Depends(get_tools)]
ReservationsDep = Annotated[ReservationRepository, Depends(get_reservations)]
TokenDep = Annotated[str, Depends(OAuth2PasswordBearer(tokenUrl="/auth/token"))]
PathId = Annotated[int, Path(ge=1, le=2**63 - 1)]


async def get_current_neighbour(
    token: TokenDep, settings: SettingsDep, now: NowDep, neighbours: NeighboursDep
) -> Neighbour:
    """The user of the token. Raises NotAuthenticated."""
    number = read_token(token, settings, now)
    neighbour = await neighbours.find(number) if number is not None else None
    if neighbour is None:
        raise NotAuthenticated("The token is not valid, or has expired.")
    return neighbour


CurrentNeighbour = Annotated[Neighbour, Depends(get_current_neighbour)]


async def get_tool(tool_id: PathId, tools: ToolsDep) -> Tool:
    """The tool of the path. Raises NotFound."""
    tool = await tools.find(tool_id)
    if tool is None:
        raise NotFound(f"There is no tool {tool_id}.")
    return tool


ToolDep = Annotated[Tool, Depends(get_tool)]


async def get_own_tool(neighbour: CurrentNeighbour, tool: ToolDep) -> Tool:
    """The tool of the path, if the user owns it. Raises Forbidden."""
    if tool.owner_id != neighbour.id:
        raise Forbidden("Only the owner of this tool may do this.")
    return tool


async def get_reservation(
    neighbour: CurrentNeighbour, reservation_id: PathId, reservations: ReservationsDep
) -> Reservation:
    """The reservation of the path, for its borrower and its owner. Raises NotFound and Forbidden."""
    reservation = await reservations.find(reservation_id)
    if reservation is None:
        raise NotFound(f"There is no reservation {reservation_id}.")
    if neighbour.id not in {reservation.borrower_id, reservation.tool.owner_id}:
        raise Forbidden("Only its borrower and the owner of the tool may read this reservation.")
    return reservation


OwnToolDep = Annotated[Tool, Depends(get_own_tool)]
ReservationDep = Annotated[Reservation, Depends(get_reservation)]
