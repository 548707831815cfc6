"""What an endpoint may declare: the current time, a session, the repository of lots, one lot."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Path, Security
from fastapi.requests import HTTPConnection
from fastapi.security import OAuth2PasswordBearer, SecurityScopes
from jwt import InvalidTokenError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from .channels import Channels
from .config import Settings
from .exceptions import InvalidToken, LotNotFound, MissingScope, NotYourLot, OriginNotAllowed, raises
from .mail import Mailer
from .models import Lot, User
from .origins import is_allowed_origin
from .repositories.bids import BidRepository
from .repositories.lots import LotRepository
from .repositories.users import UserRepository
from .security import ROLES, SCOPES, Claims, Passwords, read_token
from .services.notifications import EmailContext, Sleep
from .task_runner import TaskRunner
from .tickets import Tickets


async def get_clock() -> Callable[[], datetime]:
    """Return the clock, for a connection that stays open."""
    return lambda: datetime.now(UTC)


ClockDep = Annotated[Callable[[], datetime], Depends(get_clock)]


async def get_now(clock: ClockDep) -> datetime:
    """Return the current time, aware and in UTC. It is the same everywhere within one request."""
    return clock()


NowDep = Annotated[datetime, Depends(get_now)]


async def get_sessions(connection: HTTPConnection) -> async_sessionmaker[AsyncSession]:
    """Return the session maker, for a connection that stays open longer than a session should."""
    sessions: async_sessionmaker[AsyncSession] = connection.state.sessions
    return sessions


SessionsDep = Annotated[async_sessionmaker[AsyncSession], Depends(get_sessions)]


async def get_session(sessions: SessionsDep) -> AsyncIterator[AsyncSession]:
    """Yield the session of one request: committed if the endpoint returns, otherwise rolled back."""
    async with sessions.begin() as session:
        yield session


SessionDep = Annotated[AsyncSession, Depends(get_session, scope="function")]
PASSWORDS = Passwords()


async def get_passwords() -> AsyncIterator[Passwords]:
    """Yield the hasher, to two requests at a time. A waiting request has no database connection yet."""
    yield PASSWORDS


async def get_settings(connection: HTTPConnection) -> Settings:
    """Return the settings of this application."""
    settings: Settings = connection.app.state.settings
    return settings


async def get_users(session: SessionDep) -> UserRepository:
    """Return the users, as this request's session sees them."""
    return UserRepository(session)


async def get_bids(session: SessionDep) -> BidRepository:
    """Return the bids, as this request's session sees them."""
    return BidRepository(session)


PasswordsDep = Annotated[Passwords, Depends(get_passwords, scope="function", max_concurrency=2)]
SettingsDep = Annotated[Settings, Depends(get_settings)]
UsersDep = Annotated[UserRepository, Depends(get_users)]
BidsDep = Annotated[BidRepository, Depends(get_bids)]


LotId = Annotated[int, Path(ge=1, le=2**63 - 1, description="The id of the lot.")]


async def get_lots(session: SessionDep) -> LotRepository:
    """Return the repository of lots, with the session of this request."""
    return LotRepository(session)


LotsDep = Annotated[LotRepository, Depends(get_lots)]


@raises(LotNotFound)
async def get_lot(lot_id: LotId, lots: LotsDep) -> Lot:
    """Return the lot whose id is in the path. Raises LotNotFound if there is none."""
    lot = await lots.find(lot_id)
    if lot is None:
        raise LotNotFound(f"There is no lot {lot_id}.")
    return lot


LotDep = Annotated[Lot, Depends(get_lot)]
oauth2 = OAuth2PasswordBearer(tokenUrl="/auth/token", scopes=SCOPES)


def unauthorized() -> InvalidToken:
    """Make a 401 that does not say why (RFC 6750, section 3)."""
    return InvalidToken("This token is not valid, or no longer.")


async def get_claims(token: Annotated[str, Depends(oauth2)], settings: SettingsDep) -> Claims:
    """Return the claims of the token. Responds with 401 if it is not valid."""
    try:
        return read_token(token, settings.secret_key)
    except InvalidTokenError as error:
        raise unauthorized() from error


ClaimsDep = Annotated[Claims, Depends(get_claims)]


def forbidden(scope: str) -> MissingScope:
    """Make a 403 that names the missing OAuth2 scope (RFC 6750, section 3.1)."""
    headers = {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope}"'}
    return MissingScope(f"This requires the scope {scope}.", headers=headers, scope=scope)


@raises(InvalidToken, MissingScope)
async def get_current_user(needed: SecurityScopes, claims: ClaimsDep, users: UsersDep) -> User:
    """Return the user of the token. Raises InvalidToken, or MissingScope if the token lacks a scope."""
    user = await users.find(claims.user_id)
    if user is None or user.token_version != claims.version:
        raise unauthorized()
    if not claims.scopes.issuperset(needed.scopes):
        raise forbidden(needed.scope_str)
    return user


CurrentUser = Annotated[User, Depends(get_current_user)]


class PermissionChecker:
    """A dependency that returns the current user, or responds with 403 if their role lacks a permission."""

    def __init__(self, permission: str) -> None:
        self.permission = permission

    async def __call__(self, user: CurrentUser) -> User:
        """Return the user if their role has the permission today, whatever the token allows."""
        if self.permission not in ROLES[user.role]:
            raise forbidden(self.permission)
        return user


Seller = Annotated[User, Security(PermissionChecker("lots:write"), scopes=["lots:write"])]
Bidder = Annotated[User, Security(PermissionChecker("bids:write"), scopes=["bids:write"])]


@raises(NotYourLot)
async def get_own_lot(user: Seller, claims: ClaimsDep, lot: LotDep) -> Lot:
    """Return the lot of the path to a user who may change it. Raises NotYourLot for others."""
    manages = "lots:manage" in claims.scopes & ROLES[user.role]
    if lot.seller_id != user.id and not manages:
        raise NotYourLot(f"Lot {lot.id} belongs to another seller.")
    return lot


OwnLotDep = Annotated[Lot, Depends(get_own_lot)]


async def get_mailer(connection: HTTPConnection) -> Mailer:
    """Return the mailer of this service."""
    mailer: Mailer = connection.state.mailer
    return mailer


async def get_sleep() -> Sleep:
    """Return the function by which a task waits. A test replaces it by something that does not wait."""
    return asyncio.sleep


MailerDep = Annotated[Mailer, Depends(get_mailer)]
SleepDep = Annotated[Sleep, Depends(get_sleep)]


async def get_email_context(connection: HTTPConnection, mailer: MailerDep, sleep: SleepDep) -> EmailContext:
    """Return what a task needs, which runs when this request is over."""
    settings: Settings = connection.app.state.settings
    return EmailContext(connection.state.sessions, mailer, sleep, settings.mail_from, settings.public_url)


EmailContextDep = Annotated[EmailContext, Depends(get_email_context)]


async def get_channels(connection: HTTPConnection) -> Channels:
    """Return the channels of this service."""
    channels: Channels = connection.state.channels
    return channels


async def get_task_runner(connection: HTTPConnection) -> TaskRunner:
    """Return the runner of background tasks that belong to no request."""
    task_runner: TaskRunner = connection.state.task_runner
    return task_runner


async def get_tickets(connection: HTTPConnection) -> Tickets:
    """Return the tickets that are not used yet."""
    tickets: Tickets = connection.state.tickets
    return tickets


ChannelsDep = Annotated[Channels, Depends(get_channels)]
TaskRunnerDep = Annotated[TaskRunner, Depends(get_task_runner)]
TicketsDep = Annotated[Tickets, Depends(get_tickets)]


@raises(OriginNotAllowed)
async def check_origin(connection: HTTPConnection, settings: SettingsDep) -> None:
    """Refuse pages of other sites. Raises OriginNotAllowed."""
    origin, host = connection.headers.get("origin"), connection.headers.get("host", "")
    if not is_allowed_origin(origin, host, settings.cors_origins):
        raise OriginNotAllowed("A page of another site may not open this connection.")
