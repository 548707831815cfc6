"""Applications that are created once and used by one requirement after the other, with users logged in.

Creating an app, FastAPI's first look at each of its routes, the tables and the first login are about a fifth
of what the requirements of chapter 9 cost. An app holds nothing that a request leaves behind, where what it
opens belongs to its lifespan, as the course teaches. A service that does otherwise may fail here; it is then
tried on a fresh app.
"""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from pydantic import SecretStr

from course.engine.checkpoint import logins
from course.engine.checkpoint.recording import RecordingClient


@dataclass
class CachedApp:
    """An app, and for each user who logged in: the request headers, and the database just after."""

    app: FastAPI
    routes: int
    logins: dict[str, tuple[dict[str, str], bytes]] = field(default_factory=dict)


class AppCache:
    """Apps by their settings: one for the clients, others for a test that needs more than one."""

    def __init__(self) -> None:
        self._apps: dict[tuple[int, str], CachedApp] = {}
        self._settings: dict[str, Any] = {}

    def settings(self, given: dict[str, Any], make: Callable[..., Any]) -> Any:
        """The project's `Settings` with these arguments, made once for each environment it may read.

        Making them takes pydantic-settings some milliseconds, at each client of each requirement.
        """
        environment = {name: value for name, value in os.environ.items() if name.upper().startswith("GAVEL_")}
        key = repr(({name: _opened(value) for name, value in given.items()}, environment))
        if key not in self._settings:
            self._settings[key] = make(**given)
        return self._settings[key]

    def take(self, settings: Any, make: Callable[[], FastAPI], number: int = 0) -> CachedApp:
        """The app with these settings, without what a test has put over it; made where there is none yet.

        Args:
            settings: the project's `Settings`: a pydantic model.
            make: makes an app with these settings.
            number: which of the apps with these settings.
        """
        key = number, repr({name: _opened(value) for name, value in settings.model_dump().items()})
        cached = self._apps.get(key)
        if cached is None or cached.routes != len(cached.app.routes):
            app = make()
            cached = self._apps[key] = CachedApp(app, len(app.routes))
        cached.app.dependency_overrides.clear()
        return cached


def _opened(setting: Any) -> Any:
    """A setting as it is: two secrets look the same."""
    return setting.get_secret_value() if isinstance(setting, SecretStr) else setting


def restore_login(client: RecordingClient, cached: CachedApp, person: str, database: Path) -> None:
    """Restore the database as it was when this user had logged in for the first time.

    Does nothing where there is a database already: then it is not the first time in this test.
    """
    if database.exists():
        return
    if person in cached.logins:
        headers, content = cached.logins[person]
        database.write_bytes(content)
        client.on_entry = lambda entering: entering.headers.update(headers)
    else:
        client.on_entry = lambda entering: _remember(entering, cached, person, database)


def _remember(client: RecordingClient, cached: CachedApp, person: str, database: Path) -> None:
    logins.log_in(client, person)
    if "authorization" in client.headers and database.exists():
        with closing(sqlite3.connect(database)) as there:
            headers = {"Authorization": client.headers["authorization"]}
            cached.logins[person] = (headers, there.serialize())
