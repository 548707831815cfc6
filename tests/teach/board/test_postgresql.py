"""The board on PostgreSQL, by its one setting."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest


@pytest.fixture
def database(postgresql: str) -> str:
    """As people write such an address: without a driver."""
    return postgresql.replace("postgresql+asyncpg://", "postgresql://")


def test_a_room_on_postgresql_is_as_one_on_sqlite(opened: Callable[..., Any]) -> None:
    body = {
        "id": str(uuid4()),
        "chapter": "ch00_doors",
        "ran": True,
        "results": [{"requirement": "test_door", "holds": False, "misconception": "door-ajar"}],
    }
    with opened() as board:
        ada = board.join("Ada")
        taken = board.client.post("/api/v1/members", json={"code": "ROOM2345", "name": "ada"})
        assert (taken.status_code, taken.json()["suggestion"]) == (409, "ada 2")
        assert [ada.post(body).status_code for _ in range(2)] == [201, 200]
        request = {"id": str(uuid4()), "chapter": "ch00_doors", "question": "Why?", "code": []}
        assert [ada.post(request, "help").status_code for _ in range(2)] == [201, 200]
        before = board.picture()
        assert before["misconceptions"][0]["people"] == 1
    with opened() as board:
        assert {**board.picture(), "now": None} == {**before, "now": None}
        (person,) = board.teacher("GET", "/export.json").json()["people"]
        assert person["checks"][0]["results"] == body["results"]
        assert board.teacher("POST", "/close").status_code == 204
        assert board.teacher("DELETE", json={"name": "workshop"}).status_code == 204
        assert board.teacher("GET", "/export.json").json()["people"] == []
        assert board.client.get("/health").json()["database"] == "ok"
