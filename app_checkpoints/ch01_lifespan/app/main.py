"""Gavel, a live auction house: the application and its lifespan."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TypedDict

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from .config import Settings
from .database import open_engine
from .routers import status


class State(TypedDict):
    """What the lifespan opens; each request reaches it as `request.state`."""

    engine: AsyncEngine


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[State]:
    """Open what Gavel needs, in order; close it in the reverse order, however the service ends."""
    settings: Settings = app.state.settings
    async with AsyncExitStack() as stack:
        engine = await stack.enter_async_context(open_engine(settings.database_url, echo=settings.echo_sql))
        yield {"engine": engine}


def create_app(settings: Settings | None = None) -> FastAPI:
    """Create an application with its own settings. Nothing is opened until its lifespan begins."""
    app = FastAPI(title="Gavel", version="1.0.0", lifespan=lifespan)
    app.state.settings = settings or Settings()
    app.include_router(status.router)
    return app


app = create_app()
