"""What stands around every request. All of it is pure ASGI, so that WebSockets pass and nothing is copied."""

import logging
import re
from secrets import token_hex
from time import perf_counter

from fastapi import FastAPI
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.httpsredirect import HTTPSRedirectMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .config import Settings
from .logs import request_id

ALWAYS = (
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"frame-ancestors 'none'"),
    (b"referrer-policy", b"same-origin"),
)
OVER_HTTPS = (*ALWAYS, (b"strict-transport-security", b"max-age=31536000"))


class SecurityHeadersMiddleware:
    """Tells browsers what they must not do with an answer. What an answer says itself stays."""

    def __init__(self, app: ASGIApp, *, https: bool = False) -> None:
        self.app, self.https = app, https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        ours = OVER_HTTPS if self.https and scope.get("scheme") == "https" else ALWAYS

        async def send_protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                theirs = list(message.get("headers", ()))
                said = {name.lower() for name, _ in theirs}
                message["headers"] = theirs + [each for each in ours if each[0] not in said]
            await send(message)

        await self.app(scope, receive, send_protected)


DECENT = re.compile(r"[A-Za-z0-9._-]{1,64}")
STARTS = {"http.response.start", "websocket.accept", "websocket.http.response.start"}


def header_of(scope: Scope, name: bytes) -> str:
    """The first header of that name, in small letters as ASGI has them; empty where there is none."""
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


class RequestIdMiddleware:
    """Gives each request a name: the caller's where it is a decent one, else a new one."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        theirs = header_of(scope, b"x-request-id")
        name = theirs if DECENT.fullmatch(theirs) else token_hex(16)

        async def send_named(message: Message) -> None:
            if message["type"] in STARTS:
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", name.encode())]
            await send(message)

        token = request_id.set(name)
        try:
            await self.app(scope, receive, send_named)
        finally:
            request_id.reset(token)


access = logging.getLogger("gavel.access")


def write_line(scope: Scope, status: int, began: float) -> None:
    """One line for one request, `began` as `perf_counter` told it. No query: people put secrets there."""
    took = round(1000 * (perf_counter() - began), 1)
    facts = {"method": scope["method"], "path": scope["path"], "status": status, "duration_ms": took}
    access.info("answered", extra={"facts": facts})


class AccessLogMiddleware:
    """Writes one line for each request, and tells the caller for how long Gavel thought."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status, written = perf_counter(), 500, False

        async def send_timed(message: Message) -> None:
            nonlocal status, written
            if message["type"] == "http.response.start":
                status = message["status"]
                thought = f"app;dur={1000 * (perf_counter() - began):.1f}".encode()
                message["headers"] = [*message.get("headers", ()), (b"server-timing", thought)]
            await send(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                written = True
                write_line(scope, status, began)

        try:
            await self.app(scope, receive, send_timed)
        finally:
            if not written:
                write_line(scope, status, began)


METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
HEADERS = ("Authorization", "Content-Type", "If-None-Match", "X-Request-ID")
EXPOSED = ("ETag", "Location", "Retry-After", "X-Request-ID")
COMPACT = ("image/*", "text/event-stream")


def install(app: FastAPI, settings: Settings) -> None:
    """Put the layers around the app, from the inside out: what is added last stands outermost."""
    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=settings.max_body_size)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=4, exclude_content_types=COMPACT)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=METHODS,
            allow_headers=HEADERS,
            expose_headers=EXPOSED,
        )
    if settings.https:
        app.add_middleware(HTTPSRedirectMiddleware)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=settings.allowed_hosts, www_redirect=False)
    app.add_middleware(SecurityHeadersMiddleware, https=settings.https)
    app.add_middleware(AccessLogMiddleware)
    app.add_middleware(RequestIdMiddleware)
