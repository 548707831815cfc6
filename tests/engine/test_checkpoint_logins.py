"""A checkpoint's client logs in where the service asks who is there, and costs a learner no second for it."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI, Form, Header, HTTPException

from course.engine.checkpoint.logins import PASSWORD, cheap_hashes, email_of
from course.engine.checkpoint.service import Service

Users = dict[str, str]


@pytest.fixture
def service(tmp_path: Path) -> Service:
    return Service("app", tmp_path, tmp_path)


def house(users: Users, token: Callable[[str], object] = lambda name: f"of {name}") -> FastAPI:
    """A house with a door: it keeps the hash of each password."""
    app = FastAPI()

    @app.post("/auth/register", status_code=201)
    async def register(new: dict[str, str]) -> None:
        if new["email"] in users:
            raise HTTPException(409)
        users[new["email"]] = PasswordHasher().hash(new["password"])

    @app.post("/auth/token")
    async def log_in(username: Annotated[str, Form()], password: Annotated[str, Form()]) -> object:
        PasswordHasher().verify(users[username], password)
        return {"access_token": token(username), "token_type": "bearer"}

    @app.get("/who")
    async def who(authorization: Annotated[str, Header()] = "nobody") -> str:
        return authorization

    return app


def test_each_request_is_the_sellers_unless_another_is_named(service: Service) -> None:
    users: Users = {}
    with service.client(house(users)) as client:
        assert client.get("/who").json() == "Bearer of seller@example.com"
        ada = service.login(client, "ada")
        assert client.get("/who", headers=ada).json() == "Bearer of ada@example.com"
    with service.client(house(users), person="ada") as client:
        assert client.get("/who").json() == "Bearer of ada@example.com", "she is known, and may enter again"
    with service.client(house(users), person=None) as client:
        assert client.get("/who").json() == "nobody"
    assert users.keys() == {"seller@example.com", "ada@example.com"}


def test_a_house_without_a_door_is_entered_by_anybody(service: Service) -> None:
    app = FastAPI()
    app.get("/who")(lambda: "anybody")
    with service.client(app) as client:
        assert client.get("/who").json() == "anybody"
    assert [each.path for each in service.exchanges] == ["/who"]


def test_logging_in_is_not_part_of_the_story_unless_it_fails(service: Service) -> None:
    with service.client(house({})) as client:
        client.get("/who")
    assert [each.path for each in service.exchanges] == ["/who"]
    with service.client(house({}, token=lambda name: None)) as client:
        assert client.get("/who").json() == "nobody", "who cannot log in stays outside, and the test says why"
    assert [each.path for each in service.exchanges][1:] == ["/auth/register", "/auth/token", "/who"]


def test_whoever_asks_to_log_in_is_told_when_there_is_no_token(service: Service) -> None:
    with (
        service.client(house({}, token=lambda name: None), person=None) as client,
        pytest.raises(AssertionError, match="a user who registers at /auth/register gets a token"),
    ):
        service.login(client, "ada")


def test_a_cheap_hash_verifies_and_needs_no_upgrade_while_it_lasts() -> None:
    costly = PasswordHasher()
    with cheap_hashes():
        cheap = costly.hash(PASSWORD)
        assert not costly.check_needs_rehash(cheap)
    assert "m=8,t=1,p=1" in cheap
    assert costly.verify(cheap, PASSWORD)
    assert costly.check_needs_rehash(cheap), "outside everything is as the service made it"
    assert email_of("ada") == "ada@example.com"
