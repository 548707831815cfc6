"""Dependencies and middleware of which the tests of pictures make their small apps."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request, Response
from starlette.middleware.base import BaseHTTPMiddleware

from course.engine.pictures import timeline


async def get_session() -> AsyncIterator[str]:
    yield "session"


def get_lock() -> Iterator[str]:
    yield "lock"


async def get_lots(session: Annotated[str, Depends(get_session)]) -> str:
    return session


def write_log() -> None:
    pass


class Timing:
    """A pure ASGI middleware."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.app(scope, receive, send)


class Ids(BaseHTTPMiddleware):
    async def dispatch(
        self, request: Request, call_next: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        return await call_next(request)


def lines(app: FastAPI, *arguments: str, **request: Any) -> list[str]:
    return list(timeline(app, *arguments, **request).lines)
