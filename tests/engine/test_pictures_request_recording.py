"""Watching an app sees all of it, and leaves it as it was."""

import asyncio
import functools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any
from xml.etree import ElementTree

import pytest
from fastapi import Depends, FastAPI, Request
from fastapi.testclient import TestClient

from course.engine.pictures import timeline
from course.errors import CourseError
from tests.engine.parts_of_an_app import Ids, Timing, get_lock, get_lots, get_session, lines


def get_page(limit: int = 20) -> int:
    return limit


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
    assert told[1] == "endpoint read_lots: runs"


def test_the_lifespan_runs_and_its_state_reaches_the_endpoint() -> None:
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

    assert timeline(app, "GET", "/lots/").title.startswith("GET /lots/, status code 307")


def test_what_is_not_an_app_gets_one_clear_sentence() -> None:
    with pytest.raises(CourseError, match="A timeline needs a FastAPI app, and this is str"):
        timeline("app")  # type: ignore[arg-type]
