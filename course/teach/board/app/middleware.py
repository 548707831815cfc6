"""What stands around every request. All of it is pure ASGI, so that streams pass and nothing is copied."""

from fastapi import FastAPI, HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .config import Settings
from .exceptions import TooMany
from .problems import KINDS, problem
from .throttle import Throttle, place

ALWAYS = (
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
OVER_HTTPS = (*ALWAYS, (b"strict-transport-security", b"max-age=31536000"))
COMPACT = ("image/*", "text/event-stream")


class SecurityHeadersMiddleware:
    """Tells browsers what they must not do with an answer. What an answer says itself stays."""

    def __init__(self, app: ASGIApp, *, https: bool = False) -> None:
        self.app, self.ours = app, OVER_HTTPS if https else ALWAYS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                theirs = list(message.get("headers", ()))
                said = {name.lower() for name, _ in theirs}
                message["headers"] = theirs + [each for each in self.ours if each[0] not in said]
            await send(message)

        await self.app(scope, receive, send_protected)


class AddressLimitMiddleware:
    """Refuses more than `rate` requests a minute from one address, before anything is read of them.

    A room sits behind one address often, so the rate is generous: it stops floods, and no learner who works.
    """

    def __init__(self, app: ASGIApp, *, rate: int) -> None:
        self.app, self.throttle = app, Throttle(rate)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            host = scope["client"][0] if scope.get("client") else None
            if seconds := self.throttle.take(place(host)):
                answer = problem(
                    scope["path"],
                    TooMany.status,
                    TooMany.title,
                    {"Retry-After": str(seconds)},
                    type=KINDS + TooMany.kind,
                    detail=f"Wait {seconds} seconds.",
                )
                await answer(scope, receive, send)
                return
        await self.app(scope, receive, send)


class BodyLimitMiddleware:
    """Refuses a body that says it is too large, or turns out so: 413, and no more of it is read."""

    def __init__(self, app: ASGIApp, *, max_body_size: int) -> None:
        self.app, self.max_body_size = app, max_body_size

    def _check(self, size: int) -> None:
        if size > self.max_body_size:
            raise HTTPException(413, f"A request may have at most {self.max_body_size} bytes.")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        received = 0

        async def receive_within() -> Message:
            nonlocal received
            said = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
            self._check(int(said[:20]) if said.isdigit() else 0)
            message = await receive()
            received += len(message.get("body", b""))
            self._check(received)
            return message

        await self.app(scope, receive_within if scope["type"] == "http" else receive, send)


def install(app: FastAPI, settings: Settings) -> None:
    """Put the layers around the app, from the inside out: what is added last stands outermost."""
    app.add_middleware(BodyLimitMiddleware, max_body_size=settings.max_body_size)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=4, exclude_content_types=COMPACT)
    app.add_middleware(AddressLimitMiddleware, rate=settings.address_rate)
    app.add_middleware(SecurityHeadersMiddleware, https=settings.https)
