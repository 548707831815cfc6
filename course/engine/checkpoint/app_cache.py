"""Apps that are made once and lent to one requirement after the other, with the door already opened.

Making an app, FastAPI's first look at each of its routes, the tables and the first login are about a fifth
of what the requirements of chapter 9 cost. An app holds nothing that a request leaves behind, where what it
opens belongs to its lifespan, as the course teaches. A service that does otherwise may fail here; it is then
tried on a fresh app.
"""

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
class Lent:
    """An app; for each person who entered it: the headers that say so, and the database just after."""

    app: FastAPI
    routes: int
    entered: dict[str, tuple[dict[str, str], bytes]] = field(default_factory=dict)


class Shelf:
    """Apps by their settings: one for the clients, others for a test that wants more than one."""

    def __init__(self) -> None:
        self._lent: dict[tuple[int, str], Lent] = {}

    def take(self, settings: Any, make: Callable[[], FastAPI], number: int = 0) -> Lent:
        """The app with these settings, without what a test has put over it; made where there is none yet.

        Args:
            settings: the project's `Settings`: a pydantic model.
            make: makes an app with these settings.
            number: which of the apps with these settings.
        """
        key = number, repr({name: _opened(value) for name, value in settings.model_dump().items()})
        lent = self._lent.get(key)
        if lent is None or lent.routes != len(lent.app.routes):
            app = make()
            lent = self._lent[key] = Lent(app, len(app.routes))
        lent.app.dependency_overrides.clear()
        return lent


def _opened(setting: Any) -> Any:
    """A setting as it is: two secrets look the same."""
    return setting.get_secret_value() if isinstance(setting, SecretStr) else setting


def furnish(client: RecordingClient, lent: Lent, person: str, database: Path) -> None:
    """Let the client find the database as it was when this person had entered for the first time.

    Does nothing where there is a database already: then it is not the first time in this test.
    """
    if database.exists():
        return
    if person in lent.entered:
        headers, content = lent.entered[person]
        database.write_bytes(content)
        client.on_entry = lambda entering: entering.headers.update(headers)
    else:
        client.on_entry = lambda entering: _remember(entering, lent, person, database)


def _remember(client: RecordingClient, lent: Lent, person: str, database: Path) -> None:
    logins.enter_as(client, person)
    if "authorization" in client.headers and database.exists():
        with closing(sqlite3.connect(database)) as there:
            headers = {"Authorization": client.headers["authorization"]}
            lent.entered[person] = (headers, there.serialize())
