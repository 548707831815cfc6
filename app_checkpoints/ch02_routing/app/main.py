"""Gavel, a live auction house: the application and its lifespan."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TypedDict

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from .api_info import API_INFO
from .config import Settings
from .database import open_engine
from .routers import lots, status
from .store import LotStore


class State(TypedDict):
    """What the lifespan opens; each request reaches it as `request.state`."""

    engine: AsyncEngine
    store: LotStore


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[State]:
    """Open what Gavel needs, in order; close it in the reverse order, however the service ends."""
    settings: Settings = app.state.settings
    async with AsyncExitStack() as stack:
        engine = await stack.enter_async_context(open_engine(settings.database_url, echo=settings.echo_sql))
        yield {"engine": engine, "store": LotStore()}


def create_app(settings: Settings | None = None) -> FastAPI:
    """Create an application with its own settings. Nothing is opened until its lifespan begins."""
    app = FastAPI(**API_INFO, lifespan=lifespan)
    app.state.settings = settings or Settings()
    app.include_router(status.router)
    app.include_router(lots.router, prefix="/api/v1")
    return app


app = create_app()
