"""What the tool shed does, section by section of its specification."""

import asyncio
import base64
import gc
import json
import logging
import re
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from functools import partial
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import anyio
import httpx
import jwt
import pytest
from anyio.streams.memory import MemoryObjectSendStream
from fastapi import FastAPI, HTTPException
from sqlalchemy import Engine, event
from sqlalchemy.exc import MissingGreenlet
from sqlalchemy.pool import Pool
from sqlalchemy.util import await_only
from starlette.websockets import WebSocket, WebSocketDisconnect

from course.engine.checkpoint.connections import checked_out
from course.engine.checkpoint.logins import PASSWORD
from course.engine.checkpoint.race import pause_after_reading
from course.engine.checkpoint.recording import RecordingClient, masked
from course.engine.checkpoint.requirements import requirement
from course.engine.checkpoint.service import Service
from course.engine.report.model import E_MAIL

TOOLS = "/api/v1/tools"
KEY = "a key for the exam alone, of more than thirty-two bytes"
SHORT_KEY = "0123456789abcdefghijklmnopqrstu"
BROKEN = 25
"""So many watchers, whose connections break; of each that is kept there is at least one object more."""
LONG = 100_000
"""Minutes that a token is valid where a test moves the clock for another reason."""
DRILL = {"title": "A cordless drill", "description": "Two batteries.", "category": "power"}

RULES_OF_A_TOOL: tuple[dict[str, object], ...] = (
    {"title": "t" * 81},
    {"title": "A rake\nBcc: all"},
    {"category": "kitchen"},
    {"owner_id": 7},
)
"""Changes of a tool that are not valid."""

MISSING = object()
"""A field that is not sent."""

Headers = dict[str, str]


def new_client(service: Service, **settings: Any) -> RecordingClient:
    """A client of a new app, without a logged-in user."""
    known = set(service.module("config").Settings.model_fields)
    missing = sorted({"database_url", "environment", "secret_key", "token_minutes"} - known)
    assert not missing, (
        "`Settings` has the four fields of §1, which every other requirement needs;"
        f" seen: it has no {', '.join(missing)}"
    )
    app = service.create_app(**{"secret_key": KEY, **settings})
    return service.client(app, person=None, raise_server_exceptions=False, follow_redirects=False)


def app_of(client: RecordingClient) -> Any:
    """The app behind a client, as `create_app` made it."""
    return client.app._app  # type: ignore[attr-defined]


def create_tool(client: RecordingClient, owner: Headers, **changes: object) -> dict[str, Any]:
    """Create a tool; the response body."""
    response = client.post(TOOLS, json={**DRILL, **changes}, headers=owner)
    status = response.status_code
    assert status == 201, f"POST {TOOLS} with a valid tool and a token responds with 201; seen: {status}"
    body = response.json()
    assert isinstance(body, dict), f"the response body is a JSON object, the tool; seen: {body!r}"
    return body


def day(number: int) -> str:
    """A date some days from today, as JSON has it."""
    return (datetime.now(UTC).date() + timedelta(days=number)).isoformat()


def without_time(thing: dict[str, Any]) -> dict[str, Any]:
    """A tool or a reservation without created_at, which only §6 and §10 compare."""
    return {name: value for name, value in thing.items() if name != "created_at"}


def reserve(client: RecordingClient, who: Headers, tool: object, first: int, last: int) -> Any:
    """Request a reservation from one day to another; the response."""
    wanted = {"first_day": day(first), "last_day": day(last)}
    return client.post(f"{TOOLS}/{tool}/reservations", json=wanted, headers=who)


def create_reservation(
    client: RecordingClient, who: Headers, tool: object, first: int, last: int
) -> dict[str, Any]:
    """Reserve a tool; the response body."""
    response = reserve(client, who, tool, first, last)
    status = response.status_code
    assert status == 201, f"a reservation of days that are free responds with 201; seen: {status}"
    body = response.json()
    assert isinstance(body, dict), f"the response body is a JSON object, the reservation; seen: {body!r}"
    return body


@requirement(
    hints=(
        "The same code runs on your machine and on a server. How does it learn which database to use?",
        "Fields of `Settings` in app/config.py, with types and defaults. Chapter 1, settings.",
        "class Settings(BaseSettings):\n    ____: str = ...\n    secret_key: Secret____ = ...",
    )
)
def test_settings_are_read_from_the_environment(service: Service) -> None:
    """§1 `Settings` reads its four fields from the environment, and printing it does not show the key."""
    kind = service.module("config").Settings
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHED_DATABASE_URL", "sqlite+aiosqlite:///elsewhere.db")
        patch.setenv("SHED_SECRET_KEY", KEY)
        patch.setenv("SHED_TOKEN_MINUTES", "45")
        patch.setenv("SHED_ENVIRONMENT", "production")
        given = kind(_env_file=None)
    for name in ("DATABASE_URL", "SECRET_KEY", "TOKEN_MINUTES", "ENVIRONMENT"):
        assert hasattr(given, name.lower()), (
            f"`Settings` has a field {name.lower()}, which it reads from SHED_{name}; seen: no such field"
        )
    url = given.database_url
    assert url == "sqlite+aiosqlite:///elsewhere.db", (
        f"database_url is the value of SHED_DATABASE_URL, sqlite+aiosqlite:///elsewhere.db; seen: {url!r}"
    )
    assert _revealed(given.secret_key) == KEY, (
        "secret_key is the value of SHED_SECRET_KEY; seen: another value"
    )
    minutes = given.token_minutes
    assert minutes == 45, f"token_minutes is the value of SHED_TOKEN_MINUTES, the int 45; seen: {minutes!r}"
    environment = given.environment
    assert environment == "production", (
        f'environment is the value of SHED_ENVIRONMENT, "production"; seen: {environment!r}'
    )
    printed = repr(given)
    assert KEY not in printed, f"`repr` of the settings does not contain the key; seen: {printed}"
    for name, wrong in (("TOKEN_MINUTES", "1.5"), ("ENVIRONMENT", "staging")):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(f"SHED_{name}", wrong)
            error = _refusal(partial(kind, _env_file=None))
        assert error is not None, f"SHED_{name}={wrong} is refused with a validation error; seen: no error"
    minutes = kind(_env_file=None).token_minutes
    assert minutes == 30, f"without SHED_TOKEN_MINUTES, token_minutes is 30; seen: {minutes!r}"


@requirement(
    hints=(
        "The default key is in your repository. Who can sign a token with it?",
        "A validator that sees two fields at once, in `Settings`. Chapters 4 and 5.",
        '@model_validator(mode="____")\ndef _refuse_a_weak_key(self) -> Self: ...',
    )
)
def test_production_refuses_a_weak_key(service: Service) -> None:
    """§1 In production, `Settings` refuses the default key, and a key of fewer than 32 bytes."""
    kind = service.module("config").Settings
    missing = sorted({"environment", "secret_key"} - set(kind.model_fields))
    assert not missing, (
        f"`Settings` has the fields environment and secret_key; seen: it has no {', '.join(missing)}"
    )
    default = _revealed(kind(_env_file=None, environment="development").secret_key)
    weak: tuple[tuple[str, dict[str, object]], ...] = (
        ("a missing SHED_SECRET_KEY", {}),
        ("the default key, given explicitly", {"secret_key": default}),
        ("a key of 31 bytes", {"secret_key": SHORT_KEY}),
    )
    for what, given in weak:
        with pytest.MonkeyPatch.context() as patch:
            patch.delenv("SHED_SECRET_KEY", raising=False)
            error = _refusal(partial(kind, _env_file=None, environment="production", **given))
        assert error is not None, (
            f"in production, creating `Settings` with {what} raises a validation error; seen: no error"
        )
        # Pydantic shortens a long input in the middle: look for both ends of the key.
        shown = [part for part in (SHORT_KEY[:8], SHORT_KEY[-8:]) if part in error]
        assert not shown, f"the validation error contains no part of the key; seen: {error[:300]}"
    error = _refusal(lambda: kind(_env_file=None, environment="production", secret_key="é" * 16))
    assert error is None, (
        f"in production, a key of 16 characters and 32 bytes in UTF-8 is accepted; seen: {error}"
    )
    error = _refusal(lambda: kind(_env_file=None, environment="development", secret_key="short"))
    assert error is None, f"in development, any key is accepted; seen: {error}"


@requirement(
    hints=(
        "What does your service open when it starts, and which code closes it when the service ends?",
        "`lifespan=` in `create_app`. Dispose of the engine after the `yield`. Chapter 1.",
        "try:\n    yield ...\nfinally:\n    await engine.____()",
    )
)
def test_lifespan_opens_and_closes_the_database(service: Service) -> None:
    """§2 The service opens nothing before its lifespan begins, and closes everything when it ends."""
    with _connections() as is_open:
        client = new_client(service)
        count = len(is_open)
        assert count == 0, f"`create_app` opens no connection to the database; seen: {count} open"
        database = service.tmp_path / "gavel.db"
        assert not database.exists(), (
            "`create_app` creates no database; seen: the file of database_url exists"
        )
        with client:
            response = client.get("/health")
            status = response.status_code
            assert status == 200, f"GET /health responds with 200; seen: {status}"
            body = response.json()
            assert body.get("status") == "ok", f'GET /health returns {{"status": "ok"}}; seen: {body}'
            assert database.exists(), (
                "while the service runs, the database is the file of database_url; seen: no such file"
            )
        count = len(is_open)
        assert count == 0, (
            "when the lifespan has ended, every connection to the database is closed;"
            f" seen: {count} still open"
        )
        service.run(_ended_by_an_exception, app_of(new_client(service)))
        count = len(is_open)
        assert count == 0, (
            "when an exception has ended the lifespan, every connection to the database is closed too;"
            f" seen: {count} still open"
        )


@requirement(
    hints=(
        "Two apps in one process have different settings. Where does each app keep its engine?",
        "Yield it from the lifespan, and read it from `request.state`. No global engine. Chapters 1 and 3.",
        "sessions = request.____.sessions",
    )
)
def test_two_apps_share_nothing(service: Service) -> None:
    """§2 Two apps with two databases share nothing, and what was stored is there after a restart."""
    ada = {"email": "ada@example.com", "name": "Ada", "password": PASSWORD}
    with new_client(service) as here, new_client(service, database_url=_other_database(service)) as there:
        with service.cheap_hashes():
            statuses = [each.post("/auth/register", json=ada).status_code for each in (here, there)]
        assert statuses == [201, 201], (
            "one address registers (§3) at two apps with two databases, and both respond with 201;"
            f" seen: {statuses[0]} and {statuses[1]}"
        )
    with new_client(service) as again, service.cheap_hashes():
        status = again.post("/auth/register", json=ada).status_code
        assert status == 409, f"after a restart, the address is still registered: 409; seen: {status}"


@requirement(
    hints=(
        "Which fields may a client choose at registration, and what happens to any other field?",
        "One model for the request body, with `extra`. Another one for the response. Chapters 4 and 5.",
        'model_config = ConfigDict(extra="____")\npassword: ... = Field(min_length=____, max_length=____)',
    )
)
def test_a_neighbour_is_registered(service: Service) -> None:
    """§3 A neighbour registers (201); a registered address gets 409, and invalid fields get 422."""
    ada = {"email": "Ada@example.com", "name": " Ada ", "password": PASSWORD}
    with new_client(service) as client, service.cheap_hashes():
        response = client.post("/auth/register", json=ada)
        status = response.status_code
        assert status == 201, f"POST /auth/register responds with 201; seen: {status}"
        body = response.json()
        assert set(body) == {"id", "email", "name"}, (
            f"the response has the fields id, email and name, and no other; seen: {', '.join(body)}"
        )
        assert body["name"] == "Ada", (
            f'spaces around the name are removed, so it is "Ada"; seen: {body["name"]!r}'
        )
        assert body["email"].casefold() == "ada@example.com", (
            f"email in the response is the registered address, in any case; seen: {body['email']!r}"
        )
        status = client.post("/auth/register", json={**ada, "email": "ADA@EXAMPLE.COM"}).status_code
        assert status == 409, (
            f"an address that is registered, written in upper case, responds with 409; seen: {status}"
        )
        for what, wrong in (
            ("the unknown field role", {"role": "owner of everything"}),
            ("a text that is no address", {"email": "ada at home"}),
            ("no name", {"name": MISSING}),
            ("a blank name", {"name": "  "}),
            ("a name of two lines", {"name": "Ada\nBcc: all"}),
            ("a name with a carriage return", {"name": "Ada\rBcc: all"}),
            ("a password of 11 characters", {"password": "p" * 11}),
            ("a password of 129 characters", {"password": "p" * 129}),
        ):
            new = {"email": "new@example.com", "name": "New", "password": PASSWORD, **wrong}
            new = {field: value for field, value in new.items() if value is not MISSING}
            status = client.post("/auth/register", json=new).status_code
            assert status == 422, f"POST /auth/register with {what} is refused with 422; seen: {status}"
        for length in (12, 128):
            new = {"email": f"{length}@example.com", "name": "New", "password": "p" * length}
            status = client.post("/auth/register", json=new).status_code
            assert status == 201, f"a password of {length} characters is accepted with 201; seen: {status}"
        for email in ("strasse@example.com", "straße@example.com"):
            status = client.post("/auth/register", json={**ada, "email": email}).status_code
            assert status == 201, (
                f"straße@example.com and strasse@example.com are two addresses, so {email} registers: 201;"
                f" seen: {status}"
            )


@requirement(
    hints=(
        "An attacker copies your database. What can they do with the column of the passwords?",
        "pwdlib's `PasswordHash` with Argon2, and no `strip` on the way. Chapter 5.",
        "hasher = PasswordHash((____Hasher(),))\nkept = hasher.____(password)",
    )
)
def test_passwords_are_stored_as_hashes(service: Service) -> None:
    """§4 The database stores salted Argon2 hashes, and spaces belong to a password."""
    spaced = f"  {PASSWORD}  "
    with new_client(service) as client, service.cheap_hashes(), _hashing() as threads, _logs() as entries:
        for name, password in (("ada", PASSWORD), ("ben", PASSWORD), ("cleo", spaced)):
            new = {"email": f"{name}@example.com", "name": name, "password": password}
            status = client.post("/auth/register", json=new).status_code
            assert status == 201, f"POST /auth/register responds with 201; seen: {status}"
        exact = {"username": "cleo@example.com", "password": spaced}
        status = client.post("/auth/token", data=exact).status_code
        assert status == 200, (
            f"a login with the exact password, spaces included, responds with 200; seen: {status}"
        )
        stripped = {"username": "cleo@example.com", "password": PASSWORD}
        status = client.post("/auth/token", data=stripped).status_code
        assert status == 401, (
            f"a login with the password without its spaces responds with 401; seen: {status}"
        )
        assert client.portal is not None, "the lifespan of the service runs; seen: no running event loop"
        loop = client.portal.call(threading.get_ident)
        assert loop not in threads, (
            "passwords are hashed and verified in a worker thread; seen: in the thread of the event loop"
        )
    stored = _stored_texts(service)
    logged = [entry.getMessage() for entry in entries if PASSWORD in entry.getMessage()]
    assert not logged, f"no log record contains a password; seen: {len(logged)} log records with one"
    plain = [text for text in stored if PASSWORD in text]
    assert not plain, f"the database contains no password as plain text; seen: {len(plain)} of them"
    hashes = [text for text in stored if text.startswith("$argon2")]
    assert len(hashes) == 3, (
        f"for three neighbours the database contains three Argon2 hashes ($argon2...); seen: {len(hashes)}"
    )
    different = len(set(hashes))
    assert different == 3, (
        "two neighbours with the same password have different hashes, because each has its own salt;"
        f" seen: {different} different hashes for three neighbours"
    )


@requirement(
    hints=(
        "An attacker tries many addresses. What does your response to a wrong password tell them?",
        "`OAuth2PasswordRequestForm`, and one exception for both cases. Chapter 5.",
        'raise NotAuthenticated("The address or the ____ is wrong.")',
    )
)
def test_login_returns_a_token(service: Service) -> None:
    """§5 A correct login returns a token; a wrong password and an unknown address get the same 401."""
    with new_client(service, token_minutes=7) as client, service.cheap_hashes():
        service.login(client, "ada")
        login = {"username": "ADA@example.com", "password": PASSWORD}
        response = client.post("/auth/token", data=login)
        status = response.status_code
        assert status == 200, (
            "POST /auth/token with the right password responds with 200, also if the address is in upper"
            f" case; seen: {status}"
        )
        body = response.json()
        token = body.get("access_token")
        assert isinstance(token, str), f"the response has a string access_token; seen: {token!r}"
        kind = body.get("token_type", "")
        assert kind.lower() == "bearer", f'token_type is "bearer"; seen: {kind!r}'
        seconds = body.get("expires_in")
        assert seconds == 7 * 60, f"with token_minutes=7, expires_in is 420, in seconds; seen: {seconds!r}"
        wrong = client.post("/auth/token", data={**login, "password": "a wrong password"})
        unknown = client.post("/auth/token", data={**login, "username": "nobody@example.com"})
        statuses = (wrong.status_code, unknown.status_code)
        assert statuses == (401, 401), (
            "a wrong password and an unknown address both respond with 401;"
            f" seen: {statuses[0]} and {statuses[1]}"
        )
        header = wrong.headers.get("www-authenticate", "")
        assert "bearer" in header.lower(), (
            f"the 401 has the header WWW-Authenticate: Bearer; seen: {header!r}"
        )
        first, second = _without_ids(wrong), _without_ids(unknown)
        assert first == second, (
            "the two 401 responses have the same body, apart from request_id and instance;"
            f" seen: {first} and {second}"
        )


@requirement(
    hints=(
        "Which part of a token may your code use before it has verified the signature?",
        "The dependency that returns the current neighbour. It names one algorithm. Chapter 5.",
        'jwt.decode(token, key, algorithms=["____"])',
    )
)
def test_invalid_tokens_are_refused(service: Service) -> None:
    """§5 A request without a valid token gets 401, with the header WWW-Authenticate."""
    elsewhere = {"secret_key": KEY[::-1], "database_url": _other_database(service)}
    with new_client(service) as client, new_client(service, **elsewhere) as other:
        ada = service.login(client, "ada")
        genuine = ada["Authorization"].removeprefix("Bearer ")
        foreign = service.login(other, "ada")["Authorization"].removeprefix("Bearer ")
        for what, token in (
            ("no token", None),
            ("a text that is no token", "hammer"),
            ("a token signed with another key", foreign),
            (
                "a token whose signature was changed",
                genuine[:-4] + ("AAAA" if genuine[-4:] != "AAAA" else "BBBB"),
            ),
            ("a token without a signature (alg: none)", _unsigned(genuine)),
        ):
            headers = {} if token is None else {"Authorization": f"Bearer {token}"}
            response = client.get("/auth/me", headers=headers)
            status = response.status_code
            assert status == 401, f"GET /auth/me with {what} responds with 401; seen: {status}"
            header = response.headers.get("www-authenticate", "")
            assert "bearer" in header.lower(), (
                f"GET /auth/me with {what} has the header WWW-Authenticate: Bearer; seen: {header!r}"
            )
        response = client.get("/auth/me", headers=ada)
        status = response.status_code
        assert status == 200, f"GET /auth/me with a valid token responds with 200; seen: {status}"
        body = response.json()
        shown = sorted(body)
        assert shown == ["email", "id", "name"], (
            f"GET /auth/me has the fields id, email and name, and no other; seen: {', '.join(shown)}"
        )
        name = body["name"]
        assert name == "ada", f'GET /auth/me returns the owner of the token, "ada"; seen: {name!r}'
        for what, token in _odd_tokens(genuine):
            response = client.get("/auth/me", headers={"Authorization": f"Bearer {token}"})
            status = response.status_code
            assert status == 401, (
                f"GET /auth/me with a token that is signed with the right key, {what}, responds with 401;"
                f" seen: {status}"
            )


@requirement(
    hints=(
        "Which clock does your code use to create a token, and which to decide that it has expired?",
        "The dependency that reads a token can declare `NowDep` too. Chapters 3 and 5.",
        'claims = jwt.decode(..., options={"verify_exp": ____})\nif ____.timestamp() >= claims["exp"]: ...',
    )
)
def test_token_expires_by_get_now(service: Service) -> None:
    """§5 A token is valid for token_minutes, by the clock of §10, and no longer."""
    for days, where in (
        (0, ""),
        (30, " (30 days ahead of the machine)"),
        (-30, " (30 days behind the machine)"),
    ):
        start = (datetime.now(UTC) + timedelta(days=days)).replace(microsecond=0)
        with new_client(service) as client:
            _set_clock(service, client, start)
            ada = service.login(client, "ada")
            for what, later, expected in (
                ("at the moment of the login", timedelta(0), 200),
                ("29 minutes after the login", timedelta(minutes=29), 200),
                ("31 minutes after the login", timedelta(minutes=31), 401),
                ("when the clock was set back a minute after the login", timedelta(minutes=-1), 200),
                ("one second before 30 minutes are over", timedelta(minutes=30, seconds=-1), 200),
                ("one second after 30 minutes are over", timedelta(minutes=30, seconds=1), 401),
            ):
                _set_clock(service, client, start + later)
                status = client.get("/auth/me", headers=ada).status_code
                assert status == expected, (
                    f"{what}, by `get_now`{where}, GET /auth/me responds with {expected}; seen: {status}"
                )


@requirement(
    hints=(
        "Who is the owner of a new tool: a name in the request body, or the user of the token?",
        "Chapter 2 for the status code and Location, chapter 4 for the models.",
        'response.headers["____"] = request.url_for("____", tool_id=tool.id).path',
    )
)
def test_a_tool_is_created(service: Service) -> None:
    """§6 A neighbour creates a tool (201, Location); anyone reads it; an invalid one gets 422."""
    with new_client(service) as client:
        ada = service.login(client, "ada")
        response = client.post(TOOLS, json={"title": "  A rake ", "category": "garden"}, headers=ada)
        status = response.status_code
        assert status == 201, f"POST {TOOLS} responds with 201; seen: {status}"
        tool, location = response.json(), response.headers.get("location", "")
        missing = sorted({"id", "title", "description", "category", "created_at", "owner"} - set(tool))
        assert not missing, (
            "a tool has id, title, description, category, created_at and owner;"
            f" seen: no {', '.join(missing)}"
        )
        title = tool["title"]
        assert title == "A rake", f'spaces around the title are removed, so it is "A rake"; seen: {title!r}'
        description = tool["description"]
        assert description is None, f"without a description, it is null; seen: {description!r}"
        shown = sorted(tool["owner"])
        assert shown == ["id", "name"], (
            f"owner has the fields id and name, and no other; seen: {', '.join(shown)}"
        )
        name = tool["owner"]["name"]
        assert name == "ada", f'the owner is the user of the token, "ada"; seen: {name!r}'
        assert location.endswith(f"{TOOLS}/{tool['id']}"), (
            f"the header Location is the path of the new tool, {TOOLS}/{tool['id']}; seen: {location!r}"
        )
        assert urlsplit(location).netloc in {"", "testserver"}, (
            f"the header Location is a path, or has the host of the request; seen: {location!r}"
        )
        found = client.get(location)
        assert found.status_code == 200, (
            f"GET of the Location responds with 200, without a token; seen: {found.status_code}"
        )
        read = found.json()
        assert without_time(read) == without_time(tool), (
            f"GET of the Location returns the same tool as POST; seen: {read}"
        )
        created_at = read.get("created_at")
        assert created_at == tool["created_at"], (
            f"created_at is the same in the response to POST, {tool['created_at']}, and to GET;"
            f" seen: {created_at}"
        )
        for what, wrong in (
            ("the unknown field owner_id", {"owner_id": 2}),
            ("a blank title", {"title": "   "}),
            ("a title of 81 characters", {"title": "t" * 81}),
            ("a title of two lines", {"title": "A rake\nBcc: all"}),
            ("the category kitchen, which does not exist", {"category": "kitchen"}),
        ):
            status = client.post(TOOLS, json={**DRILL, **wrong}, headers=ada).status_code
            assert status == 422, f"POST {TOOLS} with {what} is refused with 422; seen: {status}"
        title = create_tool(client, ada, title="t" * 80)["title"]
        assert title == "t" * 80, f"a title of 80 characters is stored as it is; seen: {title!r}"
        status = client.get(f"{TOOLS}/{tool['id'] + 1000}").status_code
        assert status == 404, f"GET of a tool that does not exist responds with 404; seen: {status}"
        for number in ("0", "-1", str(2**63), "1" * 30):
            status = client.get(f"{TOOLS}/{number}").status_code
            assert status in {404, 422}, (
                f"{number} cannot be the id of a tool, so GET responds with 404 or 422; seen: {status}"
            )


@requirement(
    hints=(
        "A client sends one field. What happens to the others, and which line decides that?",
        "A separate model for the change. Copy only the fields that the client sent. Chapter 4.",
        "for name, value in changes.model_dump(____=True).items():\n    setattr(tool, name, value)",
    )
)
def test_a_tool_is_updated(service: Service) -> None:
    """§7 PATCH changes only the fields that are sent; null is allowed for the description only."""
    with new_client(service) as client:
        ada = service.login(client, "ada")
        tool = create_tool(client, ada)
        path = f"{TOOLS}/{tool['id']}"
        for changes in ({"title": " A saw "}, {"category": "hand"}, {"description": None}, {}):
            response = client.patch(path, json=changes, headers=ada)
            sent, status = json.dumps(changes), response.status_code
            assert status == 200, f"PATCH with {sent} responds with 200; seen: {status}"
            tool = {**tool, **changes, "title": "A saw"}
            expected, body = without_time(tool), response.json()
            assert without_time(body) == expected, (
                f"PATCH with {sent} changes only the fields that were sent; seen: {body}"
            )
            read = client.get(path).json()
            assert without_time(read) == expected, (
                f"GET after PATCH with {sent} returns the changed tool; seen: {read}"
            )
        for wrong in ({"title": None}, {"category": None}, {"title": ""}, *RULES_OF_A_TOOL, {"id": 7}):
            status = client.patch(path, json=wrong, headers=ada).status_code
            assert status == 422, f"PATCH with {json.dumps(wrong)} is refused with 422; seen: {status}"
        read = client.get(path).json()
        assert without_time(read) == without_time(tool), (
            f"a PATCH that was refused has changed nothing; seen: {read}"
        )


@requirement(
    hints=(
        "A user is logged in. Is that enough to change a tool of another user?",
        "A dependency that returns the tool of the path if the current neighbour owns it. Chapters 3 and 5.",
        "if tool.owner_id != ____.id:\n    raise Forbidden(...)",
    )
)
def test_only_the_owner_changes_a_tool(service: Service) -> None:
    """§7 Only the owner changes or deletes a tool: another neighbour gets 403, and without a token 401."""
    with new_client(service) as client:
        ada, ben = service.login(client, "ada"), service.login(client, "ben")
        tool = create_tool(client, ada)
        path = f"{TOOLS}/{tool['id']}"
        for method, sent in (("PATCH", {"title": "Mine"}), ("DELETE", None)):
            for what, who, expected in (("without a token", {}, 401), ("by another neighbour", ben, 403)):
                status = client.request(method, path, json=sent, headers=who).status_code
                assert status == expected, f"{method} {what} responds with {expected}; seen: {status}"
            status = client.request(
                method, f"{TOOLS}/{tool['id'] + 1000}", json=sent, headers=ada
            ).status_code
            assert status == 404, f"{method} of a tool that does not exist responds with 404; seen: {status}"
        read = client.get(path).json()
        assert without_time(read) == without_time(tool), (
            f"after refused requests the tool is unchanged; seen: {read}"
        )
        status = client.delete(path, headers=ada).status_code
        assert status == 204, f"DELETE by the owner responds with 204; seen: {status}"
        status = client.get(path).status_code
        assert status == 404, f"GET of a deleted tool responds with 404; seen: {status}"


@requirement(
    hints=(
        "Which of these rules need the database, and which only the two days themselves?",
        "A `model_validator` for the two days; a domain exception for the rules that need the database.",
        "days = (self.last_day - self.first_day).____ + 1",
    )
)
def test_a_tool_is_reserved(service: Service) -> None:
    """§8 A neighbour reserves a tool for 1 to 14 days (201, Location); taken or past days get 409."""
    with new_client(service) as client:
        ada, ben = service.login(client, "ada"), service.login(client, "ben")
        drill, rake = create_tool(client, ada)["id"], create_tool(client, ada, title="A rake")["id"]
        response = reserve(client, ben, drill, 10, 12)
        status = response.status_code
        assert status == 201, f"a reservation of days that are free responds with 201; seen: {status}"
        body = response.json()
        seen = (body.get("tool_id"), body.get("first_day"), body.get("last_day"))
        assert seen == (drill, day(10), day(12)), (
            f"the response has tool_id {drill}, first_day {day(10)} and last_day {day(12)}; seen: {body}"
        )
        shown = sorted(body.get("borrower", {}))
        assert shown == ["id", "name"], (
            f"borrower has the fields id and name, and no other; seen: {', '.join(shown) or 'no field'}"
        )
        name = body.get("borrower", {}).get("name")
        assert name == "ben", f'the borrower is the user of the token, "ben"; seen: {name!r}'
        location, own = response.headers.get("location", ""), f"/api/v1/reservations/{body['id']}"
        assert location.endswith(own), (
            f"the header Location is the path of the reservation, {own}; seen: {location!r}"
        )
        status = reserve(client, ada, rake, 60, 60).status_code
        assert status == 201, f"the owner of a tool reserves it too: 201; seen: {status}"
        for first, last in ((12, 13), (8, 10), (11, 11), (9, 13)):
            status = reserve(client, ada, drill, first, last).status_code
            assert status == 409, (
                f"a reservation of days {first} to {last} overlaps with days 10 to 12: refused with 409;"
                f" seen: {status}"
            )
        create_reservation(client, ada, drill, 8, 9)
        create_reservation(client, ada, drill, 13, 13)
        create_reservation(client, ada, rake, 10, 12)
        status = reserve(client, ben, rake, -1, 0).status_code
        assert status == 409, f"a reservation that begins yesterday is refused with 409; seen: {status}"
        for what, wrong in (
            ("with its last day before its first", {"first_day": day(3), "last_day": day(2)}),
            ("of 15 days", {"first_day": day(20), "last_day": day(34)}),
            ("with a text that is no date", {"first_day": day(20), "last_day": "tomorrow"}),
            (
                "whose days have a time",
                {"first_day": f"{day(20)}T00:00:00", "last_day": f"{day(20)}T00:00:00"},
            ),
            ("whose days are numbers", {"first_day": _seconds(20), "last_day": _seconds(20)}),
            (
                "with the unknown field borrower_id",
                {"first_day": day(20), "last_day": day(20), "borrower_id": 1},
            ),
        ):
            path = f"{TOOLS}/{rake}/reservations"
            status = client.post(path, json=wrong, headers=ben).status_code
            assert status == 422, f"a reservation {what} is refused with 422; seen: {status}"
            status = client.post(path, json=wrong).status_code
            assert status == 401, f"a reservation without a token is refused with 401; seen: {status}"
        create_reservation(client, ben, rake, 20, 33)
        status = reserve(client, ben, drill + 1000, 1, 1).status_code
        assert status == 404, f"a reservation of a tool that does not exist gets 404; seen: {status}"
        status = client.get(f"{TOOLS}/{drill + 1000}/reservations").status_code
        assert status == 404, (
            f"GET of the reservations of a tool that does not exist responds with 404; seen: {status}"
        )
        found = client.get(f"{TOOLS}/{drill}/reservations")
        assert found.status_code == 200, (
            f"GET of the reservations of a tool responds with 200, without a token; seen: {found.status_code}"
        )
        days = [each["first_day"] for each in found.json()]
        assert days == [day(8), day(10), day(13)], (
            "the list has the three accepted reservations of the tool, ordered by first_day:"
            f" {day(8)}, {day(10)}, {day(13)}; seen: {', '.join(days) or 'none'}"
        )


@requirement(
    hints=(
        "Two users are involved in a reservation. What may each of them do?",
        "A dependency for the reservation of the path, as for the tool. Chapter 5.",
        "if neighbour.id not in {reservation.____, reservation.tool.____}: ...",
    )
)
def test_a_reservation_is_read_and_deleted(service: Service) -> None:
    """§8 Borrower and owner read a reservation; the borrower deletes it, and its days are free again."""
    with new_client(service) as client:
        ada, ben, cleo = (service.login(client, name) for name in ("ada", "ben", "cleo"))
        tool = create_tool(client, ada)["id"]
        created = create_reservation(client, ben, tool, 10, 12)
        path = f"/api/v1/reservations/{created['id']}"
        status = client.delete(f"{TOOLS}/{tool}", headers=ada).status_code
        assert status == 409, f"DELETE of a tool that has a reservation responds with 409; seen: {status}"
        for who, headers, read, deleted in (
            ("without a token", {}, 401, 401),
            ("by a third neighbour", cleo, 403, 403),
            ("by the owner of the tool", ada, 200, 403),
            ("by the borrower", ben, 200, 204),
        ):
            response = client.get(path, headers=headers)
            status = response.status_code
            assert status == read, f"GET of the reservation {who} responds with {read}; seen: {status}"
            body = response.json() if read == 200 else created
            assert without_time(body) == without_time(created), (
                f"GET {who} returns the reservation as it was created; seen: {body}"
            )
            status = client.delete(path, headers=headers).status_code
            assert status == deleted, (
                f"DELETE of the reservation {who} responds with {deleted}; seen: {status}"
            )
        status = client.get(path, headers=ben).status_code
        assert status == 404, f"GET of a deleted reservation responds with 404; seen: {status}"
        left = client.get(f"{TOOLS}/{tool}/reservations").json()
        assert left == [], f"the list of reservations is empty again; seen: {left}"
        again = create_reservation(client, cleo, tool, 11, 14)["id"]
        status = client.delete(f"/api/v1/reservations/{again}", headers=cleo).status_code
        assert status == 204, f"DELETE of the second reservation responds with 204 too; seen: {status}"
        status = client.delete(f"{TOOLS}/{tool}", headers=ada).status_code
        assert status == 204, (
            f"DELETE of the tool, which has no reservation any more, responds with 204; seen: {status}"
        )


@requirement(
    hints=(
        "A client misspells a parameter: `categroy=garden`. Which response helps it?",
        "A parameter model: `Annotated[ToolQuery, Query()]`. Chapter 2.",
        'model_config = ConfigDict(extra="____")\nlimit: Annotated[int, Field(ge=____, le=____)] = 20',
    )
)
def test_tools_are_listed_and_filtered(service: Service) -> None:
    """§9 The list is filtered and paged by its query parameters, and refuses unknown ones with 422."""
    with new_client(service) as client:
        ada = service.login(client, "ada")
        drill = create_tool(client, ada)["id"]
        rake, hoe = (
            create_tool(client, ada, title=title, category="garden")["id"] for title in ("A rake", "A hoe")
        )
        create_reservation(client, ada, rake, 5, 6)
        for query, wanted in (
            ("", [drill, rake, hoe]),
            ("?category=garden", [rake, hoe]),
            ("?category=ladder", []),
            (f"?free_on={day(4)}", [drill, rake, hoe]),
            (f"?free_on={day(5)}", [drill, hoe]),
            (f"?free_on={day(6)}&category=garden", [hoe]),
            (f"?free_on={day(7)}", [drill, rake, hoe]),
        ):
            page = client.get(TOOLS + query).json()
            found = [item.get("id") for item in page.get("items", [])]
            assert found == wanted, (
                f"GET {TOOLS}{query} returns the tools with the ids {wanted}, oldest first; seen: {found}"
            )
            total = page.get("total")
            assert total == len(wanted), f"GET {TOOLS}{query} has total {len(wanted)}; seen: {total!r}"
        page = client.get(f"{TOOLS}?limit=1&offset=1").json()
        found = [item["id"] for item in page["items"]]
        assert found == [rake], (
            f"GET {TOOLS}?limit=1&offset=1 returns the second tool only, id {rake}; seen: {found}"
        )
        assert page["total"] == 3, f"total counts the tools on all pages, 3; seen: {page['total']!r}"
        one = client.get(f"{TOOLS}/{rake}").json()
        assert page["items"] == [one], (
            f"a tool in the list equals the response to GET {TOOLS}/{rake}; seen: {page['items'][0]}"
        )
        for query in (
            *("limit=0", "limit=101", "offset=-1", "categroy=garden", "category=den"),
            *("free_on=soon", f"free_on={day(4)}T00:00:00", f"free_on={_seconds(4)}"),
        ):
            status = client.get(f"{TOOLS}?{query}").status_code
            assert status == 422, f"GET {TOOLS}?{query} is refused with 422; seen: {status}"
        status = client.get(f"{TOOLS}?limit=100").status_code
        assert status == 200, f"GET {TOOLS}?limit=100 responds with 200; seen: {status}"
        status = client.get(f"{TOOLS}?offset={2**63}").status_code
        assert status in {200, 422}, (
            f"GET {TOOLS}?offset={2**63} is an empty page, or refused with 422; seen: {status}"
        )
        added = [create_tool(client, ada, category="hand")["id"] for _ in range(18)]
        page = client.get(TOOLS).json()
        found, wanted = [item["id"] for item in page["items"]], [drill, rake, hoe, *added][:20]
        assert found == wanted, (
            f"without a limit, GET {TOOLS} returns the first 20 of 21 tools, oldest first; seen: {found}"
        )
        _set_clock(service, client, datetime.now(UTC) - timedelta(days=1))
        ladder = create_tool(client, ada, category="ladder")["id"]
        _set_clock(service, client, datetime.now(UTC) - timedelta(days=2))
        steps = create_tool(client, ada, category="ladder")["id"]
        found = [item["id"] for item in client.get(f"{TOOLS}?category=ladder").json()["items"]]
        assert found == [ladder, steps], (
            "tools are in the order in which they were created, also if the clock was set back between two:"
            f" [{ladder}, {steps}]; seen: {found}"
        )


@requirement(
    hints=(
        "How can a test today check what your service does in thirty days?",
        "`NowDep` in each function that needs the current time, and no other clock. Chapter 3.",
        "async def create_tool(new: ToolCreate, now: ____, ...):",
    )
)
def test_every_datetime_comes_from_get_now(service: Service) -> None:
    """§10 Every datetime that is stored or compared comes from `get_now`."""
    then = datetime.now(UTC) + timedelta(days=30)
    now = then.replace(hour=23, minute=30, microsecond=250_000)
    with _far_from_utc(), new_client(service, token_minutes=LONG) as client:
        ada = service.login(client, "ada")
        _set_clock(service, client, now)
        tool = create_tool(client, ada)
        created_at = tool.get("created_at")
        assert _datetime(created_at) == now, (
            f"created_at of the tool equals the value of `get_now`, {now.isoformat()}; seen: {created_at}"
        )
        status = reserve(client, ada, tool["id"], 29, 30).status_code
        assert status == 409, (
            "a reservation that begins the day before today, by `get_now`, is refused with 409;"
            f" seen: {status}"
        )
        created_at = create_reservation(client, ada, tool["id"], 30, 31).get("created_at")
        assert _datetime(created_at) == now, (
            f"created_at of the reservation equals the value of `get_now`, {now.isoformat()};"
            f" seen: {created_at}"
        )
        _set_clock(service, client, now - timedelta(days=60))
        ben = service.login(client, "ben")
        status = reserve(client, ben, tool["id"], -30, -30).status_code
        assert status == 201, (
            "a reservation of today, by `get_now`, responds with 201, although the clock of the machine is 30"
            f" days ahead; seen: {status}"
        )


@requirement(
    hints=(
        "Your code checks that the days are free, and then it inserts. What can happen between the two?",
        "Let the database refuse the second one: all processes share it, and nothing else. Chapter 7.",
        "tool_id: ... = mapped_column(..., primary_key=____)\nday: ... = mapped_column(primary_key=____)",
    )
)
def test_one_of_many_simultaneous_reservations_succeeds(service: Service) -> None:
    """§11 Of many simultaneous requests for overlapping days, at two processes, exactly one gets the tool."""
    with new_client(service) as client:
        who = [service.login(client, name) for name in ("ada", "ben")]
        tools = [create_tool(client, who[0], title=f"Tool {number}")["id"] for number in range(2)]
    wanted = [(1, 3), (3, 5), (2, 4), (3, 3), (1, 5), (3, 4)]
    results = service.run(_all_at_once, service, [(tool, *days) for tool in tools for days in wanted], who)
    with new_client(service) as client:
        for tool in tools:
            statuses = sorted(status for requested, status in results if requested == tool)
            stored = len(client.get(f"{TOOLS}/{tool}/reservations").json())
            assert stored == 1, (
                "after six simultaneous requests for overlapping days, exactly one reservation is stored;"
                f" seen: {stored}"
            )
            assert statuses == [201, *[409] * (len(wanted) - 1)], (
                "of six simultaneous requests, one responds with 201 and five with 409;"
                f" seen: {', '.join(map(str, statuses))}"
            )


@requirement(
    hints=(
        "Two requests have read the same row, and both change it. What does the second one find?",
        "A unique column, a foreign key, and a DELETE that returns what it deleted. Chapter 7.",
        "gone = delete(Reservation).where(...).____(Reservation.id)\nif await session.scalar(gone) is None:",
    )
)
def test_one_of_two_simultaneous_requests_succeeds(service: Service) -> None:
    """§11 Of two simultaneous requests that exclude each other, at two processes, exactly one succeeds."""
    new = {"email": "twice@example.com", "name": "Twice", "password": PASSWORD}
    with service.cheap_hashes():
        statuses = service.run(_at_once, service, [("POST", "/auth/register", new, {})] * 2)
    assert sorted(statuses) == [201, 409], (
        "of two registrations with one address at the same time, at two processes, one responds with 201 and"
        f" one with 409; seen: {' and '.join(map(str, sorted(statuses)))}"
    )
    with new_client(service) as client:
        ada = service.login(client, "ada")
        tool = create_tool(client, ada)["id"]
        place = f"/api/v1/reservations/{create_reservation(client, ada, tool, 1, 2)['id']}"
    statuses = service.run(_at_once, service, [("DELETE", place, None, ada)] * 2)
    assert sorted(statuses) == [204, 404], (
        "of two requests that give back one reservation at the same time, one responds with 204 and one with"
        f" 404; seen: {' and '.join(map(str, sorted(statuses)))}"
    )
    for first in ("POST", "DELETE"):
        with new_client(service) as client:
            tool = create_tool(client, ada)["id"]
        requests: list[Any] = [
            ("POST", f"{TOOLS}/{tool}/reservations", _days(1, 2), ada),
            ("DELETE", f"{TOOLS}/{tool}", None, ada),
        ]
        if first == "DELETE":
            requests.reverse()
        statuses = service.run(_at_once, service, requests)
        results = dict(zip((request[0] for request in requests), statuses, strict=True))
        reserved, deleted = results["POST"], results["DELETE"]
        seen = f"POST of the reservation {reserved}, DELETE of the tool {deleted}"
        assert (reserved == 201) != (deleted == 204), (
            "of a reservation and the deletion of its tool at the same time, exactly one succeeds;"
            f" seen: {seen}"
        )
        lost = {reserved, deleted} - {201, 204}
        assert lost <= {404, 409}, (
            "of a reservation and the deletion of its tool at the same time, the other one gets 404 or 409;"
            f" seen: {seen}"
        )


@requirement(
    hints=(
        "A user reports a failed request. How do you find it among a million lines of the log?",
        "A pure ASGI middleware that wraps `send`, and a context variable. Chapter 6.",
        'if message["type"] == "____":\n    MutableHeaders(scope=message)["X-Request-ID"] = ____',
    )
)
def test_every_response_has_a_request_id(service: Service) -> None:
    """§12 Every response has an X-Request-ID: that of the request if it is valid, otherwise a new one."""
    with new_client(service) as client:
        first, second = (client.get("/health").headers.get("x-request-id", "") for _ in range(2))
        assert re.fullmatch(r"[A-Za-z0-9._-]{1,64}", first), (
            "every response has a header X-Request-ID of 1 to 64 letters, digits, dots, dashes or"
            f" underscores; seen: {first!r}"
        )
        assert first != second, f"two requests have two different ids; seen: {first!r} twice"
        for wanted in ("order-7_b.2", "x" * 64):
            response = client.get("/hammers", headers={"X-Request-ID": wanted})
            seen = response.headers.get("x-request-id")
            assert seen == wanted, (
                f"a response, here a 404, repeats a valid X-Request-ID, {wanted!r}; seen: {seen!r}"
            )
        for useless in ("two words", "x" * 65, "", "a;b", "größe"):
            response = client.get("/hammers", headers=_request_id(useless))
            seen = response.headers.get("x-request-id", "")
            assert seen != useless, (
                f"an invalid X-Request-ID, {useless!r}, is replaced by a new one; seen: {seen!r}"
            )
            assert seen, f"an invalid X-Request-ID, {useless!r}, is replaced by a new one; seen: an empty one"
            again = client.get("/hammers", headers=_request_id(useless)).headers.get("x-request-id", "")
            assert again != seen, (
                f"an invalid X-Request-ID, {useless!r}, is replaced by a new one each time;"
                f" seen: {seen!r} twice"
            )


@requirement(
    hints=(
        "A client handles your errors. How many kinds of error bodies should it have to parse?",
        "Exception handlers for your own exceptions, Starlette's HTTPException and validation. Chapter 7.",
        "app.add_exception_handler(____, handle_shed_error)\n"
        "app.add_exception_handler(____, handle_http_exception)",
    )
)
def test_every_error_is_a_problem_document(service: Service) -> None:
    """§13 Every error is application/problem+json, with its five fields, and contains no password."""
    with new_client(service) as client:
        ada, ben = service.login(client, "ada"), service.login(client, "ben")
        tool = create_tool(client, ada)["id"]
        create_reservation(client, ada, tool, 1, 2)
        path = f"{TOOLS}/{tool}"
        invalid = {"email": "new@example.com", "name": "New", "password": "too short"}
        taken, reverse = (_days(2, 3), _days(9, 8))
        json_ = {"Content-Type": "application/json"}
        for what, expected, who, method, place, sent in (
            ("GET of an unknown path", 404, {}, "GET", "/hammers", None),
            ("a request with a wrong method", 405, {}, "PUT", "/health", None),
            ("PATCH without a token", 401, {}, "PATCH", path, {}),
            ("PATCH by another neighbour", 403, ben, "PATCH", path, {}),
            ("GET of an unknown tool", 404, {}, "GET", f"{TOOLS}/{tool + 1000}", None),
            ("a reservation of days that are taken", 409, ben, "POST", f"{path}/reservations", taken),
            ("a registration with an invalid password", 422, {}, "POST", "/auth/register", invalid),
            ("a reservation that ends before it begins", 422, ben, "POST", f"{path}/reservations", reverse),
            ("a request body that is no JSON", 422, json_, "POST", "/auth/register", b'{"email": '),
            ("a request body that is a list", 422, {}, "POST", "/auth/register", [invalid]),
        ):
            content = {"content": sent} if isinstance(sent, bytes) else {"json": sent}
            response = client.request(method, place, headers=who, **content)
            status = response.status_code
            assert status == expected, f"{what} responds with {expected}; seen: {status}"
            kind = response.headers.get("content-type", "").split(";")[0]
            assert kind == "application/problem+json", (
                f"{what}: the media type of the response is application/problem+json; seen: {kind!r}"
            )
            body = response.json()
            missing = sorted({"type", "title", "status", "detail", "request_id"} - set(body))
            assert not missing, (
                f"{what}: the problem document has type, title, status, detail and request_id;"
                f" seen: no {', '.join(missing)}"
            )
            assert body["status"] == expected, (
                f"{what}: status in the document equals the status code, {expected}; seen: {body['status']!r}"
            )
            header = response.headers.get("x-request-id")
            assert body["request_id"] == header, (
                f"{what}: request_id equals the header X-Request-ID, {header!r}; seen: {body['request_id']!r}"
            )
            detail = body["detail"]
            assert isinstance(detail, str), f"{what}: detail is a string; seen: {detail!r}"
            if expected == 422:
                errors = body.get("errors")
                assert isinstance(errors, list), (
                    f"{what}: the document has errors, a list of what is invalid; seen: {errors!r}"
                )
                assert errors, f"{what}: errors lists what is invalid; seen: an empty list"
            assert "too short" not in response.text, (
                f"{what}: the response does not contain the rejected password; seen: it contains 'too short'"
            )
        ada_again = {"email": "ada@example.com", "password": PASSWORD}
        for what, options in (
            ("a registration without a name", {"json": ada_again}),
            (
                "a registration with an unknown field",
                {"json": {**ada_again, "name": "Ada", "again": PASSWORD}},
            ),
            ("a registration whose body is a list", {"json": [ada_again]}),
            ("a registration that is sent as a form", {"data": ada_again}),
        ):
            text = client.post("/auth/register", **options).text
            assert PASSWORD not in text, (
                f"{what}: the response does not contain the password;"
                f" seen: {text.replace(PASSWORD, '•••')[:200]}"
            )
    app = service.create_app(secret_key=KEY)
    for in_header, in_body in service.run(_refused_at_once, app):
        assert in_body == in_header, (
            "of two requests at the same time, each problem document has the request_id of its own request;"
            f" seen: {in_body!r} in the document, and {in_header!r} in the header"
        )


@requirement(
    hints=(
        "An exception handler for Exception is registered. Does it run inside or outside your middleware?",
        "A second middleware, inside that of the request IDs. It catches and responds. Chapter 7.",
        "try:\n    await self.app(scope, receive, send)\nexcept Exception:\n    logger.____(...)",
    )
)
def test_an_unexpected_exception_is_a_problem_document(service: Service) -> None:
    """§13 An unexpected exception becomes a 500 problem document without its text, and is logged once."""

    async def fall() -> None:
        raise RuntimeError("the secret of the shed")

    client = new_client(service)
    app_of(client).get("/checkpoint/fall")(fall)
    secret = "token-of-this-request"
    headers = {"X-Request-ID": "fall-1", "Authorization": f"Bearer {secret}"}
    with client, _logs() as entries:
        response = client.get("/checkpoint/fall", headers=headers)
    status = response.status_code
    assert status == 500, f"an unexpected exception in an endpoint responds with 500; seen: {status}"
    kind = response.headers.get("content-type", "").split(";")[0]
    assert kind == "application/problem+json", (
        f"the media type of the 500 response is application/problem+json; seen: {kind!r}"
    )
    assert "secret of the shed" not in response.text, (
        f"the 500 response does not contain the text of the exception; seen: {response.text[:300]}"
    )
    seen = response.json().get("request_id")
    assert seen == "fall-1", (
        f'request_id of the 500 document is that of the request, "fall-1"; seen: {seen!r}'
    )
    seen = response.headers.get("x-request-id")
    assert seen == "fall-1", f'the 500 response has the header X-Request-ID, "fall-1"; seen: {seen!r}'
    logged = [logging.Formatter().format(entry) for entry in entries]
    count = sum("Traceback" in text and "secret of the shed" in text for text in logged)
    assert count == 1, f"the exception is logged once, with its traceback; seen: {count} log records with it"
    count = sum("secret of the shed" in text for text in logged)
    assert count == 1, f"the exception is logged in one log record and in no other; seen: {count} log records"
    leaking = [text for text in logged if secret in text]
    assert not leaking, (
        "no log record contains the token of the request;"
        f" seen: {leaking[0].replace(secret, '•••')[:300] if leaking else ''}"
    )
    app = service.create_app(secret_key=KEY)
    app.get("/checkpoint/fall")(fall)
    reached = ""
    with service.client(app, person=None) as client, _logs():
        try:
            client.get("/checkpoint/fall")
        except RuntimeError as error:
            reached = str(error)
    assert not reached, (
        "the exception ends in the service, because a server logs what reaches it a second time;"
        f" seen: the server received RuntimeError: {reached}"
    )


@requirement(
    hints=(
        "A reservation is made while a watcher connects. Is it in the state, or in a message after it?",
        "Subscribe, load the state, accept, send it, wait for messages. Publish after the commit. Chapter 9.",
        "await socket.send_json(____)\nwhile True:\n    await socket.send_json(await ____.get())",
    )
)
def test_watchers_receive_messages(service: Service) -> None:
    """§14 A watcher receives the state of a tool, then each reservation that is created or deleted."""
    with new_client(service) as client:
        ada = service.login(client, "ada")
        tool, other = create_tool(client, ada)["id"], create_tool(client, ada, title="A rake")["id"]
        create_reservation(client, ada, tool, 1, 2)
        early = create_reservation(client, ada, other, 9, 9)
        create_reservation(client, ada, other, 8, 8)
        ended = _ends_after_disconnect(client, tool)
        assert ended, (
            "when a watcher disconnects, the endpoint of its WebSocket returns;"
            " seen: it still runs after 5 seconds"
        )
        with _watching(client, tool) as websocket, _watching(client, other) as elsewhere:
            message = _receive(websocket)
            assert message == {"type": "state", "reservations": [_days(1, 2)]}, (
                f'the first message is the "state", with the reserved days {_days(1, 2)}; seen: {message}'
            )
            message = _receive(elsewhere)
            assert message == {"type": "state", "reservations": [_days(8, 8), _days(9, 9)]}, (
                "the state has the reservations of this tool, in the order of their first days;"
                f" seen: {message}"
            )
            client.delete(f"/api/v1/reservations/{early['id']}", headers=ada)
            message = _receive(elsewhere)
            assert message == {"type": "cancelled", **_days(9, 9)}, (
                'a watcher receives a message "cancelled" with the days of a deleted reservation,'
                f" {_days(9, 9)}; seen: {message}"
            )
            status = reserve(client, ada, tool, 2, 3).status_code
            assert status == 409, f"a reservation of days that are taken responds with 409; seen: {status}"
            created = create_reservation(client, ada, tool, 5, 6)
            message = _receive(websocket)
            assert message == {"type": "reserved", **_days(5, 6)}, (
                "a watcher receives each reservation that is created, and none that is refused: next a"
                f' message "reserved" with {_days(5, 6)}; seen: {message}'
            )
            client.delete(f"/api/v1/reservations/{created['id']}", headers=ada)
            message = _receive(websocket)
            assert message == {"type": "cancelled", **_days(5, 6)}, (
                'a watcher receives a message "cancelled" with the days of a deleted reservation,'
                f" {_days(5, 6)}; seen: {message}"
            )
            create_reservation(client, ada, other, 7, 7)
            message = _receive(elsewhere)
            assert message == {"type": "reserved", **_days(7, 7)}, (
                "a watcher of another tool receives only the messages of that tool, next"
                f' "reserved" with {_days(7, 7)}; seen: {message}'
            )
        with (
            pytest.raises(WebSocketDisconnect),
            client.websocket_connect(f"{TOOLS}/{tool + 1000}/live"),
        ):
            pytest.fail("the WebSocket of a tool that does not exist is refused; seen: it was accepted")
        busy = create_tool(client, ada, title="A saw")["id"]
        with (
            _reserving_meanwhile(client, f"{TOOLS}/{busy}/reservations", ada) as (made, stop),
            _watching(client, busy) as websocket,
        ):
            state: Any = _receive(websocket)
            stop()
            create_reservation(client, ada, busy, 10, 10)
            received = list(state["reservations"])
            while _days(10, 10) not in received:
                change: Any = _receive(websocket)
                received.append({name: change[name] for name in ("first_day", "last_day")})
        missing = [day(number) for number in made if _days(number, number) not in received]
        assert not missing, (
            "a reservation that is made while a watcher connects is in the state, or in a message after it;"
            f" seen: {len(missing)} of {len(made)} in neither"
        )
        empty = create_tool(client, ada, title="A hoe")["id"]
        with _watching(client, empty) as websocket:
            message = _receive(websocket)
            assert message == {"type": "state", "reservations": []}, (
                f"the state of a tool without reservations has an empty list; seen: {message}"
            )
            with new_client(service, database_url=_other_database(service)) as there:
                ben = service.login(there, "ben")
                tools = [create_tool(there, ben)["id"] for _ in range(empty)]
                create_reservation(there, ben, tools[-1], 1, 1)
            create_reservation(client, ada, empty, 2, 2)
            message = _receive(websocket)
            assert message == {"type": "reserved", **_days(2, 2)}, (
                "a watcher receives nothing of another app in the same process, next"
                f' "reserved" with {_days(2, 2)}; seen: {message}'
            )


@requirement(
    hints=(
        "One watcher has stopped reading. Which code waits for it?",
        "A bounded queue for each watcher, and a task of its own that sends from it. Chapter 9.",
        "try:\n    watcher.messages.____(message)\nexcept asyncio.QueueFull:\n    ...",
    )
)
def test_a_slow_watcher_delays_no_request(service: Service) -> None:
    """§14 A watcher that has left or does not read delays neither requests nor other watchers."""
    with new_client(service) as client:
        ada = service.login(client, "ada")
        tool = create_tool(client, ada)["id"]
        ended = _ends_after_disconnect(client, tool)
        assert ended, (
            "when a watcher disconnects, the endpoint of its WebSocket returns;"
            " seen: it still runs after 5 seconds"
        )
        with _stalled_watcher(client, tool), _watching(client, tool) as websocket:
            _receive(websocket)
            for number in range(1, 71):
                status, done = _post(client, f"{TOOLS}/{tool}/reservations", _days(number, number), ada)
                seen = str(status or "no response") + ("" if done else ", not finished after 5 seconds")
                finished = (status, done) == (201, True)
                assert finished, (
                    "while one watcher does not read, a reservation responds with 201 and is finished within"
                    f" 5 seconds; seen: {seen}"
                )
                message = _receive(websocket)
                assert message == {"type": "reserved", **_days(number, number)}, (
                    'while one watcher does not read, the other watcher receives the message "reserved" with'
                    f" {_days(number, number)}; seen: {message}"
                )


@requirement(
    hints=(
        "A watcher waits for an hour. What has its endpoint opened, and what does it still need?",
        "A session for the first queries only. `try` and `finally` after you subscribe. Chapter 9.",
        "async with ____() as session:\n    state = ...\nawait socket.accept()",
    )
)
def test_a_watcher_keeps_no_resources(service: Service) -> None:
    """§14 A waiting watcher holds no connection to the database, and nothing is kept of one that left."""
    with new_client(service) as client:
        ada = service.login(client, "ada")
        tool = create_tool(client, ada)["id"]
        with checked_out(Pool) as in_use, _watching(client, tool) as websocket:
            _receive(websocket)
            limit = time.monotonic() + 2
            while in_use and time.monotonic() < limit:
                time.sleep(0.02)
            count = len(in_use)
            assert count == 0, (
                "a watcher that has received the state and waits holds no connection to the database;"
                f" seen: {count} in use"
            )
        for what, messages in (("the state", 0), ("a message after the state", 1)):
            kept = _kept_of_broken_watchers(client, tool, ada, messages)
            assert kept < BROKEN, (
                f"when sending {what} to a watcher has raised an exception, nothing of the watcher is kept;"
                f" seen: {kept} WebSockets or queues more after {BROKEN} such watchers"
            )


@requirement(
    hints=(
        "What must be true before you send an e-mail about a reservation?",
        "`BackgroundTasks`, `MailerDep`, and a task that catches the exceptions of its mailer. Chapter 8.",
        "tasks.____(notifications.send_email, mailer, message)",
    )
)
def test_the_owner_receives_an_email(service: Service) -> None:
    """§15 The owner receives an e-mail after the response; an e-mail that fails breaks nothing else."""
    with new_client(service) as client, _logs():
        ada, ben = service.login(client, "ada"), service.login(client, "ben")
        tool = create_tool(client, ada)["id"]
        mailer = _replace_mailer(service, client)
        create_reservation(client, ben, tool, 3, 4)
        count = mailer.count(1)
        _record_mails(service, mailer)
        assert count == 1, f"a reservation sends one e-mail, through `get_mailer`; seen: {count}"
        mail = mailer.sent[0]
        to = str(mail["To"])
        assert "ada@example.com" in to, (
            f"the e-mail is addressed to the owner of the tool, ada@example.com; seen: {to}"
        )
        others = [each for each in re.findall(r"[\w.]+@example\.com", to) if each != "ada@example.com"]
        assert not others, f"the e-mail is addressed to no other person; seen: {', '.join(others)}"
        text = f"{mail['Subject']} {_text_of(mail)}"
        for part in (DRILL["title"], day(3), day(4)):
            assert part in text, (
                f"the e-mail contains the title of the tool, the first and the last day, here {part};"
                f" seen: {text[:300]}"
            )
        status = reserve(client, ben, tool, 4, 5).status_code
        assert status == 409, f"a reservation of days that are taken responds with 409; seen: {status}"
        count = mailer.count(2, 0.2)
        assert count == 1, f"a reservation that is refused sends no e-mail; seen: {count - 1}"
        path, order = f"{TOOLS}/{tool}/reservations", mailer.order
        _post(client, path, _days(9, 9), ben, responded=lambda: order.append("response"))
        mailer.count(2)
        assert order[-2:] == ["response", "mail"], (
            f"the response is sent before the e-mail; seen: {' before '.join(order[-2:])}"
        )
        mailer.fails = True
        with _watching(client, tool) as websocket:
            _receive(websocket)
            try:
                status, _ = _post(client, path, _days(7, 8), ben)
            except OSError:
                raise AssertionError(
                    "an OSError of the mailer stays inside the background task; seen: it left the application"
                ) from None
            assert status == 201, (
                f"when the e-mail cannot be sent, the reservation still responds with 201; seen: {status}"
            )
            message = _receive(websocket)
            assert message == {"type": "reserved", **_days(7, 8)}, (
                f'when the e-mail cannot be sent, the watchers still receive "reserved"; seen: {message}'
            )


@requirement(
    hints=(
        "Which happens first: the commit, or the response to the client?",
        "The dependency scope of the session. Chapter 3.",
        'SessionDep = Annotated[AsyncSession, Depends(get_session, scope="____")]',
    )
)
def test_success_is_sent_after_the_commit(service: Service) -> None:
    """§16 When the commit fails: 500, nothing is stored, and no e-mail and no message is sent."""
    with new_client(service) as client, _logs():
        ada = service.login(client, "ada")
        tool = create_tool(client, ada)["id"]
        mailer = _replace_mailer(service, client)
        with _watching(client, tool) as websocket:
            _receive(websocket)
            with _failing_commits():
                statuses = [client.post(TOOLS, json=DRILL, headers=ada).status_code]
                statuses.append(reserve(client, ada, tool, 1, 2).status_code)
            assert statuses == [500, 500], (
                "when the commit fails, POST of a tool and of a reservation respond with 500;"
                f" seen: {statuses[0]} and {statuses[1]}"
            )
            count = mailer.count(1, 0.2)
            assert count == 0, f"when the commit fails, no e-mail is sent; seen: {count}"
            count = len(_items(client))
            assert count == 1, (
                f"the tool whose commit failed is not in the list, which has 1 tool; seen: {count}"
            )
            created = create_reservation(client, ada, tool, 2, 3)
            message = _receive(websocket)
            assert message == {"type": "reserved", **_days(2, 3)}, (
                "watchers receive only what was committed: next"
                f' "reserved" with {_days(2, 3)}; seen: {message}'
            )
            with _failing_commits():
                status = client.delete(f"/api/v1/reservations/{created['id']}", headers=ada).status_code
            assert status == 500, (
                f"when the commit fails, DELETE of a reservation responds with 500; seen: {status}"
            )
            create_reservation(client, ada, tool, 5, 5)
            message = _receive(websocket)
            assert message == {"type": "reserved", **_days(5, 5)}, (
                "watchers receive no cancellation whose commit failed: next"
                f' "reserved" with {_days(5, 5)}; seen: {message}'
            )


@requirement(
    hints=(
        "Which of your values are global variables of a module? Which apps share them?",
        "For one app: `app.state`, and what the lifespan yields. For ever: the database. Chapter 1.",
        "settings: Settings = request.____.settings",
    )
)
def test_data_and_tokens_survive_a_restart(service: Service) -> None:
    """§16 Stored data belongs to one app only, and data and tokens survive a restart."""
    first = new_client(service, token_minutes=7)
    second = new_client(service, token_minutes=9, database_url=_other_database(service))
    with first as here, second as there:
        ada, ben = service.login(here, "ada"), service.login(there, "ben")
        login = {"username": "ada@example.com", "password": PASSWORD}
        seconds = [
            here.post("/auth/token", data=login).json().get("expires_in"),
            there.post("/auth/token", data={**login, "username": "ben@example.com"}).json().get("expires_in"),
        ]
        assert seconds == [420, 540], (
            "of two apps with token_minutes=7 and 9, expires_in is 420 and 540;"
            f" seen: {seconds[0]!r} and {seconds[1]!r}"
        )
        tool = create_tool(here, ada)
        other = create_tool(there, ben, title="A rake")
        created = create_reservation(here, ada, tool["id"], 1, 2)
        titles = [[each["title"] for each in _items(client)] for client in (here, there)]
        assert titles == [[tool["title"]], [other["title"]]], (
            f"each of two apps lists its own tool only; seen: {titles[0]} and {titles[1]}"
        )
        taken = there.get(f"{TOOLS}/{other['id']}/reservations").json()
        assert taken == [], f"a reservation at one app is not at another app; seen: {taken}"
    with new_client(service) as again:
        for path, stored in (
            (f"{TOOLS}/{tool['id']}", tool),
            (f"/api/v1/reservations/{created['id']}", created),
        ):
            response = again.get(path, headers=ada)
            status = response.status_code
            assert status == 200, (
                f"after a restart, GET {path} with the token of before responds with 200; seen: {status}"
            )
            body = response.json()
            assert body == stored, f"after a restart, GET {path} returns what was stored; seen: {body}"


def _other_database(service: Service) -> str:
    return f"sqlite+aiosqlite:///{(service.tmp_path / 'other.db').as_posix()}"


def _revealed(secret: Any) -> object:
    """The text of a secret, with or without pydantic's `SecretStr`."""
    return secret.get_secret_value() if hasattr(secret, "get_secret_value") else secret


def _refusal(make: Callable[[], object]) -> str | None:
    """The text of the validation error; None where there is none."""
    try:
        make()
    except ValueError as error:  # pydantic's ValidationError is one
        return str(error)
    return None


def _datetime(text: Any) -> datetime | None:
    """The datetime of a text of JSON, or None."""
    try:
        return datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None


def _seconds(number: int) -> int:
    """Midnight of a date some days from today, as a Unix timestamp."""
    return int(datetime.fromisoformat(f"{day(number)}T00:00:00+00:00").timestamp())


def _request_id(value: str) -> list[tuple[bytes, bytes]]:
    """The header X-Request-ID; a client may send bytes that are no ASCII."""
    return [(b"X-Request-ID", value.encode("latin-1"))]


def _text_of(mail: EmailMessage) -> str:
    """The text of an e-mail, of whichever parts it consists."""
    parts = [part for part in mail.walk() if part.get_content_maintype() == "text"]
    return " ".join(str(part.get_content()) for part in parts)


def _record_mails(service: Service, mailer: "_RecordingMailer") -> None:
    """Let a report show the e-mails, of which no response tells."""
    for mail in mailer.sent:
        sent = f"From: {mail['From']}\nSubject: {mail['Subject']}\n\n{_text_of(mail).strip()}"
        service.record(E_MAIL, f"to {mail['To']}", sent=sent[:700])


def _items(client: RecordingClient) -> list[dict[str, Any]]:
    response = client.get(TOOLS)
    status = response.status_code
    assert status == 200, f"GET {TOOLS} responds with 200; seen: {status}"
    items = response.json().get("items")
    assert isinstance(items, list), f"GET {TOOLS} returns items, a list; seen: {items!r}"
    return items


def _days(first: int, last: int) -> dict[str, str]:
    return {"first_day": day(first), "last_day": day(last)}


def _without_ids(response: Any) -> dict[str, object]:
    """The body of a response, without what identifies this one request."""
    body = response.json()
    return {name: value for name, value in body.items() if name not in {"request_id", "instance"}}


def _odd_tokens(genuine: str) -> list[tuple[str, str]]:
    """Signed tokens with claims that do not fit; none if the tokens of the service are no JWTs."""
    try:
        claims = jwt.decode(genuine, KEY, algorithms=["HS256"], options={"verify_exp": False})
    except jwt.InvalidTokenError:
        return []
    later = int((datetime.now(UTC) + timedelta(days=365)).timestamp())
    odd: dict[str, dict[str, object]] = {
        "of a user who does not exist": {"sub": "1000"},
        "with the user ID 999999999999999999999999999999": {"sub": "9" * 30},
        "with a user ID that is no number": {"sub": "the owner of everything"},
        "without a user ID": {"sub": None},
        "whose time of expiry is a text": {"exp": "tomorrow"},
        "without a time of expiry": {"exp": None},
        "that is valid from next year on (nbf)": {"nbf": later, "exp": later + 1800},
    }
    return [
        (
            what,
            jwt.encode(
                {name: value for name, value in {**claims, **changed}.items() if value is not None}, KEY
            ),
        )
        for what, changed in odd.items()
    ]


def _unsigned(token: str) -> str:
    """The token with the header `alg: none` and no signature; where it is no JWT, something like it."""
    head = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').rstrip(b"=").decode()
    parts = token.split(".")
    return f"{head}.{parts[1] if len(parts) == 3 else 'e30'}."


@contextmanager
def _hashing() -> Iterator[set[int]]:
    """The threads in which Argon2 creates and verifies hashes meanwhile."""
    from argon2 import PasswordHasher

    threads: set[int] = set()

    def noted(work: Callable[..., Any]) -> Callable[..., Any]:
        def noting(*arguments: Any, **options: Any) -> Any:
            threads.add(threading.get_ident())
            return work(*arguments, **options)

        return noting

    with pytest.MonkeyPatch.context() as patch:
        for name in ("hash", "verify"):
            patch.setattr(PasswordHasher, name, noted(getattr(PasswordHasher, name)))
        yield threads


def _stored_texts(service: Service) -> list[str]:
    """Every text in every table of the database."""
    with closing(sqlite3.connect(service.tmp_path / "gavel.db")) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = [row for name in tables for row in database.execute(f'SELECT * FROM "{name}"')]
    cells = [cell.decode("latin-1") if isinstance(cell, bytes) else cell for row in rows for cell in row]
    return [cell for cell in cells if isinstance(cell, str)]


def _set_clock(service: Service, client: RecordingClient, now: datetime) -> None:
    """Let `get_now` of an app return this datetime."""

    def get_now() -> datetime:
        return now

    app_of(client).dependency_overrides[service.module("dependencies").get_now] = get_now


class _RecordingMailer:
    """A mailer that records the e-mails that it is given."""

    def __init__(self) -> None:
        self.sent: list[EmailMessage] = []
        self.order: list[str] = []
        self.fails = False

    async def send(self, message: EmailMessage) -> None:
        if self.fails:
            raise OSError("the mail server does not respond")
        self.sent.append(message)
        self.order.append("mail")

    def count(self, expected: int, seconds: float = 5) -> int:
        """How many e-mails there are, as soon as there are so many, or after these seconds."""
        limit = time.monotonic() + seconds
        while len(self.sent) < expected and time.monotonic() < limit:
            time.sleep(0.01)
        return len(self.sent)


def _replace_mailer(service: Service, client: RecordingClient) -> _RecordingMailer:
    """Replace the mailer of an app by one of ours."""
    mailer = _RecordingMailer()
    app_of(client).dependency_overrides[service.module("dependencies").get_mailer] = lambda: mailer
    return mailer


class _Keeping(logging.Handler):
    def __init__(self, entries: list[logging.LogRecord]) -> None:
        super().__init__()
        self.entries = entries

    def emit(self, record: logging.LogRecord) -> None:
        self.entries.append(record)


@contextmanager
def _logs() -> Iterator[list[logging.LogRecord]]:
    """What is logged meanwhile; nothing of it is printed."""
    entries: list[logging.LogRecord] = []
    handler = _Keeping(entries)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        yield entries
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


@contextmanager
def _connections() -> Iterator[set[object]]:
    """The connections of all of SQLAlchemy's pools that were opened meanwhile and are not closed."""
    is_open: set[object] = set()

    def opened(connection: object, _: object) -> None:
        is_open.add(id(connection))

    def closed(connection: object, *_: object) -> None:
        is_open.discard(id(connection))

    listeners: dict[str, Callable[..., None]] = {"connect": opened, "close": closed, "close_detached": closed}
    for name, listener in listeners.items():
        event.listen(Pool, name, listener)
    try:
        yield is_open
    finally:
        for name, listener in listeners.items():
            event.remove(Pool, name, listener)


@contextmanager
def _failing_commits() -> Iterator[None]:
    """While this lasts, the disk is full: no commit of any engine reaches its database, and each raises."""

    def full(_: object) -> None:
        raise OSError("the disk is full")

    event.listen(Engine, "commit", full)
    try:
        yield
    finally:
        event.remove(Engine, "commit", full)


@contextmanager
def _imported_again(service: Service) -> Iterator[ModuleType]:
    """The service's `main`, imported a second time: it shares as little with the first as another process."""
    package = service.package
    ours = {name: module for name, module in sys.modules.items() if f"{name}.".startswith(f"{package}.")}
    parent = sys.modules.get(package.rpartition(".")[0])
    for name in ours:
        del sys.modules[name]
    try:
        yield service.module("main")
    finally:
        for name in [name for name in sys.modules if f"{name}.".startswith(f"{package}.")]:
            del sys.modules[name]
        sys.modules.update(ours)
        if parent is not None and package in ours:
            setattr(parent, package.rpartition(".")[2], ours[package])


async def _all_at_once(
    service: Service, requested: list[tuple[int, int, int]], who: list[Headers]
) -> list[tuple[int, int]]:
    """Send these reservations (tool, first day, last day) at the same time, to two services in turn."""
    settings = {"secret_key": KEY}
    first = service.create_app(**settings)
    with _imported_again(service):
        second = service.create_app(**settings)
    with pause_after_reading():
        async with _client_of(first) as one, _client_of(second) as two:

            async def send(number: int, tool: int, start: int, end: int) -> tuple[int, int]:
                wanted = {"first_day": day(start), "last_day": day(end)}
                path, headers = f"{TOOLS}/{tool}/reservations", who[number % len(who)]
                response = await (one, two)[number % 2].post(path, json=wanted, headers=headers)
                service.record(
                    "POST", path, sent=json.dumps(wanted), status=response.status_code, answer=response.text
                )
                return tool, response.status_code

            return list(await asyncio.gather(*(send(number, *each) for number, each in enumerate(requested))))


@contextmanager
def _reserving_meanwhile(
    client: RecordingClient, path: str, who: Headers
) -> Iterator[tuple[list[int], Callable[[], None]]]:
    """Reserve a day after each of the first queries of a WebSocket: the days, and what ends it."""
    made: list[int] = []
    busy = [False]

    async def reserve_one() -> None:
        number = 11 + len(made)
        made.append(number)
        headers = {**who, "Content-Type": "application/json"}
        sent = [{"type": "http.request", "body": json.dumps(_days(number, number)).encode()}]

        async def receive() -> dict[str, Any]:
            if sent:
                return sent.pop()
            await anyio.sleep_forever()
            raise AssertionError("never reached")

        async def send(message: Any) -> None: ...

        await app_of(client)({**_scope(client, "http", path, headers), "method": "POST"}, receive, send)

    def hold(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if busy[0] or len(made) > 4 or not statement.lstrip().upper().startswith("SELECT"):
            return
        busy[0] = True
        work = reserve_one()
        try:
            await_only(work)
        except MissingGreenlet:
            work.close()
        finally:
            busy[0] = False

    def stop() -> None:
        busy[0] = True

    event.listen(Engine, "after_cursor_execute", hold)
    try:
        yield made, stop
    finally:
        event.remove(Engine, "after_cursor_execute", hold)


async def _ended_by_an_exception(app: Any) -> None:
    """A lifespan that an exception ends, after one request that used the database."""
    with suppress(RuntimeError):
        async with app.router.lifespan_context(app) as state:

            async def with_state(scope: Any, receive: Any, send: Any) -> None:
                await app({**scope, "state": dict(state or {})}, receive, send)

            transport = httpx.ASGITransport(with_state)
            async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
                await client.get(TOOLS)
            raise RuntimeError("the machine is switched off")


async def _at_once(service: Service, requests: list[tuple[str, str, object, Headers]]) -> list[int]:
    """Send two requests (method, path, JSON, headers) at one time, to two services; their status codes."""
    first = service.create_app(secret_key=KEY)
    with _imported_again(service):
        second = service.create_app(secret_key=KEY)
    async with _client_of(first) as one, _client_of(second) as two:

        async def send(client: httpx.AsyncClient, method: str, path: str, body: Any, headers: Headers) -> int:
            response = await client.request(method, path, json=body, headers=headers)
            sent = "" if body is None else masked(json.dumps(body))
            service.record(method, path, sent=sent, status=response.status_code, answer=response.text[:700])
            return response.status_code

        with pause_after_reading():
            pairs = zip((one, two), requests, strict=True)
            return list(await asyncio.gather(*(send(client, *request) for client, request in pairs)))


async def _refused_at_once(app: FastAPI) -> list[tuple[object, object]]:
    """Of two refused requests at the same time: the request ID in the header, and the one in the document."""
    together = asyncio.Barrier(2)

    async def refuse() -> None:
        async with asyncio.timeout(5):
            number = await together.wait()
        await asyncio.sleep(0.02 * number)  # who came first reads its ID while the other one waits
        raise HTTPException(418, "a teapot")

    app.get("/checkpoint/refuse")(refuse)
    async with _client_of(app) as client:
        responses = await asyncio.gather(*(client.get("/checkpoint/refuse") for _ in range(2)))
    return [(each.headers.get("x-request-id"), each.json().get("request_id")) for each in responses]


@contextmanager
def _far_from_utc() -> Iterator[None]:
    """The machine is in a time zone 14 hours ahead of UTC, where the operating system lets it be moved."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "FAR-14")
        getattr(time, "tzset", bool)()
        try:
            yield
        finally:
            patch.undo()
            getattr(time, "tzset", bool)()


class _client_of:
    """An httpx client of an app whose lifespan runs."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app

    async def __aenter__(self) -> httpx.AsyncClient:
        self.lifespan = self.app.router.lifespan_context(self.app)
        state = dict(await self.lifespan.__aenter__() or {})

        async def with_state(scope: Any, receive: Any, send: Any) -> None:
            await self.app({**scope, "state": dict(state)}, receive, send)

        transport = httpx.ASGITransport(with_state, raise_app_exceptions=False)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://testserver")
        return self.client

    async def __aexit__(self, *error: Any) -> None:
        await self.client.aclose()
        await self.lifespan.__aexit__(None, None, None)


def _scope(client: RecordingClient, kind: str, path: str, headers: Headers) -> dict[str, Any]:
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    return {
        "type": kind,
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "ws" if kind == "websocket" else "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(b"host", b"testserver"), *raw],
        "client": ("testclient", 50000),
        "server": ("testserver", 80),
        "subprotocols": [],
        "state": dict(client.app_state),
    }


def _post(
    client: RecordingClient,
    path: str,
    body: object,
    headers: Headers,
    responded: Callable[[], None] | None = None,
) -> tuple[int | None, bool]:
    """POST on raw ASGI: the status code, and whether the application has finished within 5 s."""
    statuses: list[int] = []
    done: list[bool] = []
    sent = [{"type": "http.request", "body": json.dumps(body).encode(), "more_body": False}]

    async def receive() -> dict[str, Any]:
        if sent:
            return sent.pop()
        await anyio.sleep_forever()
        raise AssertionError("never reached")

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])
        elif not message.get("more_body", False) and responded is not None:
            responded()

    async def run() -> None:
        with anyio.move_on_after(5):
            scope = _scope(client, "http", path, {**headers, "Content-Type": "application/json"})
            await app_of(client)({**scope, "method": "POST"}, receive, send)
            done.append(True)

    assert client.portal is not None, "the lifespan of the service runs; seen: no running event loop"
    client.portal.call(run)
    return (statuses[0] if statuses else None), bool(done)


def _ends_after_disconnect(client: RecordingClient, tool: int) -> bool:
    """Watch a tool, read the first message, disconnect; whether the endpoint returns within 5 s."""
    leaving = anyio.Event()
    sent: list[str] = []
    messages: list[dict[str, Any]] = [{"type": "websocket.connect"}]
    done: list[bool] = []

    async def receive() -> dict[str, Any]:
        if messages:
            return messages.pop()
        await leaving.wait()
        return {"type": "websocket.disconnect", "code": 1001, "reason": ""}

    async def send(message: Any) -> None:
        sent.append(message["type"])
        if message["type"] == "websocket.send":
            leaving.set()

    async def watch() -> None:
        with anyio.move_on_after(5):
            await app_of(client)(_scope(client, "websocket", f"{TOOLS}/{tool}/live", {}), receive, send)
            done.append(True)

    assert client.portal is not None, "the lifespan of the service runs; seen: no running event loop"
    client.portal.call(watch)
    assert sent[:2] == ["websocket.accept", "websocket.send"], (
        "the WebSocket of a tool (§14) is accepted, and a message is sent;"
        f" seen: the ASGI messages {', '.join(sent) or '(none)'}"
    )
    return bool(done)


def _kept_of_broken_watchers(client: RecordingClient, tool: int, who: Headers, received: int) -> int:
    """How many Python objects are more after many watchers whose connection broke.

    Args:
        received: messages that each of them receives before sending to it raises an exception.
    """

    async def watch() -> None:
        messages: list[dict[str, Any]] = [{"type": "websocket.connect"}]
        got: list[str] = []
        ready, broken = anyio.Event(), anyio.Event()

        async def receive() -> dict[str, Any]:
            if messages:
                return messages.pop()
            await broken.wait()
            return {"type": "websocket.disconnect", "code": 1006, "reason": ""}

        async def send(message: Any) -> None:
            if message["type"] != "websocket.send":
                return
            if len(got) == received:
                broken.set()
                raise RuntimeError("the connection is broken")
            got.append(message["type"])
            ready.set()

        async def run() -> None:
            with suppress(Exception), anyio.move_on_after(5):
                await app_of(client)(_scope(client, "websocket", f"{TOOLS}/{tool}/live", {}), receive, send)
            ready.set()

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(run)
            await ready.wait()
            if received:
                await change()

    async def change() -> None:
        """Reserve a day and give it back, so that there is a message."""
        path, headers = f"{TOOLS}/{tool}/reservations", {**who, "Content-Type": "application/json"}
        body = await call("POST", path, json.dumps(_days(1, 1)).encode(), headers)
        await call("DELETE", f"/api/v1/reservations/{json.loads(body)['id']}", b"", who)

    async def call(method: str, path: str, body: bytes, headers: Headers) -> bytes:
        sent = [{"type": "http.request", "body": body}]
        got: list[bytes] = []

        async def receive() -> dict[str, Any]:
            if sent:
                return sent.pop()
            await anyio.sleep_forever()
            raise AssertionError("never reached")

        async def send(message: Any) -> None:
            got.append(message.get("body", b""))

        await app_of(client)({**_scope(client, "http", path, headers), "method": method}, receive, send)
        return b"".join(got)

    async def objects_after(watchers: int) -> int:
        for _ in range(watchers):
            await watch()
        await anyio.sleep(0.1)
        gc.collect()
        kinds = (WebSocket, asyncio.Queue, MemoryObjectSendStream)
        return sum(isinstance(each, kinds) for each in gc.get_objects())

    async def measured() -> int:
        before = await objects_after(5)
        more = await objects_after(BROKEN) - before
        for _ in range(20):
            if more < BROKEN:
                break
            more = await objects_after(0) - before  # what still runs, such as an e-mail, comes to its end
        return more

    assert client.portal is not None, "the lifespan of the service runs; seen: no running event loop"
    return client.portal.call(measured)


@contextmanager
def _stalled_watcher(client: RecordingClient, tool: int) -> Iterator[None]:
    """A client that watches a tool and reads the first message only: every further `send` waits."""
    reading = anyio.Event()
    messages: list[dict[str, Any]] = [{"type": "websocket.connect"}]
    read: list[object] = []

    async def receive() -> dict[str, Any]:
        if messages:
            return messages.pop()
        await anyio.sleep_forever()
        raise AssertionError("never reached")

    async def send(message: Any) -> None:
        if message["type"] == "websocket.send":
            read.append(message)
            reading.set()
            if len(read) > 1:
                await anyio.sleep_forever()

    async def watch() -> None:
        await app_of(client)(_scope(client, "websocket", f"{TOOLS}/{tool}/live", {}), receive, send)

    async def until_reading() -> None:
        with anyio.move_on_after(3):
            await reading.wait()

    assert client.portal is not None, "the lifespan of the service runs; seen: no running event loop"
    sleeping = client.portal.start_task_soon(watch)
    try:
        client.portal.call(until_reading)
        assert read, "a watcher receives the state of the tool; seen: no message within 3 seconds"
        yield
    finally:
        sleeping.cancel()


@contextmanager
def _watching(client: RecordingClient, tool: int) -> Iterator[Any]:
    with ExitStack() as stack:
        try:
            websocket = stack.enter_context(client.websocket_connect(f"{TOOLS}/{tool}/live"))
        except WebSocketDisconnect:
            raise AssertionError("the WebSocket of a tool (§14) is accepted; seen: it was refused") from None
        yield websocket


def _receive(websocket: Any) -> object:
    """The next message; a silent service fails the test."""
    try:
        return websocket.receive_json()
    except WebSocketDisconnect as closed:
        raise AssertionError(
            "the service sends a message over the WebSocket; seen: it closed the connection, code"
            f" {closed.code}"
        ) from None
