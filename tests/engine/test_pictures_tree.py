"""A dependency tree shows what FastAPI resolves, each shared value once."""

from collections.abc import AsyncIterator, Iterator
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Depends, FastAPI, Header, Security, WebSocket
from fastapi.security import OAuth2PasswordBearer, SecurityScopes

from course.engine.pictures import dependency_tree, timeline
from course.errors import CourseError

bearer = OAuth2PasswordBearer(tokenUrl="/auth/token", scheme_name="Gavel account")


async def get_session() -> AsyncIterator[str]:
    yield "session"


def get_unit() -> Iterator[str]:
    yield "unit"


def get_lots(session: Annotated[str, Depends(get_session)]) -> str:
    return session


def get_user(
    scopes: SecurityScopes, token: Annotated[str, Depends(bearer)], x_app: Annotated[str, Header()] = ""
) -> str:
    return token


Lots = Annotated[str, Depends(get_lots)]
Session = Annotated[str, Depends(get_session)]


def tree(app: Any, method: str = "GET", path: str = "/") -> list[str]:
    return list(dependency_tree(app, method, path).lines)


def test_the_tree_is_indented_under_the_endpoint_and_a_shared_value_stands_once() -> None:
    app = FastAPI()

    @app.get("/")
    def read_lots(lots: Lots, session: Session, limit: int = 20) -> None: ...

    assert tree(app) == [
        "read_lots (the endpoint; reads query limit)",
        "get_lots",
        "get_session, for 2 (yield, scope request: exits after the response)",
        "get_session (the value of 3 again, it does not run twice)",
    ]
    assert dependency_tree(app).title == "GET /: 2 dependencies"


def test_scopes_and_uncached_uses_are_said() -> None:
    app = FastAPI()

    @app.get("/")
    def bid(
        unit: Annotated[str, Depends(get_unit, scope="function")],
        lots: Lots,
        again: Annotated[str, Depends(get_lots, use_cache=False)],
    ) -> None: ...

    assert tree(app)[1] == "get_unit (yield, scope function: exits before the response)"
    assert tree(app)[4] == "get_lots (not cached, runs each time)"


def test_one_function_in_two_scopes_is_two_values() -> None:
    app = FastAPI()

    @app.get("/")
    def bid(
        one: Annotated[str, Depends(get_unit, scope="function")], two: Annotated[str, Depends(get_unit)]
    ) -> None: ...

    assert sum("again" in line for line in tree(app)) == 0
    assert sum("get_unit: enters" in line for line in timeline(app).lines) == 2


def test_security_schemes_and_the_scopes_they_need_are_named() -> None:
    app = FastAPI()

    @app.get("/")
    def bid(user: Annotated[str, Security(get_user, scopes=["bids"])]) -> None: ...

    assert tree(app)[1:] == [
        "get_user (needs bids; reads header x-app)",
        "OAuth2PasswordBearer, for 2 (security scheme Gavel account)",
    ]


def test_a_value_is_not_shared_between_uses_that_need_other_oauth_scopes() -> None:
    app = FastAPI()

    @app.get("/")
    def bid(
        user: Annotated[str, Security(get_user, scopes=["bids"])], guest: Annotated[str, Depends(get_user)]
    ) -> None: ...

    assert sum(line.startswith("get_user") and "again" not in line for line in tree(app)) == 2


def test_dependencies_of_app_and_router_are_in_the_tree_under_the_whole_path() -> None:
    app = FastAPI(dependencies=[Depends(get_session)])
    router = APIRouter(prefix="/lots", dependencies=[Depends(get_unit)])

    @router.get("/{lot_id}")
    def read_lot(lot_id: int) -> None: ...

    app.include_router(router, prefix="/api/v1")
    by_template, by_address = tree(app, "GET", "/api/v1/lots/{lot_id}"), tree(app, "get", "/api/v1/lots/7")
    assert by_template == by_address
    assert [line.partition(" ")[0] for line in by_template] == ["read_lot", "get_session", "get_unit"]


def test_a_router_a_route_and_a_mounted_app_have_trees_too() -> None:
    router, inner, app = APIRouter(), FastAPI(), FastAPI()

    @router.get("/lots")
    def read_lots(lots: Lots) -> None: ...

    @inner.post("/bids")
    def bid(session: Session) -> None: ...

    app.mount("/inner", inner)
    assert tree(router, "GET", "/lots")[1] == "get_lots"
    assert tree(router.routes[0])[1] == "get_lots"
    assert tree(app, "POST", "/inner/bids")[1].startswith("get_session")


def test_a_websocket_has_a_tree() -> None:
    app = FastAPI()

    @app.websocket("/live")
    async def live(socket: WebSocket, session: Session) -> None: ...

    assert tree(app, "WEBSOCKET", "/live")[1].startswith("get_session")


def test_an_override_is_said() -> None:
    app = FastAPI()

    @app.get("/")
    def read_lots(session: Session) -> None: ...

    app.dependency_overrides[get_session] = lambda: "fake"
    assert (
        tree(app)[1] == "get_session (yield, scope request: exits after the response; overridden by a lambda)"
    )


def test_an_unknown_path_lists_the_routes_there_are() -> None:
    app = FastAPI()

    @app.get("/lots")
    def read_lots() -> None: ...

    with pytest.raises(CourseError, match=r"No route matches GET /bids\. Choose one of: GET /lots\."):
        dependency_tree(app, "GET", "/bids")


def test_what_has_no_routes_gets_one_clear_sentence() -> None:
    with pytest.raises(CourseError, match="needs an app, a router or a route, and this is dict"):
        dependency_tree({})
