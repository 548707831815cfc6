"""The application of the tool shed."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TypedDict

from anyio import CapacityLimiter
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from . import middleware, problems
from .channels import Channels
from .config import Settings
from .database import open_engine, session_maker
from .routers import auth, live, reservations, status, tools


class State(TypedDict):
    """The objects that the lifespan opens. An endpoint finds them in `request.state`."""

    settings: Settings
    sessions: async_sessionmaker[AsyncSession]
    hashing: CapacityLimiter
    channels: Channels


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[State]:
    """Open what the service needs. Close it in reverse order, also after an exception."""
    settings: Settings = app.state.settings
    async with AsyncExitStack() as stack:
        engine = await stack.enter_async_context(open_engine(settings.database_url))
        yield {
            "settings": settings,
            "sessions": session_maker(engine),
            "hashing": CapacityLimiter(2),
            "channels": Channels(),
        }


def create_app(settings: Settings | None = None) -> FastAPI:
    """Create an app with its own settings. Nothing is opened until its lifespan begins."""
    app = FastAPI(title="The tool shed", version="1.0.0", lifespan=lifespan)
    app.state.settings = settings or Settings()
    problems.install(app)
    middleware.install(app)
    app.include_router(status.router)
    app.include_router(auth.router)
    for module in (tools, reservations, live):
        app.include_router(module.router, prefix="/api/v1")
    return app


app = create_app()
