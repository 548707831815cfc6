"""A timeline shows when dependencies enter and exit: the order in which they really did."""

from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from typing import Annotated, Any

import pytest
from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException

from tests.engine.parts_of_an_app import get_lock, get_lots, get_session, lines, write_log


async def send_receipt() -> None:
    pass


SENT = "response: 200 is sent, headers and body: the client has the response"
JSON = "response: the return value becomes JSON"
SCOPES = [
    pytest.param(get_session, id="async"),
    pytest.param(get_lock, id="sync"),
]


@pytest.mark.parametrize("dependency", SCOPES)
def test_by_default_a_dependency_exits_after_the_response_and_the_background_tasks(dependency: Any) -> None:
    app = FastAPI()

    @app.get("/")
    async def bid(tasks: BackgroundTasks, value: Annotated[str, Depends(dependency)]) -> str:
        tasks.add_task(send_receipt)
        tasks.add_task(write_log)
        return value

    name = dependency.__name__
    assert lines(app) == [
        f"dependency {name}: enters, up to its yield",
        "endpoint bid: runs",
        JSON,
        SENT,
        "background task send_receipt: runs",
        "background task write_log: runs",
        f"dependency {name}: exits, after its yield",
    ]


@pytest.mark.parametrize("dependency", SCOPES)
def test_with_scope_function_a_dependency_exits_before_the_response(dependency: Any) -> None:
    app = FastAPI()

    @app.get("/")
    def bid(tasks: BackgroundTasks, value: Annotated[str, Depends(dependency, scope="function")]) -> str:
        tasks.add_task(send_receipt)
        return value

    name = dependency.__name__
    assert lines(app) == [
        f"dependency {name}: enters, up to its yield",
        "endpoint bid: runs",
        JSON,
        f"dependency {name}: exits, after its yield",
        SENT,
        "background task send_receipt: runs",
    ]


@pytest.mark.parametrize("dependency", SCOPES)
def test_an_http_exception_runs_the_exit_before_the_response(dependency: Any) -> None:
    app = FastAPI()

    @app.get("/")
    async def bid(value: Annotated[str, Depends(dependency)]) -> str:
        raise HTTPException(409)

    name = dependency.__name__
    assert lines(app) == [
        f"dependency {name}: enters, up to its yield",
        "endpoint bid: runs and raises HTTPException 409",
        f"dependency {name}: exits, having seen HTTPException 409",
        "exception handler http_exception_handler: turns HTTPException 409 into a response",
        "response: 409 is sent, headers and body: the client has the response",
    ]


def test_a_commit_that_fails_in_the_exit_comes_after_the_200() -> None:
    app = FastAPI()

    async def get_failing() -> AsyncIterator[None]:
        yield
        raise RuntimeError("the commit failed")

    @app.get("/")
    async def bid(_: Annotated[None, Depends(get_failing)]) -> str:
        return "done"

    assert lines(app)[-3:] == [
        SENT,
        "dependency get_failing: exits, after its yield and raises RuntimeError",
        "exception RuntimeError: leaves the app; the server logs it",
    ]


def test_nested_dependencies_enter_inside_out_and_exit_the_other_way_round() -> None:
    app = FastAPI()

    def get_unit(session: Annotated[str, Depends(get_session)]) -> Iterator[str]:
        yield session

    @app.get("/")
    async def bid(unit: Annotated[str, Depends(get_unit)]) -> str:
        return unit

    assert lines(app) == [
        "dependency get_session: enters, up to its yield",
        "dependency get_unit: enters, up to its yield",
        "endpoint bid: runs",
        JSON,
        SENT,
        "dependency get_unit: exits, after its yield",
        "dependency get_session: exits, after its yield",
    ]


def test_a_shared_dependency_runs_once_unless_caching_is_off() -> None:
    app = FastAPI()
    Lots = Annotated[str, Depends(get_lots)]

    @app.get("/cached")
    async def cached(lots: Lots, again: Lots, session: Annotated[str, Depends(get_session)]) -> str:
        return lots

    @app.get("/fresh")
    async def fresh(lots: Lots, again: Annotated[str, Depends(get_lots, use_cache=False)]) -> str:
        return lots

    assert sum("get_lots: runs" in line for line in lines(app, "GET", "/cached")) == 1
    assert sum("get_session: enters" in line for line in lines(app, "GET", "/cached")) == 1
    assert sum("get_lots: runs" in line for line in lines(app, "GET", "/fresh")) == 2


@pytest.mark.parametrize("sort", ["plain", "before its yield", "before its async yield"])
def test_a_dependency_that_raises_stops_the_endpoint(sort: str) -> None:
    app = FastAPI()

    def refuse() -> None:
        raise HTTPException(403)

    def refuse_to_open() -> Iterator[None]:
        raise HTTPException(403)
        yield

    async def refuse_to_open_soon() -> AsyncIterator[None]:
        raise HTTPException(403)
        yield

    guards = {
        "plain": refuse,
        "before its yield": refuse_to_open,
        "before its async yield": refuse_to_open_soon,
    }
    guard: Any = guards[sort]

    @app.get("/", dependencies=[Depends(get_session), Depends(guard)])
    async def bid() -> None: ...

    begins = "runs" if sort == "plain" else "enters, up to its yield"
    assert lines(app) == [
        "dependency get_session: enters, up to its yield",
        f"dependency {guard.__name__}: {begins} and raises HTTPException 403",
        "dependency get_session: exits, having seen HTTPException 403",
        "exception handler http_exception_handler: turns HTTPException 403 into a response",
        "response: 403 is sent, headers and body: the client has the response",
    ]


def test_an_exit_that_swallows_an_exception_is_named() -> None:
    app = FastAPI()

    async def hide() -> AsyncIterator[None]:
        with suppress(ValueError):
            yield

    @app.get("/")
    async def bid(_: Annotated[None, Depends(hide)]) -> None:
        raise ValueError

    assert "dependency hide: exits, having seen ValueError and swallows it" in lines(app)
