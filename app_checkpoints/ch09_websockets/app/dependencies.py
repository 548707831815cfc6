"""What a handler may ask for by naming it: the time, a session, the lots, one lot."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Path, Security
from fastapi.requests import HTTPConnection
from fastapi.security import OAuth2PasswordBearer, SecurityScopes
from jwt import InvalidTokenError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from .config import Settings
from .errands import Errands
from .exceptions import ForeignOrigin, InvalidToken, LotNotFound, MissingScope, NotYourLot, raises
from .live import Rooms
from .mail import Mailer
from .models import Lot, User
from .origins import is_welcome
from .repositories.bids import BidRepository
from .repositories.lots import LotRepository
from .repositories.users import UserRepository
from .security import ROLES, SCOPES, Claims, Passwords, read_token
from .services.notices import Mailroom, Sleep
from .tickets import Tickets


async def get_clock() -> Callable[[], datetime]:
    """The clock itself, for a connection that stays open."""
    return lambda: datetime.now(UTC)


ClockDep = Annotated[Callable[[], datetime], Depends(get_clock)]


async def get_now(clock: ClockDep) -> datetime:
    """The current time, aware and in UTC. Within one request it is the same for everyone."""
    return clock()


NowDep = Annotated[datetime, Depends(get_now)]


async def get_sessions(connection: HTTPConnection) -> async_sessionmaker[AsyncSession]:
    """What makes sessions, for those who live longer than one should."""
    sessions: async_sessionmaker[AsyncSession] = connection.state.sessions
    return sessions


SessionsDep = Annotated[async_sessionmaker[AsyncSession], Depends(get_sessions)]


async def get_session(sessions: SessionsDep) -> AsyncIterator[AsyncSession]:
    """One session for one request: committed when the handler was content, rolled back and closed if not."""
    async with sessions.begin() as session:
        yield session


SessionDep = Annotated[AsyncSession, Depends(get_session, scope="function")]
PASSWORDS = Passwords()


async def get_passwords() -> AsyncIterator[Passwords]:
    """The two desks at which passwords are hashed. Who waits here has no connection in hand yet."""
    yield PASSWORDS


async def get_settings(connection: HTTPConnection) -> Settings:
    """The settings with which this service was made."""
    settings: Settings = connection.app.state.settings
    return settings


async def get_users(session: SessionDep) -> UserRepository:
    """The people whom the house knows, as this request's session sees them."""
    return UserRepository(session)


PasswordsDep = Annotated[Passwords, Depends(get_passwords, scope="function", max_concurrency=2)]
SettingsDep = Annotated[Settings, Depends(get_settings)]
UsersDep = Annotated[UserRepository, Depends(get_users)]


async def get_lots(session: SessionDep) -> LotRepository:
    """The lots of the house, as this request's session sees them."""
    return LotRepository(session)


LotsDep = Annotated[LotRepository, Depends(get_lots)]
LotId = Annotated[int, Path(ge=1, le=2**63 - 1, description="The number of the lot.")]


@raises(LotNotFound)
async def get_lot(lot_id: LotId, lots: LotsDep) -> Lot:
    """The lot that the path names. Raises LotNotFound."""
    lot = await lots.find(lot_id)
    if lot is None:
        raise LotNotFound(f"There is no lot {lot_id}.")
    return lot


LotDep = Annotated[Lot, Depends(get_lot)]
oauth2 = OAuth2PasswordBearer(tokenUrl="/auth/token", scopes=SCOPES)


def unauthorized() -> InvalidToken:
    """What whoever is not known is told: it says nothing of why (RFC 6750, section 3)."""
    return InvalidToken("This token is not valid, or no longer.")


@raises(InvalidToken)
async def get_claims(token: Annotated[str, Depends(oauth2)], settings: SettingsDep) -> Claims:
    """What the caller's token says. Raises InvalidToken where there is none that can be believed."""
    try:
        return read_token(token, settings.secret_key)
    except InvalidTokenError as error:
        raise unauthorized() from error


ClaimsDep = Annotated[Claims, Depends(get_claims)]


def forbidden(scope: str) -> MissingScope:
    """What whoever is known and may not is told: the scope that it takes (RFC 6750, section 3.1)."""
    headers = {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope}"'}
    return MissingScope(f"This takes the scope {scope}.", headers=headers, scope=scope)


@raises(MissingScope)
async def get_current_user(needed: SecurityScopes, claims: ClaimsDep, users: UsersDep) -> User:
    """Whoever is asking. Raises InvalidToken, or MissingScope where their token is not good for this."""
    user = await users.find(claims.user_id)
    if user is None or user.token_version != claims.version:
        raise unauthorized()
    if not claims.scopes.issuperset(needed.scopes):
        raise forbidden(needed.scope_str)
    return user


CurrentUser = Annotated[User, Depends(get_current_user)]


class PermissionChecker:
    """A dependency with a setting: it gives whoever is asking, or answers 403 where their role may not."""

    def __init__(self, permission: str) -> None:
        self.permission = permission

    async def __call__(self, user: CurrentUser) -> User:
        """The caller, if their role has the permission today, whatever their token was good for."""
        if self.permission not in ROLES[user.role]:
            raise forbidden(self.permission)
        return user


Seller = Annotated[User, Security(PermissionChecker("lots:write"), scopes=["lots:write"])]
Bidder = Annotated[User, Security(PermissionChecker("bids:write"), scopes=["bids:write"])]


@raises(NotYourLot)
async def get_own_lot(user: Seller, claims: ClaimsDep, lot: LotDep) -> Lot:
    """The lot of the path, if it is the caller's, or the caller manages the house. Raises NotYourLot."""
    manages = "house:manage" in claims.scopes & ROLES[user.role]
    if lot.seller_id != user.id and not manages:
        raise NotYourLot(f"Lot {lot.id} is somebody else's.")
    return lot


OwnLotDep = Annotated[Lot, Depends(get_own_lot)]


async def get_bids(session: SessionDep) -> BidRepository:
    """The bids, as this request's session sees them."""
    return BidRepository(session)


BidsDep = Annotated[BidRepository, Depends(get_bids)]


async def get_mailer(connection: HTTPConnection) -> Mailer:
    """Whatever sends this service's mails."""
    mailer: Mailer = connection.state.mailer
    return mailer


async def get_sleep() -> Sleep:
    """How one waits here. A test hands over something that does not."""
    return asyncio.sleep


MailerDep = Annotated[Mailer, Depends(get_mailer)]
SleepDep = Annotated[Sleep, Depends(get_sleep)]


async def get_mailroom(connection: HTTPConnection, mailer: MailerDep, sleep: SleepDep) -> Mailroom:
    """What a task needs that runs when this request is over."""
    settings: Settings = connection.app.state.settings
    return Mailroom(connection.state.sessions, mailer, sleep, settings.mail_from, settings.public_url)


MailroomDep = Annotated[Mailroom, Depends(get_mailroom)]


async def get_rooms(connection: HTTPConnection) -> Rooms:
    """The rooms in which lots are watched."""
    rooms: Rooms = connection.state.rooms
    return rooms


async def get_errands(connection: HTTPConnection) -> Errands:
    """Who runs what nobody waits for."""
    errands: Errands = connection.state.errands
    return errands


RoomsDep = Annotated[Rooms, Depends(get_rooms)]
ErrandsDep = Annotated[Errands, Depends(get_errands)]


async def get_tickets(connection: HTTPConnection) -> Tickets:
    """The tickets that are out."""
    tickets: Tickets = connection.state.tickets
    return tickets


TicketsDep = Annotated[Tickets, Depends(get_tickets)]


@raises(ForeignOrigin)
async def check_origin(connection: HTTPConnection, settings: SettingsDep) -> None:
    """Let in our own pages, and callers that are no pages. Raises ForeignOrigin."""
    origin, host = connection.headers.get("origin"), connection.headers.get("host", "")
    if not is_welcome(origin, host, settings.cors_origins):
        raise ForeignOrigin("Only pages of this house may open this line.")
