"""Earlier requirements share an app; each still finds a house in which nobody has been before it."""

import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Annotated, Any

import pytest
from fastapi import FastAPI, Form, Header
from pydantic import BaseModel, SecretStr

from course.engine import chapters, checkpoint
from course.engine.checkpoint.app_cache import AppCache, restore_login
from course.engine.checkpoint.recording import Exchanges, RecordingClient


class Settings(BaseModel):
    environment: str = "test"
    key: SecretStr = SecretStr("a key")


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "gavel.db"


@pytest.fixture
def make(database: Path) -> Callable[[], FastAPI]:
    """Make an app that keeps in its database who is registered, and counts the logins."""

    def run(statement: str, *values: object) -> list[Any]:
        with closing(sqlite3.connect(database)) as connection, connection:
            return connection.execute(statement, values).fetchall()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        run("PRAGMA journal_mode = WAL")
        run("CREATE TABLE IF NOT EXISTS users (email TEXT)")
        yield

    def create() -> FastAPI:
        app = FastAPI(lifespan=lifespan)
        app.state.logins = 0

        @app.post("/auth/register")
        async def register(new: dict[str, str]) -> None:
            run("INSERT INTO users VALUES (?)", new["email"])

        @app.post("/auth/token")
        async def token(username: Annotated[str, Form()]) -> dict[str, str]:
            app.state.logins += 1
            return {"access_token": f"of {username}"}

        @app.get("/users")
        async def users(authorization: Annotated[str, Header()]) -> list[str]:
            return [authorization, *(email for (email,) in run("SELECT email FROM users"))]

        return app

    return create


def client_of(
    cache: AppCache, make: Callable[[], FastAPI], database: Path, person: str = "ada"
) -> RecordingClient:
    cached = cache.take(Settings(), make)
    client = RecordingClient(cached.app, Exchanges())
    restore_login(client, cached, person, database)
    return client


def test_apps_with_different_keys_are_different_apps(make: Callable[[], FastAPI]) -> None:
    cache = AppCache()
    first, second = (cache.take(Settings(key=SecretStr(key)), make) for key in ("a key", "another"))
    assert first.app is not second.app
    assert cache.take(Settings(), make).app is first.app


def test_an_app_is_made_once_for_each_settings(make: Callable[[], FastAPI]) -> None:
    cache = AppCache()
    app = cache.take(Settings(), make).app
    app.dependency_overrides[make] = make
    assert cache.take(Settings(), make).app is app
    assert not app.dependency_overrides, "what one test put over it is not there for the next"
    assert cache.take(Settings(environment="production"), make).app is not app


def test_an_app_that_got_a_route_is_not_lent_again(make: Callable[[], FastAPI]) -> None:
    cache = AppCache()
    app = cache.take(Settings(), make).app
    app.get("/more")(lambda: "more")
    assert cache.take(Settings(), make).app is not app


def test_who_entered_once_is_there_the_next_time_and_nobody_else(
    make: Callable[[], FastAPI], database: Path
) -> None:
    cache = AppCache()
    with client_of(cache, make, database) as client:
        client.post("/auth/register", json={"email": "guest@example.com"})
        assert client.get("/users").json()[1:] == ["ada@example.com", "guest@example.com"]
    for left in database.parent.iterdir():
        left.unlink()
    with client_of(cache, make, database) as client:
        assert client.get("/users").json() == ["Bearer of ada@example.com", "ada@example.com"]
        assert cache.take(Settings(), make).app.state.logins == 1, "she did not have to log in again"


def test_a_database_that_is_there_is_not_replaced(make: Callable[[], FastAPI], database: Path) -> None:
    cache = AppCache()
    with client_of(cache, make, database) as client:
        client.post("/auth/register", json={"email": "guest@example.com"})
    with client_of(cache, make, database) as client:
        pass
    with closing(sqlite3.connect(database)) as connection:
        found = connection.execute("SELECT email FROM users").fetchall()
    assert ("guest@example.com",) in found


FULL = """
    visits = []

    @app.middleware("http")
    async def count(request, call_next):
        visits.append(request)
        assert len(visits) < 6, "the house is full"
        return await call_next(request)

    return app
"""


def test_a_service_that_remembers_in_its_app_is_tried_on_a_fresh_one(tmp_path: Path) -> None:
    """Its app answers five times: enough for each requirement of chapter 0, not for all of them."""
    chapter = chapters.find(1)
    project = shutil.copytree(chapter.checkpoint, tmp_path / chapter.stem)
    main = project / "app" / "main.py"
    main.write_text(main.read_text().replace("\n    return app\n", FULL))
    result = checkpoint.check(project, chapter)
    checkpoint.cool()
    assert [verdict.id for verdict in result.earlier if not verdict.holds] == []
    assert result.problem is None


def test_settings_are_made_once_for_the_same_arguments_and_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cache = AppCache()
    made: list[dict[str, Any]] = []

    def make(**given: Any) -> Settings:
        made.append(given)
        return Settings()

    key = {"key": SecretStr("a key")}
    assert cache.settings(key, make) is cache.settings(dict(key), make)
    cache.settings({"key": SecretStr("another")}, make)
    monkeypatch.setenv("GAVEL_ECHO_SQL", "true")
    cache.settings(key, make)
    assert [str(each["key"].get_secret_value()) for each in made] == ["a key", "another", "a key"]
