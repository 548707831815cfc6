"""Drive one request through an app in process, and record what ran in which order.

FastAPI is not patched. Three public interfaces, each the most robust for what it shows:

- its OpenTelemetry spans show the endpoint, the serialisation and the background tasks. An app takes its
  tracer provider when it is made, so the app is put behind an empty `FastAPI(telemetry=...)` shell: spans of
  the inner app join the request that the shell has begun. `course.engine.pictures.spans` is that provider;
- `app.dependency_overrides` puts a wrapper before each dependency. There is one span for all dependencies
  and none for their exits; a wrapper sees each enter and each exit. A profile function would see them too,
  but would have to tell a suspended frame from a finished one by its bytecode, which changes with
  every Python;
- `app.user_middleware` gets an observer before each middleware, and the stack is built anew for this one
  request. The same rebuild takes observed copies of `app.exception_handlers`.

All three are put back as they were. What has no such interface does not appear: a Starlette `BackgroundTask`
that is passed to a `Response`, and each single part that an endpoint yields.
"""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from course.engine.pictures.names import name_of, problem_of
from course.engine.pictures.request_log import Log
from course.engine.pictures.spans import provider
from course.engine.pictures.wrapping import sort_of, watched, watched_handler
from course.errors import CourseError

if TYPE_CHECKING:
    from fastapi import FastAPI
    from fastapi.dependencies.models import Dependant

COMPLETE = "the client has the response"
ASGIApp = Callable[..., Awaitable[None]]


def watch(app: "FastAPI", method: str, path: str, **request: Any) -> tuple[int, Log]:
    """Send one request, lifespan included; redirects are not followed. Returns the status code and the log.

    Raises:
        CourseError: `app` is not a FastAPI app.
        Exception: whatever the app's own start-up or shutdown raises.
    """
    from fastapi import FastAPI
    from fastapi.testclient import TestClient

    if not isinstance(app, FastAPI):
        raise CourseError(
            f"A timeline needs a FastAPI app, and this is {type(app).__name__}.",
            "Give it the app itself: `timeline(app, 'GET', '/health')`.",
        )
    log = Log()
    shell = FastAPI(
        openapi_url=None,
        telemetry={
            "tracer_provider": provider(log),
            "metrics": False,
            "logs": False,
            "auto_configure": False,
        },
    )
    with _observed(app, log):
        shell.middleware_stack = _edge(app, log)
        with TestClient(shell, raise_server_exceptions=False, follow_redirects=False) as client:
            response = client.request(method, path, **request)
    return response.status_code, log


def _edge(app: ASGIApp, log: Log) -> ASGIApp:
    """What stands where the server stands: it sees the response leave, and exceptions that nothing caught."""

    async def edge(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        started = None

        async def seen(message: Any) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = log.add("response", "", f"{message['status']} and its headers are sent")
                started.whole = f"{message['status']} is sent, headers and body: {COMPLETE}"
                endpoint = scope.get("endpoint")
                if endpoint is not None and "generator" in sort_of(endpoint):
                    log.add("endpoint", name_of(endpoint), "yields the body, part by part")
            elif message["type"] == "http.response.body" and not message.get("more_body"):
                log.add("response", "", f"the last of its body is sent: {COMPLETE}", closes=started)
            await send(message)

        try:
            await app(scope, receive, seen)
        except Exception as error:
            what = "leaves the app; the server logs it"
            log.add("exception", problem_of(error), what)
            raise

    return edge


class Observer:
    """A pure ASGI middleware that stands before another one and sees what goes in and comes out."""

    def __init__(self, app: ASGIApp, *, who: str, log: Log) -> None:
        self.app, self.who, self.log = app, who, log

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        entered = self.log.add("middleware", self.who, "the request goes in")

        async def seen(message: Any) -> None:
            if message["type"] == "http.response.start":
                self.log.add("middleware", self.who, "the response comes out")
            await send(message)

        try:
            await self.app(scope, receive, seen)
        except BaseException as error:
            self.log.add("middleware", self.who, "ends", closes=entered).raised = problem_of(error)
            raise
        self.log.add("middleware", self.who, "ends", closes=entered)


@contextmanager
def _observed(app: "FastAPI", log: Log) -> Iterator[None]:
    """Put the observers in, and take them out again whatever happens."""
    from starlette.middleware import Middleware

    apps = list(_with_mounted(app))
    kept = [
        (
            each,
            each.dependency_overrides,
            each.user_middleware,
            each.exception_handlers,
            each.middleware_stack,
        )
        for each in apps
    ]
    try:
        for each in apps:
            each.dependency_overrides = _overrides(each, log)
            each.user_middleware = [
                layer
                for own in each.user_middleware
                for layer in (Middleware(Observer, who=_middleware_name(own), log=log), own)
            ]
            each.exception_handlers = {
                key: watched_handler(handler, log) for key, handler in each.exception_handlers.items()
            }
            each.middleware_stack = None
        yield
    finally:
        for each, overrides, middleware, handlers, stack in kept:
            each.dependency_overrides, each.user_middleware = overrides, middleware
            each.exception_handlers, each.middleware_stack = handlers, stack


def _with_mounted(app: "FastAPI") -> "Iterator[FastAPI]":
    from fastapi import FastAPI
    from starlette.routing import Mount

    yield app
    for route in app.routes:
        if isinstance(route, Mount) and isinstance(route.app, FastAPI):
            yield from _with_mounted(route.app)


def _middleware_name(middleware: Any) -> str:
    return name_of(middleware.kwargs.get("dispatch") or middleware.cls)


def _overrides(app: "FastAPI", log: Log) -> dict[Callable[..., Any], Callable[..., Any]]:
    """For each dependency of each route: a wrapper of it, or of what already stands in for it."""
    from fastapi.dependencies.utils import get_dependant
    from fastapi.routing import iter_route_contexts

    found: dict[Callable[..., Any], Callable[..., Any]] = {}
    present = app.dependency_overrides

    def visit(dependant: "Dependant") -> None:
        for below in dependant.dependencies:
            call = below.call
            if call is not None and call not in found:
                real = present.get(call, call)
                found[call] = watched(real, log, instead_of=call if real is not call else None)
                if real is not call:
                    visit(get_dependant(path=below.path or "", call=real))
            visit(below)

    for route in iter_route_contexts(app.routes):
        dependant = getattr(route.original_route, "dependant", None) and route.dependant
        if dependant is not None:
            visit(dependant)
    return found
