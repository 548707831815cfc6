"""The dependencies of the endpoints: the time, a session, the room, the learner or the teacher."""

import hmac
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request
from fastapi.requests import HTTPConnection
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.ext.asyncio import AsyncSession

from .config import Settings
from .exceptions import ForeignOrigin, RoomClosed, TooMany, UnknownMember, WrongToken
from .live import Live
from .models import Member
from .repositories.checks import CheckRepository
from .repositories.help import HelpRepository
from .repositories.members import MemberRepository
from .repositories.rooms import RoomRepository
from .services.joining import hashed
from .throttle import Throttle, place

COOKIE = "gavel_board"
SAFE = {"GET", "HEAD", "OPTIONS"}


async def get_now() -> datetime:
    """The time of day, aware and in UTC. Within one request everyone is given the same moment."""
    return datetime.now(UTC)


async def get_settings(connection: HTTPConnection) -> Settings:
    """The settings with which this board was made."""
    settings: Settings = connection.app.state.settings
    return settings


async def get_live(connection: HTTPConnection) -> Live:
    """The room as this process knows it, and those who watch it."""
    live: Live = connection.state.live
    return live


NowDep = Annotated[datetime, Depends(get_now)]
SettingsDep = Annotated[Settings, Depends(get_settings)]
LiveDep = Annotated[Live, Depends(get_live)]


async def get_session(connection: HTTPConnection) -> AsyncIterator[AsyncSession]:
    """One session for one request, committed at its edge. What waits for that is done after it."""
    async with connection.state.writers, connection.state.sessions.begin() as session:
        yield session
    for news in session.info.get("news", ()):
        news()


async def get_reader(connection: HTTPConnection) -> AsyncIterator[AsyncSession]:
    """A session for those who change nothing, and so wait for no writer."""
    async with connection.state.sessions() as session:
        yield session


SessionDep = Annotated[AsyncSession, Depends(get_session, scope="function")]
ReaderDep = Annotated[AsyncSession, Depends(get_reader, scope="function")]


class Ledger:
    """The repositories of one request, which share its session. `then` is done once all is committed."""

    def __init__(self, session: AsyncSession, live: Live) -> None:
        self._session, self._live = session, live
        self.rooms, self.members = RoomRepository(session), MemberRepository(session)
        self.checks, self.help = CheckRepository(session), HelpRepository(session)

    def then(self, news: Callable[[], None]) -> None:
        """Tell the view of the room what has changed, when it is kept, and let the picture be drawn anew."""
        self._session.info.setdefault("news", []).extend([news, self._live.changed])


async def get_ledger(session: SessionDep, live: LiveDep) -> Ledger:
    """What one reads and writes in."""
    return Ledger(session, live)


async def get_book(session: ReaderDep, live: LiveDep) -> Ledger:
    """What one reads in."""
    return Ledger(session, live)


LedgerDep = Annotated[Ledger, Depends(get_ledger)]
BookDep = Annotated[Ledger, Depends(get_book)]
bearer = HTTPBearer(auto_error=False, description="A member's token, or the teacher's.")
Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]


def too_many(seconds: int) -> TooMany:
    """The response to a client that sends too many requests."""
    return TooMany(f"Wait {seconds} seconds.", headers={"Retry-After": str(seconds)})


async def get_open_room(live: LiveDep) -> None:
    """Let nothing more into a room that is closed. Raises RoomClosed."""
    if live.view.closed_at is not None:
        raise RoomClosed(f"{live.view.name} was closed at {live.view.closed_at:%H:%M} UTC.")


async def get_token_hash(connection: HTTPConnection, token: Bearer) -> str:
    """The hash of the token that a learner's machine shows. Raises UnknownMember without one, or TooMany.

    The limit comes before the database, so that a flood does not reach it.
    """
    if token is None:
        raise UnknownMember("Join first.", headers={"WWW-Authenticate": "Bearer"})
    kept = hashed(token.credentials)
    limit: Throttle = connection.state.member_limit
    if seconds := limit.take(kept):
        raise too_many(seconds)
    return kept


TokenHash = Annotated[str, Depends(get_token_hash)]


async def get_member(kept: TokenHash, ledger: LedgerDep, live: LiveDep) -> Member:
    """The member to whom the token belongs. Raises UnknownMember."""
    member = await ledger.members.with_token(live.view.id, kept)
    if member is None:
        raise UnknownMember("This room does not know you, or no longer.")
    return member


MemberDep = Annotated[Member, Depends(get_member)]


def same_secret(shown: str, ours: str) -> bool:
    """Whether two secrets are one, in a time that tells nothing of where they differ."""
    return hmac.compare_digest(shown.encode("utf-8", "surrogatepass"), ours.encode())


def cookie_of(settings: Settings) -> str:
    """What the teacher's browser keeps: made from the token, so that it stays good over a restart."""
    token = settings.token.get_secret_value().encode()
    return hmac.digest(token, b"teacher of " + settings.room.encode(), "sha256").hex()


class Guesses:
    """Wrong guesses from the caller's address, of codes and of tokens."""

    def __init__(self, limit: Throttle, address: str) -> None:
        self._limit, self._address = limit, address

    def refuse_more(self, what: str) -> None:
        """Refuse a client that has guessed too often, even if this guess is right. Raises TooMany."""
        if seconds := self._limit.wait(f"{what} {self._address}"):
            raise too_many(seconds)

    def wrong(self, what: str) -> None:
        """Count a wrong guess. Raises TooMany where there were too many."""
        if seconds := self._limit.take(f"{what} {self._address}"):
            raise too_many(seconds)


async def get_guesses(request: Request) -> Guesses:
    """How many wrong guesses this client has made."""
    return Guesses(request.state.guesses, place(request.client.host if request.client else None))


GuessesDep = Annotated[Guesses, Depends(get_guesses)]


async def get_teacher(request: Request, settings: SettingsDep, token: Bearer, guesses: GuessesDep) -> None:
    """Let in the teacher, by the token or the page's cookie. Raises WrongToken, ForeignOrigin or TooMany.

    The right one is let in however many wrong ones were shown: it is too long to be guessed.
    """
    cookie = request.cookies.get(COOKIE)
    if token is None and cookie is None:
        raise WrongToken("This is the teacher's.", headers={"WWW-Authenticate": "Bearer"})
    if token is not None:
        known = same_secret(token.credentials, settings.token.get_secret_value())
    else:
        known = same_secret(cookie or "", cookie_of(settings))
    if not known:
        guesses.wrong("token")
        raise WrongToken("This is not the token of this room's teacher.")
    origin = request.headers.get("origin")
    if token is None and request.method not in SAFE and not is_own(origin, request.headers.get("host", "")):
        raise ForeignOrigin("Only the board's own page may do this.")


def is_own(origin: str | None, host: str) -> bool:
    """Whether a page of this origin (RFC 6454) is the board's. A cookie is sent to every port of a host."""
    return origin is not None and origin.partition("://")[2].casefold() == host.casefold()
