"""A board of the test's own, learners who join it, and where needed a real server and PostgreSQL."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from course.teach.board.app.config import Settings
from course.teach.board.app.main import create_app
from course.teach.board.app.services.words import Words
from course.teach.board.server import Server

CODE, TOKEN = "ROOM2345", "the-token-of-the-teacher"
TEACHER = {"Authorization": f"Bearer {TOKEN}"}
WORDS = Words(
    chapters={"ch00_doors": "Chapter 0 · Doors", "ch01_rooms": "Chapter 1 · Rooms"},
    requirements={"test_door": "The door `opens`."},
    misconceptions={"door-ajar": "The door is ajar"},
)


class Learner:
    """Somebody who joined, with their token."""

    def __init__(self, client: TestClient, name: str) -> None:
        self.client, self.name = client, name
        answer = client.post("/api/v1/members", json={"code": CODE, "name": name})
        assert answer.status_code == 201, answer.text
        self.token = answer.json()["token"]

    def ask(self, method: str, path: str, **sent: Any) -> Any:
        """A request in this learner's name."""
        headers = {"Authorization": f"Bearer {self.token}"}
        return self.client.request(method, f"/api/v1/{path}", headers=headers, **sent)

    def post(self, body: dict[str, Any], to: str = "checks") -> Any:
        """Send a check, or a request for help."""
        return self.ask("POST", to, json=body)


class Street:
    """Stands before a board, and lets a request come from the address that its `X-From` names."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        for name, value in scope.get("headers", ()):
            if name == b"x-from":
                scope["client"] = (value.decode(), 5)
        await self.app(scope, receive, send)


class Board:
    """A board without a server, and whom one meets there."""

    def __init__(self, client: TestClient) -> None:
        self.client = client

    def join(self, name: str) -> Learner:
        """Somebody joins."""
        return Learner(self.client, name)

    def teacher(self, method: str, path: str = "", **sent: Any) -> Any:
        """A request of the teacher's, to `/room` and what is below."""
        return self.client.request(method, f"/api/v1/room{path}", headers=TEACHER, **sent)

    def picture(self) -> Any:
        """The room as the teacher's page is shown it."""
        return self.teacher("GET").json()

    def person(self, name: str) -> Any:
        """One person on it."""
        return next(each for each in self.picture()["people"] if each["name"] == name)


@pytest.fixture
def database(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'board.db'}"


@cache
def usual_app() -> FastAPI:
    """One app for all tests that set nothing but the database: making its routes ready takes a while."""
    return create_app(made("sqlite://"), WORDS)


@pytest.fixture
def opened(database: str) -> Callable[..., Any]:
    """Open a board with these settings: `with opened(members=2) as board`. Opened again, it is as it was."""

    @contextmanager
    def opening(**settings: Any) -> Iterator[Board]:
        app = create_app(made(database, **settings), WORDS) if settings else usual_app()
        app.state.settings = made(database, **settings)
        with TestClient(Street(app)) as client:
            yield Board(client)

    return opening


def made(database: str, **settings: Any) -> Settings:
    """The settings of a test's board, whatever the environment says."""
    given = {"code": CODE, "token": TOKEN, "room": "workshop", "database_url": database}
    return Settings(**(given | settings))


@pytest.fixture
def board(opened: Callable[..., Any]) -> Iterator[Board]:
    with opened() as started:
        yield started


@pytest.fixture
def served(database: str) -> Iterator[str]:
    """The address of a board under uvicorn, in a thread."""
    app = create_app(made(database, pulse_seconds=0.05), WORDS)
    server = Server(app, "", port=0, log_level="error")
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the board did not start"
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()
