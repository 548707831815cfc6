"""Middleware around every request. It is pure ASGI, so WebSockets pass and nothing is copied."""

import asyncio
import logging
import re
from secrets import token_hex
from time import perf_counter

from fastapi import FastAPI, Request
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.httpsredirect import HTTPSRedirectMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .config import Settings
from .logs import request_id
from .problems import handle_unexpected_error

SECURITY_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"frame-ancestors 'none'"),
    (b"referrer-policy", b"same-origin"),
)
HTTPS_HEADERS = (*SECURITY_HEADERS, (b"strict-transport-security", b"max-age=31536000"))


class SecurityHeadersMiddleware:
    """Adds security headers to each response. A header that the response already has keeps its value."""

    def __init__(self, app: ASGIApp, *, https: bool = False) -> None:
        self.app, self.https = app, https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        added = HTTPS_HEADERS if self.https and scope.get("scheme") == "https" else SECURITY_HEADERS

        async def send_protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", ()))
                present = {name for name, _ in headers}
                message["headers"] = headers + [each for each in added if each[0] not in present]
            await send(message)

        await self.app(scope, receive, send_protected)


VALID_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
MESSAGES_WITH_HEADERS = {"http.response.start", "websocket.accept", "websocket.http.response.start"}


def read_header(scope: Scope, name: bytes) -> str:
    """The first header with this name, in lower case as ASGI has it; empty if there is none."""
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


class RequestIdMiddleware:
    """Gives each request an ID: the client's if it is valid, else a new one."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        theirs = read_header(scope, b"x-request-id")
        name = theirs if VALID_REQUEST_ID.fullmatch(theirs) else token_hex(16)

        async def send_named(message: Message) -> None:
            if message["type"] in MESSAGES_WITH_HEADERS:
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", name.encode())]
            await send(message)

        token = request_id.set(name)
        try:
            await self.app(scope, receive, send_named)
        finally:
            request_id.reset(token)


access_log = logging.getLogger("gavel.access")


def log_request(scope: Scope, status: int, began: float) -> None:
    """Log one request, which began at `began` of `perf_counter`. No query string: it may contain secrets."""
    took = round(1000 * (perf_counter() - began), 1)
    fields = {"method": scope["method"], "path": scope["path"], "status": status, "duration_ms": took}
    access_log.info("responded", extra={"fields": fields})


class AccessLogMiddleware:
    """Logs one line for each request, and tells the client in `Server-Timing` how long it took."""

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
                duration = f"app;dur={1000 * (perf_counter() - began):.1f}".encode()
                message["headers"] = [*message.get("headers", ()), (b"server-timing", duration)]
            await send(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                written = True
                log_request(scope, status, began)

        try:
            await self.app(scope, receive, send_timed)
        finally:
            if not written:
                log_request(scope, status, began)


CORS_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
CORS_HEADERS = ("Authorization", "Content-Type", "If-None-Match", "X-Request-ID")
CORS_EXPOSED = ("ETag", "Location", "Retry-After", "X-Request-ID")
COMPRESSED = ("image/*", "text/event-stream")


error_log = logging.getLogger("gavel.errors")


class ErrorMiddleware:
    """Responds with 500 to an unexpected exception and logs it once. With `propagate` it raises it again."""

    def __init__(self, app: ASGIApp, *, propagate: bool = False) -> None:
        self.app, self.propagate = app, propagate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def send_on(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, send_on)
        except Exception as error:
            if started or scope["type"] != "http":
                raise
            error_log.exception("%s %s", scope["method"], scope["path"])
            response = await handle_unexpected_error(Request(scope), error)
            await response(scope, receive, send)
            if self.propagate:
                raise


def install(app: FastAPI, settings: Settings) -> None:
    """Add all middleware, from the inside to the outside: the last one added is the outermost."""
    app.add_middleware(ErrorMiddleware, propagate=settings.environment == "test")
    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=settings.max_body_size)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=4, exclude_content_types=COMPRESSED)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=CORS_METHODS,
            allow_headers=CORS_HEADERS,
            expose_headers=CORS_EXPOSED,
        )
    if settings.https:
        app.add_middleware(HTTPSRedirectMiddleware)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=settings.allowed_hosts, www_redirect=False)
    app.add_middleware(SecurityHeadersMiddleware, https=settings.https)
    app.add_middleware(AccessLogMiddleware)
    app.add_middleware(RequestIdMiddleware)


class SendTimeout(Exception):
    """The client has stopped reading its response."""


class SendTimeoutMiddleware:
    """Ends a response whose client has read nothing for some seconds."""

    def __init__(self, app: ASGIApp, *, seconds: float) -> None:
        self.app, self.seconds = app, seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_in_time(message: Message) -> None:
            try:
                async with asyncio.timeout(self.seconds):
                    await send(message)
            except TimeoutError:
                raise SendTimeout from None

        try:
            await self.app(scope, receive, send_in_time if scope["type"] == "http" else send)
        except* SendTimeout:
            pass
