"""Middleware: each request gets an ID, and each unexpected exception becomes a 500."""

import logging
import re
from uuid import uuid4

from fastapi import FastAPI
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .problems import problem
from .tracing import request_id

logger = logging.getLogger("shed")
VALID_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class RequestIdMiddleware:
    """Gives each request an ID, that of the client if it is valid, and adds it to the response."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request with its ID. WebSockets and the lifespan pass through."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        sent = Headers(scope=scope).get("x-request-id", "")
        new_id = sent if VALID_ID.fullmatch(sent) else uuid4().hex

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["X-Request-ID"] = new_id
            await send(message)

        token = request_id.set(new_id)
        try:
            await self.app(scope, receive, send_with_id)
        finally:
            request_id.reset(token)


class UnexpectedErrorMiddleware:
    """Turns an unexpected exception into a problem document, and logs it once."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request. If the response has begun, raise its exception again."""
        begun = False

        async def send_tracked(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, receive, send_tracked)
        except Exception:
            if scope["type"] != "http" or begun:
                raise
            logger.exception("request %s failed", request_id.get())
            detail = "An unexpected error occurred. Please report the request ID."
            await problem(scope["path"], 500, "Internal error", detail)(scope, receive, send)


def install(app: FastAPI) -> None:
    """Add the middleware. The one that is added last is outermost, so a 500 has its request ID too."""
    app.add_middleware(UnexpectedErrorMiddleware)
    app.add_middleware(RequestIdMiddleware)
