"""One setting moves Gavel to another database: the newest checkpoint, on PostgreSQL."""

from pathlib import Path

import pytest

from course.engine import chapters
from course.engine.checkpoint.service import Service

LOTS = "/api/v1/lots"
PNG = b"\x89PNG\r\n\x1a\n and the rest"


@pytest.fixture
def service(tmp_path: Path) -> Service:
    newest = chapters.numbered()[-1].checkpoint
    return Service(f"app_checkpoints.{newest.name}.app", newest, tmp_path)


def test_lots_and_photos_are_kept_by_postgresql(service: Service, postgresql: str) -> None:
    clock = {"title": "Straßenuhr", "category": "clocks", "starting_price": "25.10", "reserve_price": "90"}
    with service.client(database_url=postgresql) as client:
        assert client.get("/health").json()["status"] == "ok"
        made = client.post(LOTS, json=clock)
        assert made.status_code == 201
        path = made.headers["location"]
        assert client.put(f"{path}/photo", files={"photo": ("c.png", PNG, "image/png")}).status_code == 204
    with service.client(database_url=postgresql) as again:
        kept = again.get(path).json()
        assert (kept["title"], kept["starting_price"]) == ("Straßenuhr", "25.10")
        assert kept["created_at"] == made.json()["created_at"]
        assert again.get(kept["photo_url"]).content == PNG
        assert [lot["id"] for lot in again.get(f"{LOTS}?search=STRASSE").json()["items"]] == [kept["id"]]
        assert again.delete(path).status_code == 204
        assert again.get(f"{path}/photo").status_code == 404


def test_the_largest_number_that_a_lot_may_have_is_asked_for_in_vain(
    service: Service, postgresql: str
) -> None:
    with service.client(database_url=postgresql) as client:
        assert client.get(f"{LOTS}/{2**63 - 1}").status_code == 404
        assert client.get(f"{LOTS}?offset={2**63 - 1}").json()["items"] == []
