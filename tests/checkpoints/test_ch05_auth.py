"""What Gavel does from chapter 5 on: users log in, and may do what their role and OAuth2 scopes allow."""

import asyncio
import base64
import contextlib
import io
import json
import logging
import re
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from unittest.mock import patch

import bcrypt
import httpx
import jwt
import pytest
from argon2 import PasswordHasher
from fastapi import Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy import Engine, event

from course.engine.checkpoint.logins import PASSWORD
from course.engine.checkpoint.race import pause_after_reading
from course.engine.checkpoint.recording import RecordingClient
from course.engine.checkpoint.requirements import requirement
from course.engine.checkpoint.service import Service

LOTS = "/api/v1/lots"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(64))
EVENING = datetime(2031, 5, 1, 20, 15, tzinfo=UTC)
NO_TOKEN = {"Authorization": ""}
JSON = {"Content-Type": "application/json"}
OPTIONAL = {"jti", "nbf"}
"""Claims that a token may have, and of which a service may accept that they are missing."""


def register(client: RecordingClient, name: str, **changes: object) -> Any:
    """Register a user; the response."""
    new = {"email": f"{name}@example.com", "name": name, "password": PASSWORD, **changes}
    return client.post("/auth/register", json=new)


def log_in(client: RecordingClient, name: str, password: str = PASSWORD, **more: str) -> Any:
    """Log a user in; the response."""
    form = {"username": f"{name}@example.com", "password": password, **more}
    return client.post("/auth/token", data=form, headers=NO_TOKEN)


def bearer(token: str) -> dict[str, str]:
    """The header that contains a token."""
    return {"Authorization": f"Bearer {token}"}


def token_in(headers: dict[str, str]) -> str:
    """The token in such a header."""
    return headers["Authorization"].removeprefix("Bearer ")


def create_lot(client: RecordingClient, **changes: object) -> dict[str, Any]:
    """Create a lot as the user of the client; the response body."""
    lot = {"title": "A snuffbox", "category": "art", "starting_price": "25.00", **changes}
    response = client.post(LOTS, json=lot)
    assert response.status_code == 201, (
        f"POST {LOTS} of a user who has logged in responds with 201; it responded with {response.status_code}"
    )
    body = response.json()
    assert isinstance(body, dict), f"the response body is a JSON object, the lot; it was {body!r}"
    return body


def me(client: RecordingClient, headers: dict[str, str]) -> dict[str, Any]:
    """The response of `/auth/me` to a user."""
    response = client.get("/auth/me", headers=headers)
    assert response.status_code == 200, (
        f"GET /auth/me with a valid token responds with 200; it responded with {response.status_code}"
    )
    body = response.json()
    assert isinstance(body, dict), f"the response body is a JSON object; it was {body!r}"
    return body


@requirement(
    exercise=1,
    hints=(
        "Which columns of a new user may the client set, and which only the service?",
        "Exercise 1: the fields of `UserCreate`, and what happens to an unknown field.",
        'model_config = ConfigDict(extra="____")\n\nemail: ____\nname: Title\npassword: ____',
    ),
)
def test_a_new_user_is_a_member(service: Service) -> None:
    """A registration with a field of the service, such as `role` or `id`, is refused with 422."""
    statuses: dict[str, int] = {}
    with service.client(person=None) as client, service.cheap_hashes():
        for name, more in (
            ("eve", {"role": "staff"}),
            ("mallory", {"id": 4711}),
            ("trudy", {"token_version": 7}),
            ("oscar", {"password_hash": "chosen"}),
        ):
            response = register(client, name, **more)
            statuses |= dict.fromkeys(more, response.status_code)
            if response.status_code == 201:
                told = me(client, bearer(log_in(client, name).json()["access_token"]))
                assert told["role"] == "member", (
                    'a user who sent "role": "staff" at registration has the role member; the role is '
                    f"{told['role']!r}"
                )
                assert told["id"] != 4711, (
                    "the service chooses the id of a user; the id is the one that the client sent, "
                    f"{told['id']}"
                )
                version = _row_of(service, name).get("token_version", 0)
                assert version != 7, (
                    "the service chooses the token_version of a user; seen: the client sent 7, and the "
                    "database contains 7"
                )
        for field, status in statuses.items():
            assert status == 422, (
                f"a registration with the field {field} is refused with 422; it responded with {status}"
            )
        for field in ("email", "name", "password"):
            new = {"email": "new@example.com", "name": "New", "password": PASSWORD}
            del new[field]
            status = client.post("/auth/register", json=new).status_code
            assert status == 422, f"a registration without {field} responds with 422; seen: {status}"
        status = register(client, "new", email="new at home").status_code
        assert status == 422, (
            f"a registration whose email is no e-mail address responds with 422; seen: {status}"
        )
        response = register(client, "ada")
        assert response.status_code == 201, (
            "a registration with e-mail address, name and password responds with 201; it "
            f"responded with {response.status_code}"
        )
        assert response.json().get("role") == "member", (
            f'the response to a registration contains "role": "member"; it was {response.text}'
        )


@requirement(
    exercise=1,
    hints=(
        "What could an attacker send to a service without a limit on the length of a password?",
        "Exercise 1: the type of `password` in `UserCreate`. Does your code change the text before hashing?",
        "password: Secret[Annotated[____, Field(min_length=____, max_length=____)]]",
    ),
)
def test_a_password_is_taken_as_it_is(service: Service) -> None:
    """A password has 12 to 128 characters and is used exactly as it was sent, with spaces at its ends."""
    with service.client(person=None) as client, service.cheap_hashes():
        for length, expected in ((11, 422), (12, 201), (128, 201), (129, 422), (100_000, 422)):
            response = register(client, f"with-{length}", password="p" * length)
            assert response.status_code == expected, (
                f"a registration with a password of {length} characters responds with {expected}; it "
                f"responded with {response.status_code}"
            )
        spaced = "  spaces at both ends  "
        status = register(client, "ada", password=spaced).status_code
        assert status == 201, (
            "a registration with spaces at both ends of the password responds with 201; it "
            f"responded with {status}"
        )
        status = log_in(client, "ada", spaced).status_code
        assert status == 200, (
            "a login with the password as it was registered, with its spaces, responds with 200; "
            f"it responded with {status}"
        )
        status = log_in(client, "ada", spaced.strip()).status_code
        assert status == 401, (
            f"a login with the password without its spaces responds with 401; it responded with {status}"
        )
        status = log_in(client, "ada", spaced.upper()).status_code
        assert status == 401, (
            f"a login with the password in upper case responds with 401; it responded with {status}"
        )
    new = {"email": "ada@example.com", "name": "Ada", "password": PASSWORD}
    shown = repr(service.module("schemas.users").UserCreate(**new))
    assert PASSWORD not in shown, (
        f"the repr of a `UserCreate` does not contain the password; seen: {shown.replace(PASSWORD, '•••')}"
    )
    app = service.create_app()
    app.add_exception_handler(RequestValidationError, _short_refusal)
    with (
        service.client(app, person=None, raise_server_exceptions=False) as client,
        service.cheap_hashes(),
    ):
        for field, value in (
            ("password", "half a character \ud800"),
            ("name", "Ada \ud800"),
            ("email", "ada\ud800@example.com"),
        ):
            new = {"email": "half@example.com", "name": "Half", "password": PASSWORD, field: value}
            status = client.post("/auth/register", content=json.dumps(new), headers=JSON).status_code
            assert status == 422, (
                f"a registration with half a character in its {field} (a lone surrogate, which UTF-8 cannot "
                f"encode) is refused by `UserCreate`, with 422; seen: {status}"
            )


@requirement(
    exercise=1,
    hints=(
        "Who can decide that an e-mail address is new, when two requests arrive at once?",
        "Exercise 1: `register` in app/services/accounts.py. What does it store, and what does it catch?",
        'values = new.model_dump(exclude={____}) | {"email": new.email.____()}\n...\n'
        "try:\n    await users.add(user)\nexcept ____:\n    return ____",
    ),
)
def test_a_user_registers_once_and_stays_private(service: Service) -> None:
    """An e-mail address, in any case, registers once (then 409); no other user sees it, or a password."""
    with service.client() as client, service.cheap_hashes():
        for name, address in (("one", "stra\u00dfe@example.com"), ("two", "strasse@example.com")):
            status = register(client, name, email=address).status_code
            assert status == 201, (
                "stra\u00dfe@example.com and strasse@example.com are two e-mail addresses, so each registers "
                f"with 201; the registration of {address} responded with {status}"
            )
        response = register(client, "ada")
        assert response.status_code == 201, (
            "the first registration with an e-mail address responds with 201; it responded with "
            f"{response.status_code}"
        )
        for spelling in ("ada@example.com", "ADA@Example.com"):
            again = register(client, "eve", email=spelling)
            assert again.status_code == 409, (
                f"a second registration, with {spelling}, responds with 409; it responded with "
                f"{again.status_code}"
            )
            assert "json" in again.headers["content-type"], (
                f"the body of the 409 is JSON; its Content-Type was {again.headers['content-type']}"
            )
        headers = bearer(log_in(client, "ADA").json()["access_token"])
        told = me(client, headers)
        assert (told["name"], told["email"]) == ("ada", "ada@example.com"), (
            "GET /auth/me returns the user's own name and e-mail address, ada and "
            f"ada@example.com; it returned {told}"
        )
        lot = create_lot(client)
        assert lot["seller"]["name"] == "seller", (
            f"a lot shows the name of its seller, 'seller'; it showed {lot['seller']}"
        )
        shown = response.text + json.dumps(told) + client.get(LOTS).text + json.dumps(lot)
    assert "seller@example.com" not in shown, (
        "no response about a lot contains the e-mail address of its seller; one does"
    )
    assert PASSWORD not in shown, "no response contains a password; one does"
    assert "argon2" not in shown, "no response contains a password hash; one does"


@requirement(
    exercise=1,
    hints=(
        "What can another request do between your query and your INSERT?",
        "Exercise 1: `register`. The column `email` is unique: what does `users.add` raise?",
        "try:\n    await users.add(user)\nexcept ____:\n    return None",
    ),
)
def test_of_two_registrations_at_once_one_succeeds(service: Service) -> None:
    """Of two registrations with one e-mail address at the same time, one gets 201, and the other 409."""
    app = service.create_app()
    new = {"email": "ada@example.com", "name": "Ada", "password": PASSWORD}
    with service.client(app, person=None), service.cheap_hashes():
        statuses = sorted(service.run(_registered_at_once, service, app, [new, new]))
    assert statuses == [201, 409], (
        "of two registrations with one e-mail address at the same time, one responds with 201 and one "
        f"with 409; seen: {statuses[0]} and {statuses[1]}"
    )


@requirement(given=True)
def test_production_needs_a_key_of_its_own(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """`Settings` refuses the default key in production, and a key under 32 bytes in every environment."""
    kind = service.module("config").Settings
    for name in ("SECRET_KEY", "ENVIRONMENT"):
        monkeypatch.delenv(f"GAVEL_{name}", raising=False)
    monkeypatch.setenv("GAVEL_ALLOWED_HOSTS", '["gavel.example.com"]')
    complaint = _refusal(kind)
    assert complaint == "", f"Settings accepts its defaults in development; it raised {complaint!r}"
    told = _refusal(kind, environment="production")
    assert "secret_key" in told.lower(), (
        "Settings refuses the default key in production, and the message names secret_key; "
        f"the message was {told!r}"
    )
    short = "31 bytes, and one is missing..."
    told = _refusal(kind, environment="production", secret_key=short)
    assert "secret_key" in told.lower(), (
        f"Settings refuses a key of 31 bytes, and the message names secret_key; the message was {told!r}"
    )
    assert short not in told, f"the message of the refused Settings does not contain the key; it was {told!r}"
    complaint = _refusal(kind, environment="production", secret_key=short + "!")
    assert complaint == "", f"Settings accepts a key of 32 bytes in production; it raised {complaint!r}"
    shown = repr(kind(_env_file=None, secret_key=short + "!"))
    assert short not in shown, f"the repr of Settings does not contain the key; it was {shown}"


@requirement(
    exercise=2,
    hints=(
        "Which of the three parts of a token can its holder write, and which needs the key?",
        "Exercise 2: `jwt.decode` in `read_token`, app/security.py: the key, and the algorithms.",
        "jwt.decode(token, key.get_secret_value(), algorithms=[____], ...)",
    ),
)
def test_a_forged_token_is_refused(service: Service) -> None:
    """A token that is unsigned, changed, or signed with another key or algorithm is refused with 401."""
    with service.client() as client:
        mine = token_in(service.login(client, "ada"))
        said, key = _claims(mine), _key(service)
        head, _, signature = mine.split(".")
        other = "HS384" if jwt.get_unverified_header(mine)["alg"] == "HS256" else "HS256"
        believed = client.get("/auth/me", headers=bearer(mine))
        assert believed.status_code == 200, (
            "a token that the service issued is accepted with 200; the service responded with "
            f"{believed.status_code}"
        )
        changed = {**said, "sub": "1"}
        for how, token in (
            ("no signature and the algorithm none", jwt.encode(changed, None, algorithm="none")),
            ("no signature and an algorithm in its header", f"{head}.{_spelled(changed)}."),
            ("the signature of other claims", f"{head}.{_spelled(changed)}.{signature}"),
            (
                "a signature with another key",
                jwt.encode(changed, "a key that an attacker made up, of enough bytes"),
            ),
            (
                f"a signature with the right key and another algorithm ({other})",
                jwt.encode(said, key, algorithm=other),
            ),
            ("three letters in place of its parts", "a.b.c"),
        ):
            response = client.get("/auth/me", headers=bearer(token))
            assert response.status_code == 401, (
                f"a token with {how} is refused with 401; the service responded with {response.status_code}"
            )
            assert "bearer" in response.headers.get("www-authenticate", "").lower(), (
                "the 401 has a header WWW-Authenticate with Bearer; it was "
                f"{response.headers.get('www-authenticate')!r}"
            )


@requirement(
    exercise=2,
    hints=(
        "The signature of a token is valid. What else must you check before you accept the token?",
        "Exercise 2: `audience`, `issuer`, `options` in `read_token`. Which claim is optional by default?",
        'jwt.decode(\n    ..., audience=____, issuer=____, options={"require": ["exp", ____]}\n)',
    ),
)
def test_an_expired_or_foreign_token_is_refused(service: Service) -> None:
    """A token lives for `token_minutes`; without a claim, for or from another service it is refused."""
    with service.client(token_minutes=7) as client, service.cheap_hashes():
        register(client, "ada")
        response = log_in(client, "ada")
        said, key = _claims(response.json()["access_token"]), _key(service)
        algorithm = jwt.get_unverified_header(response.json()["access_token"])["alg"]
        assert said.get("exp", 0) - said.get("iat", 0) == 420, (
            f"the claim `exp` is 420 seconds after `iat`; exp was {said.get('exp')}, and iat "
            f"{said.get('iat')}"
        )
        past = {"iat": said["iat"] - 900, "exp": said["iat"] - 1}
        for how, changes in (
            ("unchanged", {}),
            ("that expired a second ago", past),
            *((f"without `{name}`", {name: None}) for name in said if name not in {"aud", "iss", *OPTIONAL}),
            ("for another audience", {"aud": "https://hammer.example.com"}),
            ("without an audience", {"aud": None}),
            ("of another issuer", {"iss": "https://hammer.example.com"}),
            ("without an issuer", {"iss": None}),
        ):
            claims = {name: value for name, value in {**said, **changes}.items() if value is not None}
            status = client.get(
                "/auth/me", headers=bearer(jwt.encode(claims, key, algorithm=algorithm))
            ).status_code
            expected = 401 if changes else 200
            assert status == expected, (
                f"a token {how}, signed with the key of the service, gives {expected}; the service "
                f"responded with {status}"
            )


@requirement(
    exercise=2,
    hints=(
        "What does a signature prove about the value of a claim, and what not?",
        "Exercise 2: `parse_claims`. Which exception does `Payload` raise, and which must you raise?",
        "try:\n    ours = Payload.____(payload)\nexcept ____ as error:\n    raise jwt.____(...) from error",
    ),
)
def test_a_token_with_odd_claims_is_refused(service: Service) -> None:
    """A token whose claims have the wrong type is refused with 401, even if its signature is right."""
    with service.client(raise_server_exceptions=False) as client:
        client.post("/auth/revoke", headers=service.login(client, "ada"))
        mine = token_in(service.login(client, "ada"))
        said, key, algorithm = _claims(mine), _key(service), jwt.get_unverified_header(mine)["alg"]
        names = [name for name in said if name not in {"exp", "iat", "iss", "aud", *OPTIONAL}]
        for name in names:
            odd: list[Any] = ["abc", "9" * 30, "\ud800", "", 5.5, 10**30, True, None, [], [1], {}, {"a": 1}]
            for value in odd:
                if name != "sub" and isinstance(value, type(said[name])) and not isinstance(value, bool):
                    continue
                token = jwt.encode({**said, name: value}, key, algorithm=algorithm)
                status = client.get("/auth/me", headers=bearer(token)).status_code
                assert status == 401, (
                    f"a token with the claim {name}={ascii(value)[:40]}, signed with the key of the service, "
                    f"is refused with 401; the service responded with {status}"
                )


@requirement(
    exercise=3,
    hints=(
        "Does the service not know who the user is, or does it know, and the user may not?",
        "Exercise 3: `get_claims` and `get_current_user` in app/dependencies.py. "
        "What does each raise: `unauthorized()` or `forbidden(...)`?",
        "if user is None or ____:\n    raise unauthorized()\n"
        "if not claims.scopes.issuperset(____):\n    raise ____(required.scope_str)",
    ),
)
def test_a_change_requires_a_token_with_its_scope(service: Service) -> None:
    """Reading needs no token; changing needs one (else 401) that has the right OAuth2 scope (else 403)."""
    with service.client() as client, service.cheap_hashes():
        path = f"{LOTS}/{create_lot(client)['id']}"
        register(client, "ada")
        narrow = log_in(client, "ada", scope="bids:write").json()["access_token"]
        for address in (LOTS, path, f"{path}/bids", f"{LOTS}/latest"):
            status = client.get(address, headers=NO_TOKEN).status_code
            assert status == 200, (
                f"GET {address} needs no token, and responds with 200; it responded with {status}"
            )
        lot = {"title": "A vase", "category": "art", "starting_price": "1.00"}
        for method, address, sent in (
            ("POST", LOTS, {"json": lot}),
            ("PATCH", path, {"json": {"title": "Mine"}}),
            ("DELETE", path, {}),
            ("PUT", f"{path}/photo", {"files": {"photo": ("photo", PNG, "image/png")}}),
        ):
            response = client.request(method, address, headers=NO_TOKEN, **sent)
            assert response.status_code == 401, (
                f"{method} {address} without a token responds with 401; it responded with "
                f"{response.status_code}"
            )
            assert "bearer" in response.headers.get("www-authenticate", "").lower(), (
                "the 401 has a header WWW-Authenticate with Bearer; it was "
                f"{response.headers.get('www-authenticate')!r}"
            )
            response = client.request(method, address, headers=bearer(narrow), **sent)
            assert response.status_code == 403, (
                f"{method} {address} with a token that has only the OAuth2 scope bids:write responds "
                f"with 403; it responded with {response.status_code}"
            )
        status = client.get("/auth/me", headers=bearer("a.b.c")).status_code
        assert status == 401, (
            f"GET /auth/me with a token that read_token refuses responds with 401; it responded with {status}"
        )
        said = _claims(narrow)
        stranger = {**said, "sub": re.sub(r"\d+", "4711", str(said["sub"]))}
        algorithm = jwt.get_unverified_header(narrow)["alg"]
        token = jwt.encode(stranger, _key(service), algorithm=algorithm)
        status = client.get("/auth/me", headers=bearer(token)).status_code
        assert status == 401, (
            "GET /auth/me with a valid token of a user who does not exist responds with 401; it responded "
            f"with {status}"
        )
        own = bearer(log_in(client, "seller", scope="bids:write").json()["access_token"])
        for method, change in (("PATCH", {"title": "Mine"}), ("DELETE", None)):
            status = client.request(method, path, headers=own, json=change).status_code
            assert status == 403, (
                f"{method} {path} by the seller of the lot, with a token that has only the OAuth2 scope "
                f"bids:write, responds with 403; seen: {status}"
            )
        title = client.get(path).json()["title"]
        assert title == "A snuffbox", (
            f"requests that were refused do not change the lot; its title is {title!r}"
        )


@requirement(
    exercise=3,
    hints=(
        "A user was staff when the token was issued, and is not now. What says what they may do today?",
        "Exercise 3: `PermissionChecker.__call__`. Which permissions does `ROLES` list for the role?",
        "if self.permission not in ROLES[____]:\n    raise ____(self.permission)\nreturn user",
    ),
)
def test_a_permission_is_one_of_the_role(service: Service) -> None:
    """`PermissionChecker` returns the user if their role has the permission today, else raises a 403."""
    app = service.create_app()
    checker = service.module("dependencies").PermissionChecker
    manage, write = Depends(checker("lots:manage")), Depends(checker("lots:write"))
    app.add_api_route("/probe/manage", lambda user=manage: user.name)
    app.add_api_route("/probe/write", lambda user=write: user.name)
    with service.client(app) as client:
        ada = service.login(client, "ada")
        for role, expected in (("member", 403), ("staff", 200), ("member", 403)):
            _make_staff(service, "ada", role=role)
            response = client.get("/probe/manage", headers=ada)
            assert response.status_code == expected, (
                f'an endpoint with PermissionChecker("lots:manage") responds to a {role} with {expected}, '
                f"whatever the token allows; seen: {response.status_code}"
            )
            response = client.get("/probe/write", headers=ada)
            assert (response.status_code, response.text) == (200, '"ada"'), (
                f'PermissionChecker("lots:write") returns the user, ada, who is a {role}; seen: status code '
                f"{response.status_code} and {response.text}"
            )


@requirement(
    exercise=3,
    hints=(
        "A signed token cannot change. Which value in the database can?",
        "Exercise 3: `get_current_user` in app/dependencies.py compares two versions.",
        "if user is None or user.____ != claims.____:\n    raise unauthorized()",
    ),
)
def test_every_token_can_be_revoked(service: Service) -> None:
    """`POST /auth/revoke` makes all tokens of the user invalid at once, and no token of another user."""
    with service.client() as client:
        first, second = service.login(client, "ada"), service.login(client, "ada")
        status = client.post("/auth/revoke", headers=first).status_code
        assert status == 204, f"POST /auth/revoke responds with 204; it responded with {status}"
        for headers in (first, second):
            status = client.get("/auth/me", headers=headers).status_code
            assert status == 401, (
                f"a token issued before the revocation responds with 401; the service responded with {status}"
            )
        status = client.post(LOTS, json={}, headers=second).status_code
        assert status == 401, (
            f"POST {LOTS} with a revoked token responds with 401; it responded with {status}"
        )
        status = client.get("/auth/me").status_code
        assert status == 200, (
            "after the revocation, GET /auth/me with another user's token responds with 200; it "
            f"responded with {status}"
        )
        anew = client.get("/auth/me", headers=service.login(client, "ada"))
        assert anew.status_code == 200, (
            f"a token of a new login is accepted with 200; the service responded with {anew.status_code}"
        )


@requirement(
    exercise=4,
    hints=(
        "Who can read the log of a service, and for how long is it kept?",
        "Exercise 4: `authenticate` and `login`. Do they print or log what the client sent?",
        'log.info("Login of user %s", user.____)',
    ),
)
def test_no_secret_is_logged(service: Service) -> None:
    """No log record and no output contains a password or a token, whether a login succeeds or not."""
    known = service.module("config").Settings.model_fields
    settings: dict[str, Any] = {"log_level": "INFO"} if "log_level" in known else {}
    with service.client(person=None, **settings) as client, service.cheap_hashes(), _written() as written:
        register(client, "ada")
        register(client, "bob", password="hunter2")
        wrong = "a wrong password, of someone"
        log_in(client, "ada", wrong)
        log_in(client, "nobody", wrong)
        token = log_in(client, "ada").json()["access_token"]
        me(client, bearer(token))
        client.get("/auth/me", headers=bearer(f"{token}x"))
    for what, secret in (
        ("the password of a registration", PASSWORD),
        ("the password of a registration that was refused", "hunter2"),
        ("the password of a login that was refused", wrong),
        ("the token of a login", token),
    ):
        line = next((line for line in written if secret in line), "")
        assert not line, f"no log record contains {what}; seen: {line.replace(secret, '•••')[:200]!r}"


@requirement(
    exercise=4,
    hints=(
        "What can an attacker learn from a refused login, besides its status code and its body?",
        "Exercise 4: `authenticate` in app/services/accounts.py. Which work is done for an unknown address?",
        "user = await users.by_email(email) if email.____() else None\n"
        "fits, fresh = await passwords.verify(password, ____ if user else ____)",
    ),
)
def test_a_refused_login_tells_nothing(service: Service) -> None:
    """A wrong password and an unknown e-mail address get the same response, after the same work."""
    with service.client(person=None) as client, service.cheap_hashes():
        register(client, "ada")
        log_in(client, "ada")
        log_in(client, "a-stranger", "a first guess")
        assert client.portal is not None, "the lifespan of the service runs; seen: no running event loop"
        loop = client.portal.call(threading.get_ident)
        with _hashing() as right:
            log_in(client, "ada")
        with _hashing() as known:
            wrong = log_in(client, "ada", "not the password")
        with _hashing() as unknown:
            unregistered = log_in(client, "nobody", "not the password")
        with _hashing() as unprintable:
            log_in(client, "ada\x00", "not the password")
        assert wrong.status_code == 401, (
            f"a login with a wrong password responds with 401; it responded with {wrong.status_code}"
        )
        assert unregistered.status_code == 401, (
            "a login with an unknown e-mail address responds with 401; it responded with "
            f"{unregistered.status_code}"
        )
        assert "bearer" in wrong.headers.get("www-authenticate", "").lower(), (
            "the 401 has a header WWW-Authenticate with Bearer; it was "
            f"{wrong.headers.get('www-authenticate')!r}"
        )
        assert wrong.json().get("detail") == unregistered.json().get("detail"), (
            f"the bodies of both refused logins are the same; they were {wrong.text} and {unregistered.text}"
        )
        assert len(known) == 1, f"for a known e-mail address Argon2 computes 1 hash; it computed {len(known)}"
        assert len(right) == 1, (
            f"for a login with the right password Argon2 computes 1 hash; it computed {len(right)}"
        )
        for what, done in (("an unknown e-mail address", unknown), ("an unprintable one", unprintable)):
            assert len(done) == len(known), (
                f"for {what} Argon2 computes as many hashes as for a known one, "
                f"{len(known)}; it computed {len(done)}"
            )
            compared = sum(name == "verify" for name, _ in done)
            assert compared == 1, (
                f"for {what} Argon2 compares once, as for a known one; seen: it compared {compared} times, "
                f"and made {len(done) - compared} new hash"
            )
        threads = {thread for _, thread in (*known, *unknown, *unprintable)}
        assert loop not in threads, (
            "during a login Argon2 computes in a worker thread; seen: in the thread of the event loop, which "
            "serves no other request meanwhile"
        )
        with _parameters() as sent_to_database:
            for name, word in (
                ("ada\x00", "not the password"),
                ("\x00", "not the password"),
                ("ada\x00", PASSWORD),
                ("\x00ada", PASSWORD),
            ):
                status = log_in(client, name, word).status_code
                assert status == 401, (
                    "a login with an unprintable character in the e-mail address responds with 401; it "
                    f"responded with {status}"
                )
        reached = [each for each in sent_to_database if "\x00" in each]
        assert not reached, (
            "an e-mail address with an unprintable character does not reach the database; seen: a query "
            f"with {reached[0]!r}"
        )


@requirement(
    exercise=4,
    hints=(
        "A client may request fewer OAuth2 scopes than the role has. What if it requests more, or none?",
        "Exercise 4: `login` in app/routers/auth.py: the scopes, the lifetime and a header of the response.",
        "scopes = ROLES[user.role]\nif form.scopes:\n    scopes = scopes ____ set(form.scopes)\n...\n"
        'response.headers["____"] = "no-store"',
    ),
)
def test_a_login_issues_a_token_of_the_role(service: Service) -> None:
    """A token has the requested OAuth2 scopes that the role has; no cache may store the response."""
    with service.client(token_minutes=7, person=None) as client, service.cheap_hashes():
        register(client, "ada")
        for role, requested, expected in (
            ("staff", "", {"bids:write", "lots:manage", "lots:write"}),
            ("member", "bids:write lots:manage", {"bids:write"}),
            ("member", "lots:manage", set()),
            ("member", "", {"bids:write", "lots:write"}),
        ):
            _make_staff(service, "ada", role=role)
            response = log_in(client, "ada", **({"scope": requested} if requested else {}))
            assert response.status_code == 200, (
                f"a login with the right password responds with 200; it responded with {response.status_code}"
            )
            told = response.json()
            said = _claims(told["access_token"]).get("scope", told.get("scope"))
            who = "a member" if role == "member" else "a user with the role staff"
            for where, scope in (("response", told.get("scope")), ("token", said)):
                assert set(str(scope or "").split()) == expected, (
                    f"{who} who requests the OAuth2 scopes {requested or '(none)'} receives "
                    f"{' and '.join(sorted(expected)) or 'no scope'}; received in the {where}: {scope!r}"
                )
        cached = response.headers.get("cache-control", "")
        assert "no-store" in cached, (
            "the response with a token has the header Cache-Control: no-store, so that no cache stores it; "
            f"seen: {cached!r}"
        )
        assert told.get("expires_in") == 420, (
            "with token_minutes=7 the response says expires_in: 420 seconds; it said "
            f"{told.get('expires_in')!r}"
        )


@requirement(
    exercise=4,
    hints=(
        "When does the service have the password, so that it can replace an old hash by a new one?",
        "Exercise 4: the second value that `passwords.verify` returns. Where must you store it?",
        "if fresh is not None:\n    user.____ = fresh",
    ),
)
def test_an_old_hash_is_renewed_at_login(service: Service) -> None:
    """A user with an old bcrypt hash can log in, and has an Argon2 hash afterwards."""
    long = "a password that is longer than the seventy-two bytes which bcrypt has ever looked at"
    with service.client(person=None) as client, service.cheap_hashes():
        for name, old in (("ada", PASSWORD), ("bob", long)):
            register(client, name)
            _set_hash(service, name, bcrypt.hashpw(old.encode()[:72], bcrypt.gensalt(4)).decode())
        status = log_in(client, "ada", "not the password").status_code
        assert status == 401, f"a login with a wrong password responds with 401; it responded with {status}"
        kept = _hash_of(service, "ada")
        assert kept.startswith("$2"), (
            f"after a failed login the stored hash is the old one, of bcrypt; it begins with {kept[:7]!r}"
        )
        status = log_in(client, "ada").status_code
        assert status == 200, (
            "a login with the right password and an old bcrypt hash responds with 200; it "
            f"responded with {status}"
        )
        kept = _hash_of(service, "ada")
        assert kept.startswith("$argon2"), (
            f"after the login the stored hash is one of Argon2; it begins with {kept[:7]!r}"
        )
        status = log_in(client, "ada").status_code
        assert status == 200, (
            "after the hash was replaced, a login with the same password responds with 200; it "
            f"responded with {status}"
        )
        status = log_in(client, "bob", "x" * 200).status_code
        assert status == 401, (
            "a login with a wrong password of 200 characters and a bcrypt hash responds with "
            f"401; it responded with {status}"
        )
        status = log_in(client, "bob", long).status_code
        assert status == 200, (
            "a login with a password of which bcrypt hashed the first 72 bytes responds with "
            f"200; it responded with {status}"
        )
        status = log_in(client, "bob", long).status_code
        assert status == 200, (
            "the new hash is one of the whole password, so the next login responds with 200; it "
            f"responded with {status}"
        )


@requirement(
    exercise=4,
    hints=(
        "How does `limit_login_attempts` learn that a login has succeeded?",
        "Exercise 4: `login` in app/routers/auth.py raises for a failed login, and returns for the others.",
        "if user is None:\n    raise HTTPException(____, ...)\n...\nreturn Token(access_token=____, ...)",
    ),
)
def test_failed_logins_of_others_lock_no_user_out(service: Service) -> None:
    """The failed logins of others lock no user out who has logged in from their network before."""
    with _limited(service) as (client, hosts, _):
        for home, elsewhere in (
            ("192.0.2.7", "192.0.2.8"),
            ("::ffff:192.0.2.9", "::ffff:192.0.2.10"),
            ("2001:db8:0:7::1", "2001:db8:0:8::1"),
        ):
            hosts["now"] = elsewhere
            for _ in range(4):
                log_in(client, "ada", "wrong")
            hosts["now"] = home
            status = log_in(client, "ada").status_code
            assert status == 200, (
                f"after four failed logins of ada from {elsewhere}, her login with the right password from "
                f"another network, {home}, responds with 200; it responded with {status}"
            )
        for number in range(9):
            log_in(client, f"name-{number}", "wrong")
        status = log_in(client, "ada").status_code
        assert status == 200, (
            "after too many failed logins of others from her network, the login of ada, who has logged in "
            f"from there before, responds with 200; it responded with {status}"
        )


@requirement(
    exercise=4,
    hints=(
        "How does `limit_login_attempts` learn that a login has failed?",
        "Exercise 4: `login` in app/routers/auth.py. An attempt is given back if it does not raise.",
        "if user is None:\n    raise HTTPException(____, ...)",
    ),
)
def test_too_many_failed_logins_give_429(service: Service) -> None:
    """Too many failed logins, of one user from one network or from one network alone, give 429."""
    with _limited(service) as (client, hosts, clock):
        right = [log_in(client, "ada").status_code for _ in range(4)]
        assert right == [200] * 4, (
            "four logins with the right password respond with 200, as only failures count; the "
            f"status codes were {right}"
        )
        hosts["now"] = "198.51.100.1"
        for name in ("ada", "ADA", "an-unknown-user"):
            statuses = [log_in(client, name, "wrong").status_code for _ in range(4)]
            expected = [429] * 4 if name == "ADA" else [401, 401, 401, 429]
            assert statuses == expected, (
                f"with login_attempts=3, four failed logins of {name}@example.com from one host respond with "
                f"{expected}{' after those of ada' * (name == 'ADA')}; the status codes were {statuses}"
            )
        response = log_in(client, "ada")
        assert response.status_code == 429, (
            "after three failed logins, one with the right password from the same host responds with 429 "
            f"too; it responded with {response.status_code}"
        )
        wait = response.headers.get("retry-after", "")
        assert wait.isdigit(), (
            f"the 429 says in Retry-After how many seconds to wait; the header was {wait!r}"
        )
        assert 0 < int(wait) <= 60, f"Retry-After is 1 to 60 seconds, the length of the window; it was {wait}"
        clock["now"] += timedelta(seconds=61)
        status = log_in(client, "ada").status_code
        assert status == 200, (
            "when the window is over, a login with the right password responds with 200; it "
            f"responded with {status}"
        )
        statuses = []
        for number in range(4):
            form = {"username": "ada@example.com", "password": "wrong"}
            forwarded = {"X-Forwarded-For": f"10.0.0.{number}", "Authorization": ""}
            statuses.append(client.post("/auth/token", data=form, headers=forwarded).status_code)
        assert statuses == [401, 401, 401, 429], (
            "three failed logins from one host, each with another X-Forwarded-For, give 401, and the fourth "
            f"429, although ada has logged in from there before; the status codes were {statuses}"
        )
        statuses = [log_in(client, f"name-{number}", "wrong").status_code for number in range(9)]
        assert (statuses[:5], statuses[8]) == ([401] * 5, 429), (
            "with network_attempts=8, of nine failed logins from one host, each of another name, the first "
            f"five give 401 and the ninth 429; the status codes were {statuses}"
        )
        for number in range(4):
            hosts["now"] = f"2001:db8:0:1:{number}::{number}"
            statuses[number] = log_in(client, "ada", "wrong").status_code
        assert statuses[:4] == [401, 401, 401, 429], (
            "three failed logins from three IPv6 addresses of one network (the same first 64 bits) give 401, "
            f"and the fourth, from another address of it, 429; the status codes were {statuses[:4]}"
        )
        statuses = []
        for number in range(3):
            hosts["now"] = f"2001:db8:0:2:{number}::{number}"
            statuses.append(register(client, f"new-{number}").status_code)
        assert statuses == [201, 201, 429], (
            "with registrations=2, two registrations from one IPv6 network respond with 201, and the third, "
            f"from another address of it, with 429; the status codes were {statuses}"
        )


@requirement(
    exercise=4,
    hints=(
        "To which path does the button Authorize of `/docs` send the password?",
        "Exercise 4: what `login` in app/routers/auth.py responds to a wrong password.",
        'raise HTTPException(____, "Wrong e-mail address or password.", {"WWW-Authenticate": ____})',
    ),
)
def test_the_openapi_description_names_login_and_scopes(service: Service) -> None:
    """The OpenAPI description has the tokenUrl, the OAuth2 scopes, and which operations need a token."""
    with service.client(person=None) as client, service.cheap_hashes():
        described = client.get("/openapi.json").json()
        schemes = described.get("components", {}).get("securitySchemes", {})
        flows = [
            scheme["flows"]["password"]
            for scheme in schemes.values()
            if "password" in scheme.get("flows", {})
        ]
        assert flows, (
            "the OpenAPI description has a security scheme with the OAuth2 password flow; its "
            f"schemes are {schemes}"
        )
        address = "/" + flows[0]["tokenUrl"].lstrip("/")
        response = client.post(address, data={"username": "nobody@example.com", "password": "wrong"})
        assert response.status_code == 401, (
            f"the tokenUrl leads to the login, where a wrong password gives 401; {address} "
            f"responded with {response.status_code}"
        )
        assert {"lots:write", "bids:write"} <= set(flows[0]["scopes"]), (
            "the scheme lists the OAuth2 scopes lots:write and bids:write; it lists "
            f"{list(flows[0]['scopes'])}"
        )
        paths = described["paths"]
        for method, path in (("post", LOTS), ("delete", f"{LOTS}/{{lot_id}}"), ("get", "/auth/me")):
            assert paths[path][method].get("security"), (
                f"the OpenAPI description of {method.upper()} {path} requires a token; it has no "
                "security requirement"
            )
        assert not paths[LOTS]["get"].get("security"), (
            f"the OpenAPI description of GET {LOTS} requires no token; it has a security requirement"
        )


@requirement(
    exercise=5,
    hints=(
        "Bob's token has the OAuth2 scope for changing lots. Which lots may Bob change?",
        "Exercise 5: `get_own_lot` in app/dependencies.py, and the endpoints that depend on it.",
        "if lot.____ != user.id and not manages:\n    raise HTTPException(____, ...)",
    ),
)
def test_only_its_seller_changes_a_lot(service: Service) -> None:
    """Only the seller of a lot, or staff, may change or delete it or upload its photo; others get 403."""
    with service.client() as client:
        lot = create_lot(client)
        path = f"{LOTS}/{lot['id']}"
        other = service.login(client, "bob")
        requests: tuple[tuple[str, str, dict[str, Any], int], ...] = (
            ("PATCH", path, {"json": {"title": "Mine"}}, 200),
            ("PUT", f"{path}/photo", {"files": {"photo": ("photo", PNG, "image/png")}}, 204),
            ("DELETE", path, {}, 204),
        )
        for method, address, sent, _ in requests:
            response = client.request(method, address, headers=other, **sent)
            assert response.status_code == 403, (
                f"{method} {address} by a member who is not the seller responds with 403; it "
                f"responded with {response.status_code}"
            )
        read = client.get(path).json()
        assert (read["title"], read["photo_url"]) == ("A snuffbox", None), (
            f"requests that were refused do not change the lot; its title is {read['title']!r}, "
            f"its photo_url {read['photo_url']!r}"
        )
        _make_staff(service, "bob")
        as_before = client.patch(path, json={"title": "Mine"}, headers=other)
        assert as_before.status_code == 403, (
            "a token that was issued to a member does not give more rights when the member "
            f"becomes staff: 403; the service responded with {as_before.status_code}"
        )
        manager = service.login(client, "bob")
        changed = client.patch(path, json={"title": "A box"}, headers=manager)
        assert changed.status_code == 200, (
            "staff with the OAuth2 scope `lots:manage` may change every lot: 200; the service "
            f"responded with {changed.status_code}"
        )
        _make_staff(service, "bob", role="member")
        demoted = client.patch(path, json={"title": "Mine"}, headers=manager)
        assert demoted.status_code == 403, (
            "a user who is no longer staff may not change the lot, with an old token either: "
            f"403; the service responded with {demoted.status_code}"
        )
        for method, address, sent, expected in requests:
            status = client.request(method, address, **sent).status_code
            assert status == expected, (
                f"{method} {address} by the seller of the lot responds with {expected}; it responded "
                f"with {status}"
            )


@requirement(
    exercise=6,
    hints=(
        "Which part of a request proves who the bidder is: its body, or its token?",
        "Exercise 6: `place_bid` in app/routers/bids.py: `Bidder`, and `bidding.place_bid`.",
        '@router.post("", status_code=____, response_model=BidRead)\n'
        "async def place_bid(new: BidCreate, bidder: ____, lot: LotDep, bids: BidsDep, now: NowDep):\n"
        "    bid = await bidding.____(lot, bidder, new.amount, bids, now)\n"
        "    ...\n    return ____(bid, lot, now)",
    ),
)
def test_a_bid_belongs_to_the_user_of_the_token(service: Service) -> None:
    """`POST …/bids` places a bid of the user of the token: 201; a bid that is too low gives 409."""
    began = datetime.now(UTC) - timedelta(seconds=1)
    with service.client() as client:
        path = f"{LOTS}/{create_lot(client, starting_price='25.00', min_raise='2.00')['id']}"
        ada, bob = service.login(client, "ada"), service.login(client, "bob")
        unknown = client.post(f"{path}/bids", json={"amount": "30.00"}, headers=NO_TOKEN)
        assert unknown.status_code == 401, (
            f"POST {path}/bids without a token responds with 401; it responded with {unknown.status_code}"
        )
        with service.cheap_hashes():
            narrow = bearer(log_in(client, "ada", scope="lots:write").json()["access_token"])
        unfit = client.post(f"{path}/bids", json={"amount": "30.00"}, headers=narrow)
        assert unfit.status_code == 403, (
            f"POST {path}/bids with a token that has only the OAuth2 scope lots:write responds "
            f"with 403; it responded with {unfit.status_code}"
        )
        last = unfit
        for who, amount, expected in (
            (ada, "24.99", 409),
            (ada, "25.00", 201),
            (bob, "26.99", 409),
            (bob, "27.00", 201),
            (ada, "-1.00", 422),
        ):
            response = client.post(f"{path}/bids", json={"amount": amount}, headers=who)
            last = response if response.status_code == 201 else last
            assert response.status_code == expected, (
                f"a bid of {amount}, with starting price 25.00 and min_raise 2.00, responds with "
                f"{expected}; it responded with {response.status_code}"
            )
        for more in ({"bidder_id": 1}, {"bidder": {"id": 1, "name": "seller"}}):
            response = client.post(f"{path}/bids", json={"amount": "40.00", **more}, headers=bob)
            assert response.status_code in (409, 201, 422), (
                f"a bid with {', '.join(more)} in the body responds with 422, or ignores it; it "
                f"responded with {response.status_code}"
            )
            last = response if response.status_code == 201 else last
        page = client.get(f"{path}/bids").json()
        assert last.json() == page["items"][0], (
            "the response to a bid is the bid as the list shows it; seen: the response "
            f"{last.text}, and in the list {page['items'][0]}"
        )
        names = [bid["bidder"]["name"] for bid in page["items"]]
        assert sorted(set(names)) == ["ada", "bob"], (
            f"the bidder of each bid is the user of the token, ada or bob; the bidders were {names}"
        )
        assert (names[-1], page["total"]) == ("ada", len(names)), (
            "the list begins with the newest bid and ends with the first, of ada, and total is "
            f"their number, {len(names)}; the bidders were {names}, and total was {page['total']}"
        )
        for placed_at in (datetime.fromisoformat(bid["placed_at"]) for bid in page["items"]):
            assert began <= placed_at <= datetime.now(UTC) + timedelta(seconds=1), (
                f"placed_at of a bid is the time of its request, {began:%H:%M:%S} or later; seen: {placed_at}"
            )
        leader = _leader_of(service, path)
        assert leader == "bob", (
            f"the leader of an ascending lot, leader_id, is the last bidder, bob; it is {leader}"
        )
        assert "@" not in json.dumps(page), f"no bid shows an e-mail address; the response was {page}"
        lot = client.get(path).json()
        assert Decimal(lot["price"]) >= 27, (
            f"the price is the highest bid, 27.00 at least; it was {lot['price']}"
        )
        assert lot["bid_count"] == len(names), (
            f"bid_count is the number of accepted bids, {len(names)}; it was {lot['bid_count']}"
        )
        status = client.get(f"{LOTS}/123456/bids").status_code
        assert status == 404, (
            f"GET {LOTS}/123456/bids, an id without a lot, responds with 404; it responded with {status}"
        )


@requirement(
    exercise=5,
    hints=(
        "A lot has a bid. What may the seller still change about it?",
        "Exercise 5: `delete_lot` and `upload_photo` in app/routers/lots.py. Which column counts the bids?",
        "if lot.____:\n    raise HTTPException(____, ...)",
    ),
)
def test_a_lot_with_bids_stays(service: Service) -> None:
    """A lot with a bid stays as it is: a PATCH that changes it, a photo and a DELETE respond with 409."""
    with service.client() as client:
        bidder = service.login(client, "ada")
        path = f"{LOTS}/{create_lot(client)['id']}"
        placed = client.post(f"{path}/bids", json={"amount": "30.00"}, headers=bidder)
        assert placed.status_code == 201, (
            f"POST {path}/bids responds with 201; it responded with {placed.status_code}"
        )
        status = client.delete(path).status_code
        assert status == 409, (
            f"DELETE {path}, a lot with a bid, responds with 409; it responded with {status}"
        )
        before = client.get(path).json()
        later = datetime.now(UTC) + timedelta(days=30)
        changes: dict[str, object] = {
            "starting_price": "1.00",
            "min_raise": "99.00",
            "opens_at": (datetime.fromisoformat(before["opens_at"]) - timedelta(days=1)).isoformat(),
            "closes_at": later.isoformat(),
            "reserve_price": "900.00",
            "title": "A gold box",
            "description": "Gold.",
            "category": "books",
            "dimensions": {"height": 20, "width": 50, "depth": 30},
            "provenance": [{"name": "Ada"}],
        }
        for name, value in changes.items():
            status = client.patch(path, json={name: value}).status_code
            assert status == 409, (
                f"PATCH of a lot with a bid that changes its {name} responds with 409; "
                f"it responded with {status}"
            )
        photo = {"photo": ("a.png", PNG, "image/png")}
        status = client.put(f"{path}/photo", files=photo).status_code
        assert status == 409, (
            f"PUT of a photo of a lot with a bid responds with 409; it responded with {status}"
        )
        after = client.get(path).json()
        assert after == before, f"after the 409s the lot is as it was, {before}; it is {after}"
        for same in ({}, {"title": before["title"], "starting_price": before["starting_price"]}):
            status = client.patch(path, json=same).status_code
            assert status == 200, (
                f"PATCH of a lot with a bid that changes nothing responds with 200; seen: {status}"
            )


@requirement(
    exercise=6,
    hints=(
        "Which responses show a bid on a sealed lot, and which of them must have no amount?",
        "Exercise 6: what `place_bid` in app/routers/bids.py returns, and what `bidding.place_bid` changes.",
        'if lot.kind == "____":\n    lot.price, lot.leader_id = ____, ____\n...\nreturn ____(bid, lot, now)',
    ),
)
def test_a_sealed_bid_stays_secret(service: Service) -> None:
    """Before a sealed lot closes, no response shows the amount of a bid, and the price does not change."""
    with service.client() as client:
        bidder = service.login(client, "ada")
        sealed = f"{LOTS}/{create_lot(client, kind='sealed')['id']}"
        told = client.post(f"{sealed}/bids", json={"amount": "31.41"}, headers=bidder)
        assert told.status_code == 201, (
            f"POST {sealed}/bids responds with 201; it responded with {told.status_code}"
        )
        assert "31.41" not in told.text, (
            "before a sealed lot closes, no response contains the amount of a bid; the response "
            f"to POST {sealed}/bids did"
        )
        for path in (f"{sealed}/bids", sealed):
            body = client.get(path).text
            assert "31.41" not in body, (
                "before a sealed lot closes, no response contains the amount of a bid; the response "
                f"to GET {path} did"
            )
        lower = client.post(f"{sealed}/bids", json={"amount": "26.00"}, headers=service.login(client, "bob"))
        assert lower.status_code == 201, (
            "a lower bid on a sealed lot, 26.00 after 31.41, responds with 201, because a 409 would reveal "
            f"the other amount; it responded with {lower.status_code}"
        )
        leader = _leader_of(service, sealed)
        assert leader is None, f"a sealed lot has no leader, leader_id is None; the leader is {leader}"
        lot = client.get(sealed).json()
        assert lot["bid_count"] == 2, (
            f"bid_count of a sealed lot is the number of its bids, 2; it was {lot['bid_count']}"
        )


async def _short_refusal(_: Request, __: Exception) -> Response:
    """A 422 that repeats nothing, so that any text can be refused."""
    return Response(status_code=422)


def _refusal(kind: Any, **settings: Any) -> str:
    """The message of the error that `Settings` raises; empty if it raises none."""
    try:
        kind(_env_file=None, **settings)
    except ValueError as refused:
        return str(refused)
    return ""


def _key(service: Service) -> str:
    """The key with which the service under test signs its tokens."""
    key = service.settings().secret_key.get_secret_value()
    assert isinstance(key, str), f"secret_key is a SecretStr that contains a string; it contained {key!r}"
    return key


def _claims(token: str) -> dict[str, Any]:
    """The claims of a token, without verification."""
    assert token.count(".") == 2, (
        "a token is a JSON Web Token, three parts with dots between them; this one had "
        f"{token.count('.') + 1}"
    )
    said = jwt.decode(token, options={"verify_signature": False})
    assert isinstance(said, dict), f"the claims of the token are a JSON object; they were {said!r}"
    return said


def _spelled(claims: dict[str, Any]) -> str:
    """Claims, encoded as the second part of a token."""
    return base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()


@contextmanager
def _limited(service: Service) -> Iterator[tuple[RecordingClient, dict[str, str], dict[str, datetime]]]:
    """A client of a service with small limits, where ada is registered; its host, and the time of day."""
    app = service.create_app(login_attempts=3, network_attempts=8, login_window_seconds=60, registrations=2)
    clock, hosts = {"now": EVENING}, {"now": "192.0.2.1"}
    app.dependency_overrides[service.module("dependencies").get_now] = lambda: clock["now"]

    async def from_a_host(scope: Any, receive: Any, send: Any) -> None:
        await app({**scope, "client": (hosts["now"], 4711)} if "client" in scope else scope, receive, send)

    with service.client(from_a_host, person=None) as client, service.cheap_hashes():  # type: ignore[arg-type]
        status = register(client, "ada").status_code
        assert status == 201, f"the first registration responds with 201; it responded with {status}"
        yield client, hosts, clock


@contextmanager
def _hashing() -> Iterator[list[tuple[str, int]]]:
    """The calls of Argon2 meanwhile, `hash` or `verify`, and the thread of each."""
    done: list[tuple[str, int]] = []

    def counted(name: str) -> Any:
        original = getattr(PasswordHasher, name)

        def work(*arguments: Any, **options: Any) -> Any:
            done.append((name, threading.get_ident()))
            return original(*arguments, **options)

        return patch.object(PasswordHasher, name, work)

    with counted("verify"), counted("hash"):
        yield done


@contextmanager
def _parameters() -> Iterator[list[str]]:
    """The texts that statements take to the database meanwhile, on each engine of this process."""
    texts: list[str] = []

    def note(_: object, __: object, ___: object, parameters: Any, *____: object) -> None:
        values = parameters.values() if isinstance(parameters, dict) else parameters
        texts.extend(each for each in values if isinstance(each, str))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield texts
    finally:
        event.remove(Engine, "before_cursor_execute", note)


@contextmanager
def _written() -> Iterator[list[str]]:
    """What is logged meanwhile, from INFO on, and what is printed; none of it reaches the report."""
    written: list[str] = []
    output, form = io.StringIO(), logging.Formatter()
    loggers = (logging.getLogger(), logging.getLogger("gavel"))
    before = [(each, each.level) for each in loggers]

    def note(_: logging.Logger, record: logging.LogRecord) -> None:
        written.append(f"{form.format(record)} {getattr(record, 'facts', '')}")

    try:
        for each in loggers:
            each.setLevel(logging.INFO)
        with (
            patch.object(logging.Logger, "callHandlers", note),
            contextlib.redirect_stdout(output),
            contextlib.redirect_stderr(output),
        ):
            yield written
    finally:
        for each, level in before:
            each.setLevel(level)
        written += output.getvalue().splitlines()


async def _registered_at_once(service: Service, app: FastAPI, people: list[dict[str, str]]) -> list[int]:
    """Register all of these at the same time; the status codes."""
    async with contextlib.AsyncExitStack() as stack:
        stack.enter_context(pause_after_reading())
        lifespan: Any = app.router.lifespan_context(app)
        state = dict(await stack.enter_async_context(lifespan) or {})

        async def with_state(scope: Any, receive: Any, send: Any) -> None:
            await app({**scope, "state": state}, receive, send)

        transport = httpx.ASGITransport(with_state, raise_app_exceptions=False)
        client = httpx.AsyncClient(transport=transport, base_url="http://testserver")
        await stack.enter_async_context(client)

        async def register_one(new: dict[str, str]) -> int:
            response = await client.post("/auth/register", json=new)
            sent = {**new, "password": "•••"}
            service.record(
                "POST",
                "/auth/register",
                sent=json.dumps(sent, ensure_ascii=False),
                status=response.status_code,
                answer=response.text,
            )
            return response.status_code

        return list(await asyncio.gather(*map(register_one, people)))


@contextmanager
def _people(service: Service) -> Iterator[tuple[sqlite3.Connection, str]]:
    """The database of this test, and the name of its table of users; committed at the end."""
    table = service.module("models").User.__tablename__
    with closing(sqlite3.connect(service.tmp_path / "gavel.db")) as database, database:
        yield database, table


def _set_hash(service: Service, name: str, value: str) -> None:
    """Give a user another hash, without the service."""
    with _people(service) as (database, table):
        changed = database.execute(
            f"UPDATE {table} SET password_hash = ? WHERE email = ?", (value, f"{name}@example.com")
        )
        assert changed.rowcount == 1, (
            f"the column password_hash contains the hash of a user; {changed.rowcount} rows have "
            f"the address of {name}"
        )


def _hash_of(service: Service, name: str) -> str:
    """The hash of a user, as the database stores it."""
    with _people(service) as (database, table):
        query = f"SELECT password_hash FROM {table} WHERE email = ?"
        return str(database.execute(query, (f"{name}@example.com",)).fetchone()[0])


def _row_of(service: Service, name: str) -> dict[str, Any]:
    """The row of a user, as the database stores it."""
    with _people(service) as (database, table):
        database.row_factory = sqlite3.Row
        query = f"SELECT * FROM {table} WHERE email = ?"
        return dict(database.execute(query, (f"{name}@example.com",)).fetchone())


def _leader_of(service: Service, path: str) -> str | None:
    """The name of the leader of the lot with this path, as the database stores it."""
    with _people(service) as (database, table):
        lots = service.module("models").Lot.__tablename__
        query = f"SELECT u.name FROM {lots} AS l LEFT JOIN {table} AS u ON u.id = l.leader_id WHERE l.id = ?"
        name = database.execute(query, (path.rpartition("/")[2],)).fetchone()[0]
        return None if name is None else str(name)


def _make_staff(service: Service, name: str, *, role: str = "staff") -> None:
    """Give a user a role, without the service."""
    with _people(service) as (database, table):
        database.execute(f"UPDATE {table} SET role = ? WHERE email = ?", (role, f"{name}@example.com"))
