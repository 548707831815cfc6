"""The service under test, as a checkpoint's tests see it, wherever its project lies."""

import importlib
import inspect
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import anyio
from fastapi import FastAPI

from course.engine.checkpoint import logins
from course.engine.checkpoint.app_cache import AppCache, CachedApp, restore_login
from course.engine.checkpoint.recording import Exchanges, RecordingClient
from course.engine.report.model import Exchange

Answer = TypeVar("Answer")

DATABASE = "gavel.db"

HARMLESS = {
    "secret_key": "a key for checkpoints only, of more than thirty-two bytes",
    "allowed_hosts": ["testserver", "gavel", "gavel.example.com"],
    "log_level": "CRITICAL",
}
"""Settings that a service may have from some chapter on: enough for production, and silent."""

_ASKING: WeakKeyDictionary[ModuleType, bool] = WeakKeyDictionary()


class Service:
    """One project.

    Args:
        package: the import name of its `app`: `app`, or `app_checkpoints.ch02_routing.app` in place.
        folder: the project's folder, in which `app/` lies.
        tmp_path: an empty folder of this test's own, where the database is made.
        cache: where `client` and `create_app` find an app; without it each is made anew.
    """

    def __init__(self, package: str, folder: Path, tmp_path: Path, cache: AppCache | None = None) -> None:
        self.package = package
        self.folder = folder
        self.tmp_path = tmp_path
        self.exchanges = Exchanges()
        self._cache = cache
        self._made: list[FastAPI] = []

    def __repr__(self) -> str:
        return f"<the service in {self.folder.name}>"

    def module(self, name: str) -> ModuleType:
        """`service.module("routers.lots")` is `app.routers.lots` of the project."""
        return importlib.import_module(f"{self.package}.{name}")

    def settings(self, **settings: Any) -> Any:
        """The project's `Settings`, with a database of this test's own.

        The database is one file for the whole test, so that a second client finds what the first one left.
        """
        kind = self.module("config").Settings
        if "database_url" in kind.model_fields:
            url = f"sqlite+aiosqlite:///{(self.tmp_path / DATABASE).as_posix()}"
            settings.setdefault("database_url", url)
        for name, value in HARMLESS.items():
            if name in kind.model_fields:
                settings.setdefault(name, value)
        if "log_level" in kind.model_fields:
            # A service under test lets an exception go on that it has answered itself (chapter 7): a report
            # then shows the learner's own line.
            settings.setdefault("environment", "test")
        return kind(_env_file=None, **settings)

    def create_app(self, **settings: Any) -> FastAPI:
        """An app of its own from the project's `create_app`; where it has none yet, its one `app`."""
        cached = self._from_the_cache(len(self._made) + 1, **settings)
        self._made.append(self._make(**settings) if cached is None else cached.app)
        return self._made[-1]

    def _make(self, **settings: Any) -> FastAPI:
        main = self.module("main")
        if not hasattr(main, "create_app"):
            return main.app  # type: ignore[no-any-return]
        if (self.folder / "app" / "config.py").exists():
            return main.create_app(self.settings(**settings))  # type: ignore[no-any-return]
        return main.create_app()  # type: ignore[no-any-return]

    def client(
        self,
        app: FastAPI | None = None,
        *,
        raise_server_exceptions: bool = True,
        follow_redirects: bool = True,
        headers: dict[str, str] | None = None,
        cookies: dict[str, str] | None = None,
        person: str | None = "seller",
        root_path: str = "",
        **settings: Any,
    ) -> RecordingClient:
        """A client of an app with these settings, or of `app`. `with` it, the lifespan runs.

        Where the app asks who is there, `person` registers and logs in on entry; None stays anonymous.
        """
        cached, own = None, app is None or any(app is made for made in self._made)
        if app is None:
            cached = self._from_the_cache(0, **settings)
            app = self._make(**settings) if cached is None else cached.app
        client = RecordingClient(
            app,
            self.exchanges,
            raise_server_exceptions=raise_server_exceptions,
            follow_redirects=follow_redirects,
            headers=headers,
            cookies=cookies,
            root_path=root_path,
        )
        if person is not None and (self._asks(app) if own else logins.has_logins(app)):
            client.on_entry = partial(logins.log_in, person=person)
            if cached is not None and "database_url" not in settings:
                restore_login(client, cached, person, self.tmp_path / DATABASE)
        return client

    def _asks(self, app: FastAPI) -> bool:
        """Whether this project asks who is there; found out with the first of its apps."""
        main = self.module("main")
        if main not in _ASKING:
            _ASKING[main] = logins.has_logins(app)
        return _ASKING[main]

    def _from_the_cache(self, number: int, **settings: Any) -> CachedApp | None:
        if self._cache is None or not (self.folder / "app" / "config.py").exists():
            return None
        make = partial(self._make, **settings)
        return self._cache.take(self._cache.settings(settings, self.settings), make, number)

    def login(self, client: RecordingClient, person: str) -> dict[str, str]:
        """Register and log in another user at the same app; the headers of that user's requests."""
        return logins.login(client, person)

    def cheap_hashes(self) -> AbstractContextManager[None]:
        """Within it, hashing a password costs next to nothing."""
        return logins.cheap_hashes()

    def run(self, work: Callable[..., Awaitable[Answer]], *arguments: object) -> Answer:
        """Run an async function to its end, on a loop of its own."""
        return anyio.run(work, *arguments)

    def record(
        self, method: str, path: str, *, sent: str = "", status: int | None = None, answer: str = ""
    ) -> None:
        """Add an exchange that did not go through `client`: one over ASGITransport, or on raw ASGI."""
        self.exchanges.append(Exchange(method, path, sent, status, answer))

    def source(self, name: str) -> str:
        """The text of a module of the project."""
        return inspect.getsource(self.module(name))
