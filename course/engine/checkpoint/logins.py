"""Users: a checkpoint registers them and logs in where a service demands it."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from unittest.mock import patch

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from course.engine.checkpoint.recording import Exchanges, RecordingClient

REGISTER = "/auth/register"
TOKEN = "/auth/token"
PASSWORD = "correct horse battery staple"


def email_of(person: str) -> str:
    """The e-mail address with which a user is registered."""
    return f"{person}@example.com"


def has_logins(app: FastAPI) -> bool:
    """Whether this app has the routes to register and to log in."""
    return {REGISTER, TOKEN} <= {getattr(each, "path", "") for each in iter_route_contexts(app.routes)}


def login(client: RecordingClient, person: str) -> dict[str, str]:
    """Register a user, unless there is one, and log in; the `Authorization` header.

    Only what failed is recorded.

    Raises:
        AssertionError: the service gives out no token; the message says what was expected.
    """
    told, client.exchanges = client.exchanges, Exchanges()
    try:
        with cheap_hashes():
            new = {"email": email_of(person), "name": person, "password": PASSWORD}
            client.post(REGISTER, json=new, headers={"Authorization": ""})
            pair = {"username": email_of(person), "password": PASSWORD}
            answer = client.post(TOKEN, data=pair, headers={"Authorization": ""})
        body = answer.json() if answer.status_code == 200 else None
        token = body.get("access_token") if isinstance(body, dict) else None
        assert isinstance(token, str), (
            f"a user who registers at {REGISTER} gets a token at {TOKEN}: "
            'status 200 and {"access_token": ..., "token_type": "bearer"}'
        )
    except BaseException:
        for exchange in client.exchanges:
            told.append(exchange)
        raise
    finally:
        client.exchanges = told
    return {"Authorization": f"Bearer {token}"}


def log_in(client: RecordingClient, person: str) -> None:
    """Send a token with every request of a client; if no user can log in (yet), it stays anonymous."""
    with suppress(Exception):
        client.headers.update(login(client, person))


@contextmanager
def cheap_hashes() -> Iterator[None]:
    """Argon2 at its smallest cost, so that many people can register in little time.

    What is made here verifies like any other hash, and does not ask for an upgrade while this lasts.
    """
    from argon2 import PasswordHasher

    cheapest = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    make = PasswordHasher.hash

    def hash_cheaply(_: PasswordHasher, password: str | bytes, *, salt: bytes | None = None) -> str:
        return make(cheapest, password, salt=salt)

    def is_content(_: PasswordHasher, hash: str | bytes) -> bool:
        return False

    with (
        patch.object(PasswordHasher, "hash", hash_cheaply),
        patch.object(PasswordHasher, "check_needs_rehash", is_content),
    ):
        yield
