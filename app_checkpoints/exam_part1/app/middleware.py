"""What happens around every request: it gets a name, and no exception leaves without a word."""

import logging
import re
from uuid import uuid4

from fastapi import FastAPI
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .problems import problem
from .tracing import request_id

logger = logging.getLogger("shed")
USABLE = re.compile(r"[A-Za-z0-9._-]{1,64}")


class RequestIdMiddleware:
    """Gives each request a name, the caller's where it is usable, and writes it on the answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request under its name; anything else passes through."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        wanted = Headers(scope=scope).get("x-request-id", "")
        name = wanted if USABLE.fullmatch(wanted) else uuid4().hex

        async def send_named(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["X-Request-ID"] = name
            await send(message)

        token = request_id.set(name)
        try:
            await self.app(scope, receive, send_named)
        finally:
            request_id.reset(token)


class UnforeseenMiddleware:
    """Answers an exception that nobody expected: with a problem document, and one entry in the log."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; once an answer has begun, its exception goes on its way."""
        begun = False

        async def send_noted(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, receive, send_noted)
        except Exception:
            if scope["type"] != "http" or begun:
                raise
            logger.exception("request %s failed", request_id.get())
            words = "Something went wrong here. Tell us the request's id."
            await problem(scope["path"], 500, "Internal error", words)(scope, receive, send)


def install(app: FastAPI) -> None:
    """The one that is added last stands outside: even a 500 has its name."""
    app.add_middleware(UnforeseenMiddleware)
    app.add_middleware(RequestIdMiddleware)
