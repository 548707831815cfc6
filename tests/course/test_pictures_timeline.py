"""The order that a timeline shows is the order in which things ran."""

import asyncio
import functools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from typing import Annotated, Any
from xml.etree import ElementTree

import pytest
from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException, Request, Response
from fastapi.testclient import TestClient
from starlette.middleware.base import BaseHTTPMiddleware

from course.errors import CourseError
from course.pictures import timeline


async def get_session() -> AsyncIterator[str]:
    yield "session"


def get_lock() -> Iterator[str]:
    yield "lock"


async def get_lots(session: Annotated[str, Depends(get_session)]) -> str:
    return session


def get_page(limit: int = 20) -> int:
    return limit


async def send_receipt() -> None:
    pass


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


SENT = "answer: 200 is sent, headers and body: the client has its answer"
JSON = "answer: the return value becomes JSON"
SCOPES = [
    pytest.param(get_session, id="async"),
    pytest.param(get_lock, id="sync"),
]


@pytest.mark.parametrize("dependency", SCOPES)
def test_by_default_a_dependency_exits_after_the_answer_and_the_background_tasks(dependency: Any) -> None:
    app = FastAPI()

    @app.get("/")
    async def bid(tasks: BackgroundTasks, value: Annotated[str, Depends(dependency)]) -> str:
        tasks.add_task(send_receipt)
        tasks.add_task(write_log)
        return value

    name = dependency.__name__
    assert lines(app) == [
        f"dependency {name}: enters, up to its yield",
        "handler bid: runs",
        JSON,
        SENT,
        "background task send_receipt: runs",
        "background task write_log: runs",
        f"dependency {name}: exits, after its yield",
    ]


@pytest.mark.parametrize("dependency", SCOPES)
def test_with_scope_function_a_dependency_exits_before_the_answer(dependency: Any) -> None:
    app = FastAPI()

    @app.get("/")
    def bid(tasks: BackgroundTasks, value: Annotated[str, Depends(dependency, scope="function")]) -> str:
        tasks.add_task(send_receipt)
        return value

    name = dependency.__name__
    assert lines(app) == [
        f"dependency {name}: enters, up to its yield",
        "handler bid: runs",
        JSON,
        f"dependency {name}: exits, after its yield",
        SENT,
        "background task send_receipt: runs",
    ]


@pytest.mark.parametrize("dependency", SCOPES)
def test_an_http_exception_runs_the_exit_before_the_answer(dependency: Any) -> None:
    app = FastAPI()

    @app.get("/")
    async def bid(value: Annotated[str, Depends(dependency)]) -> str:
        raise HTTPException(409)

    name = dependency.__name__
    assert lines(app) == [
        f"dependency {name}: enters, up to its yield",
        "handler bid: runs and raises HTTPException 409",
        f"dependency {name}: exits, having seen HTTPException 409",
        "error handler http_exception_handler: turns HTTPException 409 into an answer",
        "answer: 409 is sent, headers and body: the client has its answer",
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
        "exception RuntimeError: leaves the app; a server writes it to its log",
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
        "handler bid: runs",
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
def test_a_dependency_that_raises_stops_the_handler(sort: str) -> None:
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
        "error handler http_exception_handler: turns HTTPException 403 into an answer",
        "answer: 403 is sent, headers and body: the client has its answer",
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


def test_a_request_that_is_refused_never_reaches_the_handler() -> None:
    app = FastAPI()

    @app.get("/lots")
    async def read_lots(limit: int) -> None: ...

    told = lines(app, "get", "/lots", params={"limit": "many"})
    assert told[0] == "validation: refuses the request (query limit); the handler does not run"
    assert not any(line.startswith("handler") for line in told)


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
        "handler bid: runs",
        JSON,
        f"middleware {name}: the answer comes out",
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
        "handler bid: runs and raises ValueError",
        "middleware Timing: ends and raises ValueError",
        "answer: 500 is sent, headers and body: the client has its answer",
        "exception ValueError: leaves the app; a server writes it to its log",
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


def test_an_answer_in_parts_is_sent_while_the_handler_yields() -> None:
    app = FastAPI()

    @app.get("/")
    async def watch_lot(session: Annotated[str, Depends(get_session)]) -> AsyncIterator[int]:
        yield 1
        yield 2

    assert lines(app) == [
        "dependency get_session: enters, up to its yield",
        "answer: 200 and its headers are sent",
        "handler watch_lot: yields the body, part by part",
        "answer: the last of its body is sent: the client has its answer",
        "dependency get_session: exits, after its yield",
    ]


class Pager:
    def __init__(self, limit: int = 20) -> None:
        self.limit = limit


class Guard:
    async def __call__(self, session: Annotated[str, Depends(get_session)]) -> str:
        return session


class Opener:
    async def open(self, limit: int = 1) -> AsyncIterator[int]:
        yield limit


@pytest.mark.parametrize(
    ("dependency", "said"),
    [
        (Pager, "dependency Pager: runs"),
        (Guard(), "dependency Guard: runs"),
        (Opener().open, "dependency Opener.open: enters, up to its yield"),
        (functools.partial(get_page, limit=3), "dependency get_page: runs"),
        (lambda: 1, "dependency a lambda: runs"),
    ],
)
def test_a_dependency_of_any_form_has_a_name_and_no_address(dependency: Any, said: str) -> None:
    app = FastAPI()

    @app.get("/")
    async def bid(value: Annotated[Any, Depends(dependency)]) -> None: ...

    assert said in lines(app)


def test_an_override_is_shown_with_what_it_stands_for_and_stays_in_place() -> None:
    app = FastAPI()

    def fake_session() -> str:
        return "fake"

    @app.get("/")
    async def bid(lots: Annotated[str, Depends(get_lots)]) -> str:
        return lots

    app.dependency_overrides[get_session] = fake_session
    assert "dependency fake_session (for get_session): runs" in lines(app)
    assert app.dependency_overrides == {get_session: fake_session}


def test_what_an_override_itself_depends_on_is_shown() -> None:
    app = FastAPI()

    def fake_lots(unit: Annotated[str, Depends(get_lock)]) -> str:
        return unit

    @app.get("/")
    async def bid(lots: Annotated[str, Depends(get_lots)]) -> str:
        return lots

    app.dependency_overrides[get_lots] = fake_lots
    assert lines(app)[:2] == [
        "dependency get_lock: enters, up to its yield",
        "dependency fake_lots (for get_lots): runs",
    ]


def test_a_mounted_app_is_watched_too() -> None:
    app, inner = FastAPI(), FastAPI()
    app.mount("/inner", inner)

    @inner.get("/lots")
    async def read_lots(session: Annotated[str, Depends(get_session)]) -> None: ...

    told = lines(app, "GET", "/inner/lots")
    assert told[0] == "dependency get_session: enters, up to its yield"
    assert told[1] == "handler read_lots: runs"


def test_the_lifespan_runs_and_its_state_reaches_the_handler() -> None:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, str]]:
        yield {"engine": "warm"}

    app = FastAPI(lifespan=lifespan)

    @app.get("/")
    async def bid(request: Request) -> str:
        assert request.app is app
        return str(request.state.engine)

    assert "200" in timeline(app).title


def test_an_app_is_afterwards_as_it_was_before() -> None:
    app = FastAPI()
    app.add_middleware(Timing)

    @app.get("/")
    async def bid(session: Annotated[str, Depends(get_session)]) -> str:
        return session

    with TestClient(app) as client:
        client.get("/")
    before = (
        app.middleware_stack,
        list(app.user_middleware),
        dict(app.exception_handlers),
        app.dependency_overrides,
    )
    assert "middleware Timing: the request goes in" in lines(app)
    after = (
        app.middleware_stack,
        list(app.user_middleware),
        dict(app.exception_handlers),
        app.dependency_overrides,
    )
    assert before == after
    with TestClient(app) as client:
        assert client.get("/").json() == "session"


def test_a_timeline_is_drawn_while_a_loop_runs_and_twice_the_same() -> None:
    app = FastAPI()
    app.add_middleware(Ids)

    @app.get("/")
    def bid(lock: Annotated[str, Depends(get_lock)]) -> str:
        return lock

    async def in_a_notebook() -> set[str]:
        return {timeline(app).svg for _ in range(5)}

    assert len(asyncio.run(in_a_notebook())) == 1


def test_the_drawing_has_the_words_of_every_step() -> None:
    app = FastAPI()

    @app.get("/")
    async def bid(session: Annotated[str, Depends(get_session)]) -> str:
        return session

    picture = timeline(app)
    drawn = " ".join(
        text.text or ""
        for text in ElementTree.fromstring(picture.svg).iter("{http://www.w3.org/2000/svg}text")
    )
    for number, line in enumerate(picture.lines, 1):
        assert f"{number} {line.replace(':', '', 1)}" in drawn


def test_brackets_that_are_open_at_once_stand_beside_each_other() -> None:
    app = FastAPI()
    app.add_middleware(Timing)

    @app.get("/", dependencies=[Depends(get_session), Depends(get_lock)])
    async def bid() -> None: ...

    paths = ElementTree.fromstring(timeline(app).svg).iter("{http://www.w3.org/2000/svg}path")
    uprights = [path.attrib["d"].split(" L")[1].split()[0] for path in paths]
    assert len(uprights) == len(set(uprights)) == 3


def test_a_redirect_is_one_request_and_not_two() -> None:
    app = FastAPI()

    @app.get("/lots")
    async def read_lots() -> None: ...

    assert timeline(app, "GET", "/lots/").title.startswith("GET /lots/, answered 307")


def test_what_is_not_an_app_gets_one_clear_sentence() -> None:
    with pytest.raises(CourseError, match="A timeline needs a FastAPI app, and this is str"):
        timeline("app")  # type: ignore[arg-type]
