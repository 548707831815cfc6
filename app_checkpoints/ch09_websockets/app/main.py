"""Gavel, a live auction house: the application and its lifespan."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import TypedDict

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from .api_info import API_INFO
from .channels import Channels
from .config import Settings
from .database import create_tables, is_alive, open_engine, session_maker
from .logs import configure_logging
from .mail import Mailer, mailer_for
from .middleware import SendTimeoutMiddleware, install
from .openapi import describe
from .problems import HANDLERS
from .routers import auth, bids, live, lots, page, status
from .task_runner import TaskRunner
from .throttle import Throttle
from .tickets import Tickets


class State(TypedDict):
    """What the lifespan opens; each request reaches it as `request.state`."""

    engine: AsyncEngine
    sessions: async_sessionmaker[AsyncSession]
    throttle: Throttle
    mailer: Mailer
    channels: Channels
    tickets: Tickets
    task_runner: TaskRunner


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[State]:
    """Open what Gavel needs, in order; close it in the reverse order, however the service ends."""
    settings: Settings = app.state.settings
    configure_logging(settings.log_level)
    async with AsyncExitStack() as stack:
        engine = await stack.enter_async_context(open_engine(settings.database_url, echo=settings.echo_sql))
        if await is_alive(engine):
            await create_tables(engine)
        yield {
            "engine": engine,
            "sessions": session_maker(engine),
            "throttle": Throttle(timedelta(seconds=settings.login_window_seconds)),
            "mailer": mailer_for(settings),
            "channels": Channels(settings.watchers_per_lot, settings.watchers_per_client),
            "tickets": Tickets(),
            "task_runner": await stack.enter_async_context(TaskRunner(settings.shutdown_seconds)),
        }


def create_app(settings: Settings | None = None) -> FastAPI:
    """Create an application with its own settings. Nothing is opened until its lifespan begins."""
    app = FastAPI(**API_INFO, lifespan=lifespan, exception_handlers=HANDLERS)
    app.state.settings = settings or Settings()
    app.add_middleware(SendTimeoutMiddleware, seconds=app.state.settings.heartbeat_seconds)
    install(app, app.state.settings)
    app.include_router(status.router)
    app.include_router(auth.router)
    app.include_router(page.router)
    for each in (lots, bids, live):
        app.include_router(each.router, prefix="/api/v1")
    describe(app)
    return app


app = create_app()
