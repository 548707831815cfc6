"""What attackers and their victims do, in few words."""

from datetime import UTC, datetime
from typing import Any

from fastapi import FastAPI

from course.engine.checkpoint.logins import PASSWORD, email_of
from course.engine.checkpoint.recording import RecordingClient
from course.engine.checkpoint.service import Service

LOTS = "/api/v1/lots"
CLOCK = {"title": "A clock", "category": "clocks", "starting_price": "25.00"}
PNG = b"\x89PNG\r\n\x1a\n and the rest"


def visit(house: Service, app: FastAPI | None = None, **settings: Any) -> RecordingClient:
    """A client as which "seller" is logged in. A service that breaks answers 500, as it does on the wire."""
    return house.client(app, raise_server_exceptions=False, **settings)


def put_up(client: RecordingClient, **facts: Any) -> str:
    """Put up a lot; the path under which it is."""
    answer = client.post(LOTS, json={**CLOCK, **facts})
    assert answer.status_code == 201, answer.text
    return str(answer.headers["location"])


def try_lot(house: Service, facts: dict[str, Any]) -> int:
    """Try to create a lot with these fields; the status code."""
    with visit(house) as client:
        return client.post(LOTS, json={**CLOCK, **facts}).status_code


def bid(client: RecordingClient, lot: str, amount: Any, headers: dict[str, str]) -> int:
    """Bid on a lot; the status of the answer."""
    return client.post(f"{lot}/bids", json={"amount": amount}, headers=headers).status_code


def try_password(client: RecordingClient, email: str, password: str, **headers: str) -> int:
    """Try to log in; the status of the answer."""
    form = {"username": email, "password": password}
    return client.post("/auth/token", data=form, headers={"Authorization": "", **headers}).status_code


def log_in(client: RecordingClient, person: str, scope: str = "") -> dict[str, str]:
    """Log in somebody who is registered; the header that says who they are."""
    form = {"username": email_of(person), "password": PASSWORD, "scope": scope}
    token = client.post("/auth/token", data=form, headers={"Authorization": ""}).json()["access_token"]
    return {"Authorization": f"Bearer {token}"}


class Clock:
    """A time of day that stands still until it is set."""

    def __init__(self) -> None:
        self.now = datetime(2031, 5, 1, 20, 0, tzinfo=UTC)

    def rule(self, house: Service, **settings: Any) -> FastAPI:
        """An app of this house for which it is as late as this clock says."""
        app = house.create_app(**settings)
        app.dependency_overrides[house.module("dependencies").get_clock] = lambda: lambda: self.now
        return app
