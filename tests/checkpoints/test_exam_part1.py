"""What the tool shed does, paragraph by paragraph of its specification."""

import asyncio
import base64
import json
import logging
import re
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from functools import partial
from types import ModuleType
from typing import Any

import anyio
import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, event
from sqlalchemy.pool import Pool
from starlette.websockets import WebSocketDisconnect

from course.engine.checkpoint.logins import PASSWORD
from course.engine.checkpoint.race import pause_after_reading
from course.engine.checkpoint.recording import RecordingClient
from course.engine.checkpoint.requirements import requirement
from course.engine.checkpoint.service import Service

TOOLS = "/api/v1/tools"
KEY = "a key for the exam alone, of more than thirty-two bytes"
LONG = 100_000
"""Minutes that a token counts where a test moves the clock for another reason."""
DRILL = {"title": "A cordless drill", "description": "Two batteries.", "category": "power"}

Headers = dict[str, str]


def shed(service: Service, **settings: Any) -> RecordingClient:
    """A client of a fresh app, at which nobody is logged in yet."""
    known = set(service.module("config").Settings.model_fields)
    missing = sorted({"database_url", "environment", "secret_key", "token_minutes"} - known)
    assert not missing, f"§1 comes before all others: `Settings` has the fields {', '.join(missing)} too"
    app = service.create_app(**{"secret_key": KEY, **settings})
    return service.client(app, person=None, raise_server_exceptions=False)


def app_of(client: RecordingClient) -> Any:
    """The app behind a client, as `create_app` made it."""
    return client.app._app  # type: ignore[attr-defined]


def listed(client: RecordingClient, owner: Headers, **changes: object) -> dict[str, Any]:
    """Put a tool in the shed; the answer's body."""
    answer = client.post(TOOLS, json={**DRILL, **changes}, headers=owner)
    assert answer.status_code == 201, f"POST {TOOLS} puts a tool in the shed and answers 201"
    body = answer.json()
    assert isinstance(body, dict), "the body is a JSON object: the tool"
    return body


def day(number: int) -> str:
    """A day some days from today, as JSON has it."""
    return (datetime.now(UTC).date() + timedelta(days=number)).isoformat()


def timeless(thing: dict[str, Any]) -> dict[str, Any]:
    """A tool or a reservation without its created_at, which one requirement looks at and no other."""
    return {name: value for name, value in thing.items() if name != "created_at"}


def ask(client: RecordingClient, who: Headers, tool: object, first: int, last: int) -> Any:
    """Ask for a tool from one day to another; the answer."""
    wanted = {"first_day": day(first), "last_day": day(last)}
    return client.post(f"{TOOLS}/{tool}/reservations", json=wanted, headers=who)


def reserved(client: RecordingClient, who: Headers, tool: object, first: int, last: int) -> dict[str, Any]:
    """Reserve a tool; the answer's body."""
    answer = ask(client, who, tool, first, last)
    assert answer.status_code == 201, "days on which nobody has the tool are reserved: 201"
    body = answer.json()
    assert isinstance(body, dict), "the body is a JSON object: the reservation"
    return body


@requirement(
    hints=(
        "Who tells a service where its database is: the code, or whoever runs it?",
        "Fields of `Settings` in app/config.py, with types and defaults. Chapter 1, settings.",
        "class Settings(BaseSettings):\n    ____: str = ...\n    secret_key: Secret____ = ...",
    )
)
def test_settings_come_from_the_environment(service: Service) -> None:
    """§1 The four settings are read from the environment, and the key is not shown."""
    kind = service.module("config").Settings
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHED_DATABASE_URL", "sqlite+aiosqlite:///elsewhere.db")
        patch.setenv("SHED_SECRET_KEY", KEY)
        patch.setenv("SHED_TOKEN_MINUTES", "45")
        patch.setenv("SHED_ENVIRONMENT", "production")
        given = kind(_env_file=None)
    for name in ("DATABASE_URL", "SECRET_KEY", "TOKEN_MINUTES", "ENVIRONMENT"):
        assert hasattr(given, name.lower()), f"`Settings` has a field {name.lower()}, read from SHED_{name}"
    assert given.database_url == "sqlite+aiosqlite:///elsewhere.db", "SHED_DATABASE_URL is database_url"
    assert _revealed(given.secret_key) == KEY, "SHED_SECRET_KEY is secret_key"
    assert given.token_minutes == 45, "SHED_TOKEN_MINUTES is token_minutes, a whole number"
    assert given.environment == "production", "SHED_ENVIRONMENT is environment"
    assert KEY not in repr(given), "whoever prints the settings does not print the key"
    assert kind(_env_file=None).token_minutes == 30, "without a word from outside a token counts 30 minutes"


@requirement(
    hints=(
        "What is a default key worth on the day when everybody can read it in your repository?",
        "A validator that sees two fields at once, in `Settings`. Chapters 4 and 5.",
        '@model_validator(mode="____")\ndef _refuse_a_weak_key(self) -> Self: ...',
    )
)
def test_production_refuses_a_weak_key(service: Service) -> None:
    """§1 In production a key that was not given, or of fewer than 32 bytes, is refused by `Settings`."""
    kind = service.module("config").Settings
    assert {"environment", "secret_key"} <= set(kind.model_fields), (
        "`Settings` has the fields environment and secret_key"
    )
    default = _revealed(kind(_env_file=None, environment="development").secret_key)
    weak: tuple[tuple[str, dict[str, object]], ...] = (
        ("a key that nobody gave", {}),
        ("the default, given once more", {"secret_key": default}),
        ("a key of 31 bytes", {"secret_key": "k" * 31}),
    )
    for what, given in weak:
        with pytest.MonkeyPatch.context() as patch:
            patch.delenv("SHED_SECRET_KEY", raising=False)
            refused = _refused(partial(kind, _env_file=None, environment="production", **given))
        assert refused is not None, f"in production, {what} is refused when Settings is made"
        assert "k" * 31 not in refused, "the message does not repeat the key"
    assert _refused(lambda: kind(_env_file=None, environment="production", secret_key="é" * 16)) is None, (
        "a key of 32 bytes is enough, also when it has fewer letters"
    )
    assert _refused(lambda: kind(_env_file=None, environment="development", secret_key="short")) is None, (
        "in development any key will do"
    )


@requirement(
    hints=(
        "Who closes what the service has opened, and what if nobody does?",
        "`lifespan=` in `create_app`, and an engine that is disposed of after the `yield`. Chapter 1.",
        "try:\n    yield ...\nfinally:\n    await engine.____()",
    )
)
def test_what_is_opened_is_closed(service: Service) -> None:
    """§2 Nothing is opened before the lifespan begins, and when it has ended everything is closed."""
    with _connections() as is_open:
        client = shed(service)
        assert not is_open, "making an app opens no connection"
        assert not (service.tmp_path / "gavel.db").exists(), "making an app makes no database"
        with client:
            answer = client.get("/health")
            assert answer.status_code == 200, "GET /health answers 200"
            assert answer.json().get("status") == "ok", 'the body of GET /health is {"status": "ok"}'
            assert (service.tmp_path / "gavel.db").exists(), "the database is where database_url says"
        assert not is_open, "when the service has ended, every connection to the database is closed"


@requirement(
    hints=(
        "Two apps in one process have two settings. Where does each keep what it has opened?",
        "What the lifespan yields, and `request.state`. No engine in a module. Chapters 1 and 3.",
        "sessions = request.____.sessions",
    )
)
def test_two_apps_share_nothing(service: Service) -> None:
    """§2 Two apps with two databases share nothing, and what was stored outlives a restart."""
    ada = {"email": "ada@example.com", "name": "Ada", "password": PASSWORD}
    with shed(service) as here, shed(service, database_url=_other_database(service)) as there:
        with service.cheap_hashes():
            answers = [each.post("/auth/register", json=ada).status_code for each in (here, there)]
        assert answers == [201, 201], (
            "one neighbour registers (§3) at two apps, and neither knows of the other: 201"
        )
    with shed(service) as again, service.cheap_hashes():
        answer = again.post("/auth/register", json=ada)
        assert answer.status_code == 409, "after a restart the address is taken, as it was before"


@requirement(
    hints=(
        "What may a stranger tell you about themselves, and what not?",
        "A model for what comes in, with `extra`, and another for what goes out. Chapters 4 and 5.",
        'model_config = ConfigDict(extra="____")\npassword: ... = Field(min_length=____, max_length=____)',
    )
)
def test_a_neighbour_registers(service: Service) -> None:
    """§3 A neighbour registers once: 201, 409 for an address that is taken, 422 for what is not valid."""
    ada = {"email": "Ada@example.com", "name": " Ada ", "password": PASSWORD}
    with shed(service) as client, service.cheap_hashes():
        answer = client.post("/auth/register", json=ada)
        assert answer.status_code == 201, "POST /auth/register answers 201"
        body = answer.json()
        assert set(body) == {"id", "email", "name"}, "the answer has id, email and name, and nothing else"
        assert body["name"] == "Ada", "blanks around the name are taken off"
        assert body["email"].casefold() == "ada@example.com", "the address is the one that was given"
        again = client.post("/auth/register", json={**ada, "email": "ADA@EXAMPLE.COM"})
        assert again.status_code == 409, "an address is taken once, in capitals or not: 409"
        for what, wrong in (
            ("a field that nobody asked for", {"role": "owner of everything"}),
            ("no address", {"email": "ada at home"}),
            ("a blank name", {"name": "  "}),
            ("a name of two lines", {"name": "Ada\nBcc: all"}),
            ("a password of 11 characters", {"password": "p" * 11}),
            ("a password of 129 characters", {"password": "p" * 129}),
        ):
            new = {"email": "new@example.com", "name": "New", "password": PASSWORD, **wrong}
            assert client.post("/auth/register", json=new).status_code == 422, f"{what} is refused: 422"
        for length in (12, 128):
            new = {"email": f"{length}@example.com", "name": "New", "password": "p" * length}
            answer = client.post("/auth/register", json=new)
            assert answer.status_code == 201, f"a password of {length} characters is taken: 201"


@requirement(
    hints=(
        "Your database is stolen. What can the thief do with the column of passwords?",
        "pwdlib's `PasswordHash` with Argon2, and no `strip` on the way. Chapter 5.",
        "hasher = PasswordHash((____Hasher(),))\nkept = hasher.____(password)",
    )
)
def test_passwords_are_kept_as_hashes(service: Service) -> None:
    """§4 The database holds Argon2 hashes, salted, and a password counts with every blank in it."""
    blanks = f"  {PASSWORD}  "
    with shed(service) as client, service.cheap_hashes(), _hashing() as threads:
        for name, password in (("ada", PASSWORD), ("ben", PASSWORD), ("cleo", blanks)):
            new = {"email": f"{name}@example.com", "name": name, "password": password}
            assert client.post("/auth/register", json=new).status_code == 201, "registering answers 201"
        right = {"username": "cleo@example.com", "password": blanks}
        assert client.post("/auth/token", data=right).status_code == 200, "the password as it was given: 200"
        stripped = {"username": "cleo@example.com", "password": PASSWORD}
        assert client.post("/auth/token", data=stripped).status_code == 401, "without its blanks: 401"
        assert client.portal is not None, "the lifespan runs"
        loop = client.portal.call(threading.get_ident)
        assert loop not in threads, "hashing and comparing hashes happen in a thread, off the event loop"
    stored = _stored_texts(service)
    assert not [text for text in stored if PASSWORD in text], "no password stands in the database"
    hashes = [text for text in stored if text.startswith("$argon2")]
    assert len(hashes) == 3, "each neighbour's password is stored as an Argon2 hash"
    assert len(set(hashes)) == 3, "two neighbours with one password have two hashes: each has its own salt"


@requirement(
    hints=(
        "What does the answer to a wrong password tell somebody who is trying out addresses?",
        "`OAuth2PasswordRequestForm`, and one refusal for both. Chapter 5.",
        'raise NotLoggedIn("The address or the ____ is wrong.")',
    )
)
def test_a_token_is_given_for_a_password(service: Service) -> None:
    """§5 The right pair gets a token; a wrong password and an unknown address get the same 401."""
    with shed(service, token_minutes=7) as client, service.cheap_hashes():
        service.login(client, "ada")
        pair = {"username": "ADA@example.com", "password": PASSWORD}
        answer = client.post("/auth/token", data=pair)
        assert answer.status_code == 200, "POST /auth/token with the right pair answers 200, capitals or not"
        body = answer.json()
        assert isinstance(body.get("access_token"), str), "the answer has an access_token"
        assert body.get("token_type", "").lower() == "bearer", 'token_type is "bearer"'
        assert body.get("expires_in") == 7 * 60, "expires_in is token_minutes, in seconds"
        wrong = client.post("/auth/token", data={**pair, "password": "a wrong password"})
        unknown = client.post("/auth/token", data={**pair, "username": "nobody@example.com"})
        assert (wrong.status_code, unknown.status_code) == (401, 401), "both wrong pairs answer 401"
        assert "bearer" in wrong.headers.get("www-authenticate", "").lower(), (
            "the 401 has the header WWW-Authenticate: Bearer"
        )
        assert _told(wrong) == _told(unknown), "the two 401 responses do not differ"


@requirement(
    hints=(
        "Which part of a token may you believe before you have looked at its signature?",
        "The dependency that finds the caller: one algorithm, named by you. Chapter 5.",
        'jwt.decode(token, key, algorithms=["____"])',
    )
)
def test_only_our_own_tokens_count(service: Service) -> None:
    """§5 Without a token, or with one that this service did not give: 401, and a WWW-Authenticate header."""
    elsewhere = {"secret_key": KEY[::-1], "database_url": _other_database(service)}
    with shed(service) as client, shed(service, **elsewhere) as stranger:
        ada = service.login(client, "ada")
        genuine = ada["Authorization"].removeprefix("Bearer ")
        foreign = service.login(stranger, "ada")["Authorization"].removeprefix("Bearer ")
        for what, token in (
            ("no token", None),
            ("no more than a word", "hammer"),
            ("a token made with another key", foreign),
            ("a token with another ending", genuine[:-4] + ("AAAA" if genuine[-4:] != "AAAA" else "BBBB")),
            ("a token that says it needs no signature", _unsigned(genuine)),
        ):
            headers = {} if token is None else {"Authorization": f"Bearer {token}"}
            answer = client.get("/auth/me", headers=headers)
            assert answer.status_code == 401, f"GET /auth/me with {what}: 401"
            assert "bearer" in answer.headers.get("www-authenticate", "").lower(), (
                f"{what}: the answer says WWW-Authenticate: Bearer"
            )
        answer = client.get("/auth/me", headers=ada)
        assert answer.status_code == 200, "GET /auth/me with a genuine token answers 200"
        assert answer.json().get("name") == "ada", "GET /auth/me returns the owner of the token"


@requirement(
    hints=(
        "By which clock is a token over, and by which clock did it begin?",
        "The dependency that reads a token may ask for `NowDep` too. Chapters 3 and 5.",
        'claims = jwt.decode(..., options={"verify_exp": ____})\nif ____.timestamp() >= claims["exp"]: ...',
    )
)
def test_a_token_is_over_by_the_clock_of_the_shed(service: Service) -> None:
    """§5 A token counts for token_minutes, by the clock of §10, and no longer."""
    with shed(service) as client:
        ada, now = service.login(client, "ada"), datetime.now(UTC)
        _set_clock(service, client, now + timedelta(minutes=29))
        assert client.get("/auth/me", headers=ada).status_code == 200, "after 29 minutes: it counts"
        _set_clock(service, client, now + timedelta(minutes=31))
        assert client.get("/auth/me", headers=ada).status_code == 401, "after 31 minutes: 401"


@requirement(
    hints=(
        "Who decides whose tool it is: the one who sends the body, or the one whose token came with it?",
        "Chapter 2 for status and Location, chapter 4 for the models.",
        'response.headers["____"] = request.app.url_path_for("____", tool_id=tool.id)',
    )
)
def test_a_tool_is_put_in_the_shed(service: Service) -> None:
    """§6 A tool is put in the shed (201, Location), read by anyone, and refused when not valid (422)."""
    with shed(service) as client:
        ada = service.login(client, "ada")
        answer = client.post(TOOLS, json={"title": "  A rake ", "category": "garden"}, headers=ada)
        assert answer.status_code == 201, f"POST {TOOLS} answers 201"
        tool, where = answer.json(), answer.headers.get("location", "")
        assert set(tool) >= {"id", "title", "description", "category", "created_at", "owner"}, (
            "a tool has id, title, description, category, created_at and owner"
        )
        assert (tool["title"], tool["description"]) == ("A rake", None), (
            "the title is stripped; no text: null"
        )
        assert set(tool["owner"]) == {"id", "name"}, "the owner is shown by id and name, and no more"
        assert tool["owner"]["name"] == "ada", "the owner is whoever sent the token"
        assert where.endswith(f"{TOOLS}/{tool['id']}"), "Location is the address of the new tool"
        found = client.get(where)
        assert found.status_code == 200, "GET of the Location returns the tool without a token: 200"
        assert timeless(found.json()) == timeless(tool), "GET of the Location returns the same tool"
        assert found.json().get("created_at") == tool["created_at"], "created_at is the same text as before"
        for what, wrong in (
            ("an owner in the body", {"owner_id": 2}),
            ("a blank title", {"title": "   "}),
            ("a title of 81 characters", {"title": "t" * 81}),
            ("a title of two lines", {"title": "A rake\nBcc: all"}),
            ("a category that there is not", {"category": "kitchen"}),
        ):
            answer = client.post(TOOLS, json={**DRILL, **wrong}, headers=ada)
            assert answer.status_code == 422, f"{what} is refused: 422"
        assert listed(client, ada, title="t" * 80)["title"] == "t" * 80, "80 characters are taken"
        assert client.get(f"{TOOLS}/{tool['id'] + 1000}").status_code == 404, "an unknown tool: 404"
        for number in ("0", "-1", str(2**63), "1" * 30):
            status = client.get(f"{TOOLS}/{number}").status_code
            assert status in {404, 422}, f"tool {number} cannot be: 404 or 422"


@requirement(
    hints=(
        "A caller sends one field. What do the others become, and who decides?",
        "A model of its own for the change: what was sent, and nothing else. Chapter 4.",
        "for name, value in changes.model_dump(____=True).items():\n    setattr(tool, name, value)",
    )
)
def test_a_tool_is_changed(service: Service) -> None:
    """§7 PATCH changes what is sent and nothing else; null takes the description away, and only that."""
    with shed(service) as client:
        ada = service.login(client, "ada")
        tool = listed(client, ada)
        path = f"{TOOLS}/{tool['id']}"
        for changes in ({"title": " A saw "}, {"category": "hand"}, {"description": None}, {}):
            answer = client.patch(path, json=changes, headers=ada)
            assert answer.status_code == 200, f"PATCH with {json.dumps(changes)} answers 200"
            tool = {**tool, **changes, "title": "A saw"}
            assert timeless(answer.json()) == timeless(tool), (
                f"PATCH with {json.dumps(changes)} changes that and nothing else"
            )
            assert timeless(client.get(path).json()) == timeless(tool), "the change is stored"
        for wrong in ({"title": None}, {"category": None}, {"title": ""}, {"id": 7}, {"owner_id": 7}):
            answer = client.patch(path, json=wrong, headers=ada)
            assert answer.status_code == 422, f"PATCH with {json.dumps(wrong)} is refused: 422"
        assert timeless(client.get(path).json()) == timeless(tool), "what was refused has changed nothing"


@requirement(
    hints=(
        "Somebody is logged in. Is that enough to touch what is not theirs?",
        "A dependency that gives the tool of the path if it is the caller's. Chapters 3 and 5.",
        "if tool.owner_id != ____.id:\n    raise NotYours(...)",
    )
)
def test_a_tool_belongs_to_its_owner(service: Service) -> None:
    """§7 Only its owner changes a tool or takes it out: a neighbour gets 403, and nobody 401."""
    with shed(service) as client:
        ada, ben = service.login(client, "ada"), service.login(client, "ben")
        tool = listed(client, ada)
        path = f"{TOOLS}/{tool['id']}"
        for method, sent in (("PATCH", {"title": "Mine"}), ("DELETE", None)):
            for what, who, status in (("nobody", {}, 401), ("a neighbour", ben, 403)):
                answer = client.request(method, path, json=sent, headers=who)
                assert answer.status_code == status, f"{method} by {what} answers {status}"
            answer = client.request(method, f"{TOOLS}/{tool['id'] + 1000}", json=sent, headers=ada)
            assert answer.status_code == 404, f"{method} of a tool that is not there answers 404"
        assert timeless(client.get(path).json()) == timeless(tool), "the tool is as it was"
        assert client.delete(path, headers=ada).status_code == 204, "its owner takes it out: 204"
        assert client.get(path).status_code == 404, "the deleted tool is gone: 404"


@requirement(
    hints=(
        "Which of these rules need the database, and which only the two days themselves?",
        "A `model_validator` for the two days; a domain exception for what the shed does not allow.",
        "days = (self.last_day - self.first_day).____ + 1",
    )
)
def test_a_tool_is_reserved(service: Service) -> None:
    """§8 A tool is reserved for 1 to 14 days (201, Location); days that are taken or past answer 409."""
    with shed(service) as client:
        ada, ben = service.login(client, "ada"), service.login(client, "ben")
        drill, rake = listed(client, ada)["id"], listed(client, ada, title="A rake")["id"]
        answer = ask(client, ben, drill, 10, 12)
        assert answer.status_code == 201, "free days are reserved: 201"
        body = answer.json()
        said = (body.get("tool_id"), body.get("first_day"), body.get("last_day"))
        assert said == (drill, day(10), day(12)), "the answer has tool_id, first_day and last_day"
        assert body.get("borrower", {}).get("name") == "ben", "and the borrower: whoever sent the token"
        where = answer.headers.get("location", "")
        assert where.endswith(f"/api/v1/reservations/{body['id']}"), "Location is where the reservation is"
        for first, last in ((12, 13), (8, 10), (11, 11), (9, 13)):
            answer = ask(client, ada, drill, first, last)
            assert answer.status_code == 409, (
                f"days {first} to {last} meet days 10 to 12, which are taken: 409"
            )
        reserved(client, ada, drill, 8, 9)
        reserved(client, ada, drill, 13, 13)
        reserved(client, ada, rake, 10, 12)
        assert ask(client, ben, rake, -1, 0).status_code == 409, "yesterday is past: 409"
        for what, wrong in (
            ("the last day before the first", {"first_day": day(3), "last_day": day(2)}),
            ("15 days", {"first_day": day(20), "last_day": day(34)}),
            ("no day", {"first_day": day(20), "last_day": "tomorrow"}),
            ("a borrower in the body", {"first_day": day(20), "last_day": day(20), "borrower_id": 1}),
        ):
            path = f"{TOOLS}/{rake}/reservations"
            assert client.post(path, json=wrong, headers=ben).status_code == 422, f"{what}: 422"
            assert client.post(path, json=wrong).status_code == 401, "without a token: 401"
        reserved(client, ben, rake, 20, 33)
        assert ask(client, ben, drill + 1000, 1, 1).status_code == 404, "an unknown tool: 404"
        found = client.get(f"{TOOLS}/{drill}/reservations")
        assert found.status_code == 200, "anyone sees the reservations of a tool: 200"
        assert [each["first_day"] for each in found.json()] == [day(8), day(10), day(13)], (
            "the list is in the order of the first days, and holds what was granted alone"
        )


@requirement(
    hints=(
        "Two people have to do with a reservation. What may each of them do?",
        "A dependency for the reservation of the path, as for the tool. Chapter 5.",
        "if caller.id not in {reservation.____, reservation.tool.____}: ...",
    )
)
def test_a_reservation_is_read_and_given_back(service: Service) -> None:
    """§8 Borrower and owner read a reservation; the borrower gives it back, and its days are free again."""
    with shed(service) as client:
        ada, ben, cleo = (service.login(client, name) for name in ("ada", "ben", "cleo"))
        tool = listed(client, ada)["id"]
        standing = reserved(client, ben, tool, 10, 12)
        path = f"/api/v1/reservations/{standing['id']}"
        assert client.delete(f"{TOOLS}/{tool}", headers=ada).status_code == 409, (
            "a tool that is reserved is not taken out: 409"
        )
        for who, headers, read, given_back in (
            ("nobody", {}, 401, 401),
            ("a third neighbour", cleo, 403, 403),
            ("the owner of the tool", ada, 200, 403),
            ("the borrower", ben, 200, 204),
        ):
            answer = client.get(path, headers=headers)
            assert answer.status_code == read, f"GET by {who} answers {read}"
            shown = answer.json() if read == 200 else standing
            assert timeless(shown) == timeless(standing), f"GET by {who} shows the reservation"
            answer = client.delete(path, headers=headers)
            assert answer.status_code == given_back, f"DELETE by {who} answers {given_back}"
        assert client.get(path, headers=ben).status_code == 404, "what was given back is gone: 404"
        assert client.get(f"{TOOLS}/{tool}/reservations").json() == [], "the list is empty"
        again = reserved(client, cleo, tool, 11, 14)["id"]
        assert client.delete(f"/api/v1/reservations/{again}", headers=cleo).status_code == 204, (
            "the second DELETE returns 204 as well"
        )
        assert client.delete(f"{TOOLS}/{tool}", headers=ada).status_code == 204, "now the tool can go: 204"


@requirement(
    hints=(
        "What should happen to a caller who writes `categroy=garden`?",
        "A parameter model: `Annotated[ToolQuery, Query()]`. Chapter 2.",
        'model_config = ConfigDict(extra="____")\nlimit: Annotated[int, Field(ge=____, le=____)] = 20',
    )
)
def test_the_shed_is_searched(service: Service) -> None:
    """§9 The list is filtered and paged by its parameters, and refuses those that it does not know."""
    with shed(service) as client:
        ada = service.login(client, "ada")
        drill = listed(client, ada)["id"]
        rake, hoe = (
            listed(client, ada, title=title, category="garden")["id"] for title in ("A rake", "A hoe")
        )
        reserved(client, ada, rake, 5, 6)
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
            assert found == wanted, f"GET {TOOLS}{query} lists what fits, oldest first"
            assert page.get("total") == len(wanted), f"GET {TOOLS}{query}: total says how many fit"
        page = client.get(f"{TOOLS}?limit=1&offset=1").json()
        assert [item["id"] for item in page["items"]] == [rake], "limit and offset choose a part of the list"
        assert page["total"] == 3, "total counts what is on all pages"
        one = client.get(f"{TOOLS}/{rake}").json()
        assert page["items"] == [one], "a tool in the list looks as it does alone"
        for query in ("limit=0", "limit=101", "offset=-1", "categroy=garden", "free_on=soon"):
            answer = client.get(f"{TOOLS}?{query}")
            assert answer.status_code == 422, f"GET {TOOLS}?{query} is refused: 422"
        assert client.get(f"{TOOLS}?limit=100").status_code == 200, "a limit of 100 is allowed"


@requirement(
    hints=(
        "How would you test what happens in thirty days, today?",
        "`NowDep` in whatever needs a moment, and no other clock anywhere. Chapter 3.",
        "async def create_tool(new: ToolCreate, now: ____, ...):",
    )
)
def test_there_is_one_clock(service: Service) -> None:
    """§10 Every moment that is stored or compared comes from `get_now`."""
    moment = (datetime.now(UTC) + timedelta(days=30)).replace(microsecond=250_000)
    with shed(service, token_minutes=LONG) as client:
        ada = service.login(client, "ada")
        _set_clock(service, client, moment)
        tool = listed(client, ada)
        assert _moment(tool.get("created_at")) == moment, "created_at of a tool is what get_now gave, exactly"
        assert ask(client, ada, tool["id"], 29, 30).status_code == 409, (
            "the day before today, by get_now, is past: 409"
        )
        kept = reserved(client, ada, tool["id"], 30, 31)
        assert _moment(kept.get("created_at")) == moment, "and so is created_at of a reservation"


@requirement(
    hints=(
        "Between your question whether the days are free and your INSERT, who else may have asked?",
        "Let the database refuse the second one: it is the only thing that all processes share. Chapter 7.",
        "tool_id: ... = mapped_column(..., primary_key=____)\nday: ... = mapped_column(primary_key=____)",
    )
)
def test_one_of_many_wins(service: Service) -> None:
    """§11 Of many who ask at one moment for days that meet, at two processes, exactly one gets the tool."""
    with shed(service) as client:
        who = [service.login(client, name) for name in ("ada", "ben")]
        tools = [listed(client, who[0], title=f"Tool {number}")["id"] for number in range(2)]
    wanted = [(1, 3), (3, 5), (2, 4), (3, 3), (1, 5), (3, 4)]
    answers = service.run(_all_at_once, service, [(tool, *days) for tool in tools for days in wanted], who)
    with shed(service) as client:
        for tool in tools:
            statuses = sorted(status for asked, status in answers if asked == tool)
            standing = client.get(f"{TOOLS}/{tool}/reservations").json()
            assert len(standing) == 1, "one reservation stands, however many asked for these days at once"
            assert statuses == [201, *[409] * (len(wanted) - 1)], "one is told 201, all others 409"


@requirement(
    hints=(
        "A neighbour says: at eight it did not work. How do you find that request in a million lines?",
        "A pure ASGI middleware that wraps `send`, and a context variable. Chapter 6.",
        'if message["type"] == "____":\n    MutableHeaders(scope=message)["X-Request-ID"] = ____',
    )
)
def test_every_request_has_an_id(service: Service) -> None:
    """§12 Every answer has an X-Request-ID: the caller's where it is usable, else one of our own."""
    with shed(service) as client:
        first, second = (client.get("/health").headers.get("x-request-id", "") for _ in range(2))
        assert re.fullmatch(r"[A-Za-z0-9._-]{1,64}", first), "every answer has a usable X-Request-ID"
        assert first != second, "two requests have two ids"
        for wanted in ("order-7_b.2", "x" * 64):
            answer = client.get("/hammers", headers={"X-Request-ID": wanted})
            assert answer.headers.get("x-request-id") == wanted, "a usable id is kept, on a 404 too"
        for useless in ("two words", "x" * 65, "", "a;b"):
            answer = client.get("/hammers", headers={"X-Request-ID": useless})
            given = answer.headers.get("x-request-id", "")
            assert given != useless, f"an id like {useless[:12]!r} is not taken over"
            assert given, "an unusable X-Request-ID is replaced by a new one"


@requirement(
    hints=(
        "How many kinds of errors does a program have to understand that calls you?",
        "Handlers for your own family, for Starlette's HTTPException and for validation. Chapter 7.",
        "app.add_exception_handler(____, on_refusal)\napp.add_exception_handler(____, on_http_error)",
    )
)
def test_every_refusal_is_a_problem_document(service: Service) -> None:
    """§13 Every refusal is application/problem+json, with its five fields, and repeats no password."""
    with shed(service) as client:
        ada, ben = service.login(client, "ada"), service.login(client, "ben")
        tool = listed(client, ada)["id"]
        reserved(client, ada, tool, 1, 2)
        path = f"{TOOLS}/{tool}"
        secret = {"email": "new@example.com", "name": "New", "password": "too short"}
        taken, turned = (_days(2, 3), _days(9, 8))
        for what, status, who, method, place, sent in (
            ("an unknown address", 404, {}, "GET", "/hammers", None),
            ("a wrong method", 405, {}, "PUT", "/health", None),
            ("no token", 401, {}, "PATCH", path, {}),
            ("somebody else's tool", 403, ben, "PATCH", path, {}),
            ("an unknown tool", 404, {}, "GET", f"{TOOLS}/{tool + 1000}", None),
            ("days that are taken", 409, ben, "POST", f"{path}/reservations", taken),
            ("what is not valid", 422, {}, "POST", "/auth/register", secret),
            ("two dates the wrong way round", 422, ben, "POST", f"{path}/reservations", turned),
        ):
            answer = client.request(method, place, json=sent, headers=who)
            assert answer.status_code == status, f"{what} answers {status}"
            kind = answer.headers.get("content-type", "").split(";")[0]
            assert kind == "application/problem+json", f"{what}: the answer is application/problem+json"
            body = answer.json()
            missing = {"type", "title", "status", "detail", "request_id"} - set(body)
            assert not missing, f"{what}: the document has type, title, status, detail and request_id"
            assert body["status"] == status, f"{what}: status in the document is that of the answer"
            assert body["request_id"] == answer.headers.get("x-request-id"), (
                f"{what}: its request_id is the header's"
            )
            assert isinstance(body["detail"], str), f"{what}: detail is a sentence"
            if status == 422:
                assert isinstance(body.get("errors"), list), f"{what}: errors lists what is wrong"
                assert body["errors"], f"{what}: errors lists what is wrong"
            assert "too short" not in answer.text, "a password that was refused is not sent back"


@requirement(
    hints=(
        "Where does a handler for Exception stand, seen from your middleware?",
        "A middleware inside that of the request ids, which catches and answers. Chapter 7.",
        "try:\n    await self.app(scope, receive, send)\nexcept Exception:\n    logger.____(...)",
    )
)
def test_what_nobody_foresaw_is_a_problem_too(service: Service) -> None:
    """§13 An unforeseen exception is a 500 problem document without its words; the log has it, once."""

    async def fall() -> None:
        raise RuntimeError("the secret of the shed")

    client = shed(service)
    app_of(client).get("/checkpoint/fall")(fall)
    with client, _logs() as entries:
        answer = client.get("/checkpoint/fall", headers={"X-Request-ID": "fall-1"})
    assert answer.status_code == 500, "an exception that nobody foresaw answers 500"
    kind = answer.headers.get("content-type", "").split(";")[0]
    assert kind == "application/problem+json", "the 500 is a problem document too"
    assert "secret of the shed" not in answer.text, "what the exception says is not told"
    assert answer.json().get("request_id") == "fall-1", "the document has the request's id"
    assert answer.headers.get("x-request-id") == "fall-1", "and so has the header X-Request-ID, on a 500 too"
    traces = [entry for entry in entries if entry.exc_info and entry.exc_info[0] is RuntimeError]
    assert len(traces) == 1, "the exception is written to the log once, with its trace"


@requirement(
    hints=(
        "When does a watcher join: before you read what is reserved, or after?",
        "Join, accept, send the state, wait for messages. The room is told after the commit. Chapter 9.",
        "await socket.send_json(____)\nwhile True:\n    await socket.send_json(await ____.get())",
    )
)
def test_watchers_are_told(service: Service) -> None:
    """§14 A watcher gets the state of a tool, then each reservation that stands or is given back."""
    with shed(service) as client:
        ada = service.login(client, "ada")
        tool, other = listed(client, ada)["id"], listed(client, ada, title="A rake")["id"]
        reserved(client, ada, tool, 1, 2)
        assert _is_forgotten(client, tool), (
            "when a watcher leaves, the service notices, and is done with them"
        )
        with _watching(client, tool) as socket, _watching(client, other) as elsewhere:
            state = _heard(socket)
            assert state == {"type": "state", "reservations": [_days(1, 2)]}, (
                "the first message is the state: the days that are reserved"
            )
            assert _heard(elsewhere) == {"type": "state", "reservations": []}, (
                "another tool has another state"
            )
            assert ask(client, ada, tool, 2, 3).status_code == 409, "taken days: 409"
            standing = reserved(client, ada, tool, 5, 6)
            assert _heard(socket) == {"type": "reserved", **_days(5, 6)}, (
                "a reservation that stands is told; one that was refused is not"
            )
            client.delete(f"/api/v1/reservations/{standing['id']}", headers=ada)
            assert _heard(socket) == {"type": "cancelled", **_days(5, 6)}, "and so are days given back"
            reserved(client, ada, other, 7, 7)
            assert _heard(elsewhere) == {"type": "reserved", **_days(7, 7)}, (
                "watchers of another tool hear of that tool alone"
            )
        with (
            pytest.raises(WebSocketDisconnect),
            client.websocket_connect(f"{TOOLS}/{tool + 1000}/live"),
        ):
            pytest.fail("the socket of an unknown tool is refused, and not accepted")


@requirement(
    hints=(
        "One watcher has gone into a tunnel. Who waits for them?",
        "A bounded queue for each watcher, emptied by a task of its own. Chapter 9.",
        "try:\n    watcher.messages.____(message)\nexcept asyncio.QueueFull:\n    ...",
    )
)
def test_a_slow_watcher_holds_nobody_up(service: Service) -> None:
    """§14 A watcher who is gone, or does not read, holds up neither neighbours nor other watchers."""
    with shed(service) as client:
        ada = service.login(client, "ada")
        tool = listed(client, ada)["id"]
        assert _is_forgotten(client, tool), "a watcher who has gone is forgotten"
        with _sleeper(client, tool), _watching(client, tool) as socket:
            _heard(socket)
            for number in range(1, 4):
                seen = _call(client, f"{TOOLS}/{tool}/reservations", _days(number, number), ada)
                assert seen == (201, True), "a reservation is answered at once, whoever does not read: 201"
                told = _heard(socket)
                assert told == {"type": "reserved", **_days(number, number)}, "and the other watcher is told"


@requirement(
    hints=(
        "What must have happened before anybody is told that it has happened?",
        "`BackgroundTasks`, `MailerDep`, and a task that catches what its mailer raises. Chapter 8.",
        "tasks.____(notices.send, mailer, message)",
    )
)
def test_the_owner_gets_a_mail(service: Service) -> None:
    """§15 The owner is mailed when a reservation stands, after the answer; a mail that fails hurts nobody."""
    with shed(service) as client, _logs():
        ada, ben = service.login(client, "ada"), service.login(client, "ben")
        tool = listed(client, ada)["id"]
        letters = _letters(service, client)
        reserved(client, ben, tool, 3, 4)
        assert len(letters.sent) == 1, "one mail goes out for a reservation that stands"
        assert ask(client, ben, tool, 4, 5).status_code == 409, "taken days: 409"
        assert len(letters.sent) == 1, "no mail goes out for one that was refused"
        letter = letters.sent[0]
        assert "ada@example.com" in str(letter["To"]), "it goes to the owner of the tool"
        body = letter.get_content()
        for words in (DRILL["title"], day(3), day(4)):
            assert words in f"{letter['Subject']} {body}", "it names the tool, the first and the last day"
        path, order = f"{TOOLS}/{tool}/reservations", letters.order
        _call(client, path, _days(9, 9), ben, heard=lambda: order.append("answer"))
        assert order[-2:] == ["answer", "mail"], "the answer does not wait for the mail"
        letters.fails = True
        with _watching(client, tool) as socket:
            _heard(socket)
            try:
                status, _ = _call(client, path, _days(7, 8), ben)
            except OSError:
                raise AssertionError("a mail that cannot be sent stops nothing but itself") from None
            assert status == 201, "when the mail cannot be sent the reservation stands: 201"
            assert _heard(socket) == {"type": "reserved", **_days(7, 8)}, "and watchers are told all the same"


@requirement(
    hints=(
        "Who hears first that a tool is reserved: the neighbour, or the database?",
        "The scope of the dependency that commits. Chapter 3.",
        'SessionDep = Annotated[AsyncSession, Depends(get_session, scope="____")]',
    )
)
def test_an_answer_is_a_promise(service: Service) -> None:
    """§16 When the commit fails, the answer is 500, nothing is stored, and nobody is mailed or told."""
    with shed(service) as client, _logs():
        ada = service.login(client, "ada")
        tool = listed(client, ada)["id"]
        letters = _letters(service, client)
        with _watching(client, tool) as socket:
            _heard(socket)
            with _failing_commits():
                statuses = [client.post(TOOLS, json=DRILL, headers=ada).status_code]
                statuses.append(ask(client, ada, tool, 1, 2).status_code)
            assert statuses == [500, 500], "the commit failed, so the answer is 500 and not 201"
            assert not letters.sent, "no mail tells of what is not stored"
            assert len(_items(client)) == 1, "the tool whose commit failed is not there"
            reserved(client, ada, tool, 2, 3)
            assert _heard(socket) == {"type": "reserved", **_days(2, 3)}, (
                "watchers are told of what is stored, and of nothing else"
            )


def _other_database(service: Service) -> str:
    return f"sqlite+aiosqlite:///{(service.tmp_path / 'other.db').as_posix()}"


def _revealed(secret: Any) -> object:
    """A secret's text, kept in pydantic's `SecretStr` or not."""
    return secret.get_secret_value() if hasattr(secret, "get_secret_value") else secret


def _refused(make: Callable[[], object]) -> str | None:
    """What is said when this is refused; None where it is not."""
    try:
        make()
    except ValueError as error:  # pydantic's ValidationError is one
        return str(error)
    return None


def _moment(text: Any) -> datetime | None:
    """The moment that a text of JSON says, or None."""
    try:
        return datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None


def _items(client: RecordingClient) -> list[dict[str, Any]]:
    answer = client.get(TOOLS)
    assert answer.status_code == 200, f"GET {TOOLS} answers 200"
    items = answer.json().get("items")
    assert isinstance(items, list), "a page has items, a list"
    return items


def _days(first: int, last: int) -> dict[str, str]:
    return {"first_day": day(first), "last_day": day(last)}


def _told(answer: Any) -> dict[str, object]:
    """What an answer says, without what names this one request."""
    return {name: value for name, value in answer.json().items() if name not in {"request_id", "instance"}}


def _unsigned(token: str) -> str:
    """The token with the header `alg: none` and no signature; where it is no JWT, something like it."""
    head = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').rstrip(b"=").decode()
    parts = token.split(".")
    return f"{head}.{parts[1] if len(parts) == 3 else 'e30'}."


@contextmanager
def _hashing() -> Iterator[set[int]]:
    """The threads in which Argon2 makes and compares hashes meanwhile."""
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


def _set_clock(service: Service, client: RecordingClient, moment: datetime) -> None:
    """Let the clock of an app stand at a moment."""

    def get_now() -> datetime:
        return moment

    app_of(client).dependency_overrides[service.module("dependencies").get_now] = get_now


class _Letters:
    """A mailer that keeps what it is given."""

    def __init__(self) -> None:
        self.sent: list[EmailMessage] = []
        self.order: list[str] = []
        self.fails = False

    async def send(self, message: EmailMessage) -> None:
        if self.fails:
            raise OSError("the mail server is away")
        self.sent.append(message)
        self.order.append("mail")


def _letters(service: Service, client: RecordingClient) -> _Letters:
    """Put a mailer of ours in the place of the app's."""
    letters = _Letters()
    app_of(client).dependency_overrides[service.module("dependencies").get_mailer] = lambda: letters
    return letters


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
    root.addHandler(handler)
    try:
        yield entries
    finally:
        root.removeHandler(handler)


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
    service: Service, asked: list[tuple[int, int, int]], who: list[Headers]
) -> list[tuple[int, int]]:
    """Send these reservations (tool, first day, last day) at one moment, to two services in turn."""
    settings = {"secret_key": KEY}
    first = service.create_app(**settings)
    with _imported_again(service):
        second = service.create_app(**settings)
    with pause_after_reading():
        async with _client_of(first) as one, _client_of(second) as two:

            async def send(number: int, tool: int, start: int, end: int) -> tuple[int, int]:
                wanted = {"first_day": day(start), "last_day": day(end)}
                path, headers = f"{TOOLS}/{tool}/reservations", who[number % len(who)]
                answer = await (one, two)[number % 2].post(path, json=wanted, headers=headers)
                service.record(
                    "POST", path, sent=json.dumps(wanted), status=answer.status_code, answer=answer.text
                )
                return tool, answer.status_code

            return list(await asyncio.gather(*(send(number, *each) for number, each in enumerate(asked))))


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


def _call(
    client: RecordingClient,
    path: str,
    body: object,
    headers: Headers,
    heard: Callable[[], None] | None = None,
) -> tuple[int | None, bool]:
    """POST on raw ASGI: the status that is answered, and whether the service is done with it within 5 s."""
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
        elif not message.get("more_body", False) and heard is not None:
            heard()

    async def run() -> None:
        with anyio.move_on_after(5):
            scope = _scope(client, "http", path, {**headers, "Content-Type": "application/json"})
            await app_of(client)({**scope, "method": "POST"}, receive, send)
            done.append(True)

    assert client.portal is not None, "the lifespan runs"
    client.portal.call(run)
    return (statuses[0] if statuses else None), bool(done)


def _is_forgotten(client: RecordingClient, tool: int) -> bool:
    """Watch a tool, read the first message and leave; whether the service is done with that within 5 s."""
    leaving = anyio.Event()
    said: list[str] = []
    messages: list[dict[str, Any]] = [{"type": "websocket.connect"}]
    done: list[bool] = []

    async def receive() -> dict[str, Any]:
        if messages:
            return messages.pop()
        await leaving.wait()
        return {"type": "websocket.disconnect", "code": 1001, "reason": ""}

    async def send(message: Any) -> None:
        said.append(message["type"])
        if message["type"] == "websocket.send":
            leaving.set()

    async def watch() -> None:
        with anyio.move_on_after(5):
            await app_of(client)(_scope(client, "websocket", f"{TOOLS}/{tool}/live", {}), receive, send)
            done.append(True)

    assert client.portal is not None, "the lifespan runs"
    client.portal.call(watch)
    assert said[:2] == ["websocket.accept", "websocket.send"], (
        "the socket of a tool (§14) is accepted, and a message is sent"
    )
    return bool(done)


@contextmanager
def _sleeper(client: RecordingClient, tool: int) -> Iterator[None]:
    """Somebody who watches a tool, reads the first message, and no other: every further `send` waits."""
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

    assert client.portal is not None, "the lifespan runs"
    sleeping = client.portal.start_task_soon(watch)
    try:
        client.portal.call(until_reading)
        assert read, "a watcher is sent the state of the tool"
        yield
    finally:
        sleeping.cancel()


@contextmanager
def _watching(client: RecordingClient, tool: int) -> Iterator[Any]:
    with ExitStack() as stack:
        try:
            socket = stack.enter_context(client.websocket_connect(f"{TOOLS}/{tool}/live"))
        except WebSocketDisconnect:
            raise AssertionError("the socket of a tool (§14) is accepted") from None
        yield socket


def _heard(socket: Any) -> object:
    """The next message; a silent service fails the test."""
    return socket.receive_json()
