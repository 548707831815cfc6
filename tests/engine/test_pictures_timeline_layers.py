"""A timeline shows what is around the endpoint: middleware, validation, background tasks, the response."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

import pytest
from fastapi import BackgroundTasks, Depends, FastAPI, Request

from tests.engine.parts_of_an_app import Ids, Timing, get_session, lines, write_log

SENT = "response: 200 is sent, headers and body: the client has the response"
JSON = "response: the return value becomes JSON"


def test_a_request_that_is_refused_never_reaches_the_endpoint() -> None:
    app = FastAPI()

    @app.get("/lots")
    async def read_lots(limit: int) -> None: ...

    told = lines(app, "get", "/lots", params={"limit": "many"})
    assert told[0] == "validation: refuses the request (query limit); the endpoint does not run"
    assert not any(line.startswith("endpoint") for line in told)


@pytest.mark.parametrize("middleware", [Timing, Ids])
def test_middleware_is_around_everything_else(middleware: Any) -> None:
    app = FastAPI()
    app.add_middleware(middleware)

    @app.get("/")
    def bid(tasks: BackgroundTasks, session: Annotated[str, Depends(get_session)]) -> str:
        tasks.add_task(write_log)
        return session

    name = middleware.__name__
    assert lines(app) == [
        f"middleware {name}: the request goes in",
        "dependency get_session: enters, up to its yield",
        "endpoint bid: runs",
        JSON,
        f"middleware {name}: the response comes out",
        SENT,
        "background task write_log: runs",
        "dependency get_session: exits, after its yield",
        f"middleware {name}: ends",
    ]


def test_the_middleware_that_was_added_last_is_outermost() -> None:
    app = FastAPI()
    app.add_middleware(Timing)

    @app.middleware("http")
    async def add_id(request: Request, call_next: Any) -> Any:
        return await call_next(request)

    told = lines(app, "GET", "/nowhere")
    assert told[:2] == ["middleware add_id: the request goes in", "middleware Timing: the request goes in"]
    assert told[-2:] == ["middleware Timing: ends", "middleware add_id: ends"]


def test_an_unexpected_exception_goes_through_the_middleware_before_the_500() -> None:
    app = FastAPI()
    app.add_middleware(Timing)

    @app.get("/")
    async def bid() -> None:
        raise ValueError

    assert lines(app) == [
        "middleware Timing: the request goes in",
        "endpoint bid: runs and raises ValueError",
        "middleware Timing: ends and raises ValueError",
        "response: 500 is sent, headers and body: the client has the response",
        "exception ValueError: leaves the app; the server logs it",
    ]


def test_a_background_task_that_raises_says_so_and_the_next_one_does_not_run() -> None:
    app = FastAPI()

    async def fail() -> None:
        raise ValueError

    @app.get("/")
    async def bid(tasks: BackgroundTasks) -> None:
        tasks.add_task(fail)
        tasks.add_task(write_log)

    told = lines(app)
    assert "background task fail: runs and raises ValueError" in told
    assert not any("write_log" in line for line in told)


def test_a_response_in_parts_is_sent_while_the_endpoint_yields() -> None:
    app = FastAPI()

    @app.get("/")
    async def watch_lot(session: Annotated[str, Depends(get_session)]) -> AsyncIterator[int]:
        yield 1
        yield 2

    assert lines(app) == [
        "dependency get_session: enters, up to its yield",
        "response: 200 and its headers are sent",
        "endpoint watch_lot: yields the body, part by part",
        "response: the last of its body is sent: the client has the response",
        "dependency get_session: exits, after its yield",
    ]
