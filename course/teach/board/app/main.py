"""The board, put together."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from typing import TypedDict

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from .config import Settings
from .database import create_tables, open_engine, session_maker, writers
from .live import Live
from .middleware import install
from .problems import HANDLERS
from .repositories.checks import CheckRepository
from .repositories.help import HelpRepository
from .repositories.members import MemberRepository
from .repositories.rooms import RoomRepository
from .routers import export, learners, page, status, teacher
from .services.view import RoomView
from .services.words import Words
from .throttle import Throttle


class State(TypedDict):
    """What the lifespan opens; each request reaches it as `request.state`."""

    sessions: async_sessionmaker[AsyncSession]
    writers: asyncio.Semaphore
    live: Live
    member_limit: Throttle
    guesses: Throttle


def clock() -> datetime:
    """The time of day, aware and in UTC."""
    return datetime.now(UTC)


async def read(session: AsyncSession, settings: Settings, words: Words) -> RoomView:
    """The room as the database has it: whatever was answered before the board ended is in there."""
    room = await RoomRepository(session).named(settings.room, clock())
    view = RoomView(room, list(words.chapters), settings.minutes_now)
    for member in await MemberRepository(session).of(room.id):
        view.joined(member)
    async for check in CheckRepository(session).of(room.id):
        view.checked(check)
    for asked in await HelpRepository(session).of(room.id):
        view.asked(asked)
    return view


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[State]:
    """Open what the board needs, in order; close it in the reverse order, however it ends."""
    settings: Settings = app.state.settings
    async with AsyncExitStack() as stack:
        engine = await stack.enter_async_context(open_engine(settings.database_url))
        await create_tables(engine)
        sessions = session_maker(engine)
        async with sessions.begin() as session:
            view = await read(session, settings, app.state.words)
        live = Live(view, clock, settings.pulse_seconds, settings.watchers)
        app.state.end = live.end
        yield {
            "sessions": sessions,
            "writers": asyncio.Semaphore(writers(engine)),
            "live": await stack.enter_async_context(live.beating()),
            "member_limit": Throttle(settings.member_rate),
            "guesses": Throttle(settings.wrong_guesses),
        }


def create_app(settings: Settings | None = None, words: Words | None = None) -> FastAPI:
    """A board of its own, with settings of its own. Nothing is opened until its lifespan begins."""
    settings = settings or Settings()  # type: ignore[call-arg]  # code and token are in the environment
    app = FastAPI(
        title="The board",
        version="1.0.0",
        lifespan=lifespan,
        exception_handlers=HANDLERS,
        docs_url=None,
        redoc_url=None,
    )
    app.state.settings = settings
    app.state.words = words or Words()
    install(app, settings)
    app.include_router(status.router)
    for router in (learners.router, teacher.door, export.router, teacher.router):
        app.include_router(router, prefix="/api/v1")
    app.include_router(page.pages())
    return app
