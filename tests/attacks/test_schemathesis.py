"""The finished service keeps what its own description promises, whatever it is sent.

schemathesis reads the OpenAPI, makes requests of it that fit and requests that do not, alone and one after
the other, and holds each answer against what is documented, with all its checks. What the description cannot
say stands in the checkpoint's `schemathesis.toml`, with the reasons; its README has the command that does the
same over the wire.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.core.result import Ok
from schemathesis.engine import events, from_schema
from schemathesis.python import asgi

from course.checkpoint.people import PASSWORD, REGISTER, TOKEN, cheap_hashes, email_of
from course.checkpoint.service import Service
from tests.attacks.acts import CLOCK, LOTS, PNG
from tests.attacks.houses import checkpoint

EXAMPLES = 20
"""Requests of each operation that are drawn, beside those that try each rule of its description."""
UNLIMITED = {"login_attempts": 10**9, "registrations": 10**9}

TOO_HARD = {"PUT /api/v1/lots/{lot_id}/photo", "POST /auth/token"}
"""What never succeeds, as nobody makes a PNG or the password of somebody out of a description."""


@dataclass
class Run:
    """What came of one run: what was found, and with which statuses each operation answered."""

    operations: set[str] = field(default_factory=set)
    found: list[str] = field(default_factory=list)
    statuses: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def note(self, event: events.EngineEvent) -> None:
        """Take in what the engine says."""
        match event:
            case events.ScenarioFinished():
                for number, each in event.recorder.interactions.items():
                    if each.response is not None:
                        label = event.recorder.cases[number].value.operation.label
                        self.statuses[label].append(each.response.status_code)
            case events.NonFatalError():
                self.found.append(f"{event.label}: {event.value!r}")
            case events.FatalError():
                raise event.exception
            case events.EngineFinished():
                self.found += [f"{each.operation}: {each.title}: {each.message}" for each in event.failures]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """One run against the service, in which there are some lots already."""
    folder = checkpoint()
    service = Service(f"{folder.parent.name}.{folder.name}.app", folder, tmp_path_factory.mktemp("described"))
    app = service.create_app(environment="production", **UNLIMITED)
    config = SchemathesisConfig.from_path(folder / "schemathesis.toml")
    config.projects.default.generation.deterministic = True
    config.projects.default.generation.max_examples = EXAMPLES
    with cheap_hashes():
        with asgi.get_client(app) as client:  # type: ignore[arg-type]
            for person in ("examiner", "seller"):
                furnish(client, person)
        schema = schemathesis.openapi.from_asgi("/openapi.json", app, config=config)
        schema.hook(map_path_parameters)
        run = Run({each.ok().label for each in schema.get_all_operations() if isinstance(each, Ok)})
        for event in from_schema(schema).execute():
            run.note(event)
    asgi.shutdown_lifespans()
    return run


def furnish(client: Any, person: str) -> None:
    """Register somebody, who puts up a lot of each kind, with a photo."""
    client.post(REGISTER, json={"email": email_of(person), "name": person, "password": PASSWORD})
    token = client.post(TOKEN, data={"username": email_of(person), "password": PASSWORD}).json()
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    for kind in ("ascending", "sealed"):
        lot = client.post(LOTS, json={**CLOCK, "kind": kind}, headers=headers).headers["location"]
        photo = {"photo": ("a.png", PNG, "image/png")}
        assert client.put(f"{lot}/photo", files=photo, headers=headers).status_code == 204


def map_path_parameters(context: Any, path_parameters: dict[str, Any] | None) -> dict[str, Any] | None:
    """Let most requests be about a lot that is there: any number that fits could be its number."""
    lot = (path_parameters or {}).get("lot_id")
    if isinstance(lot, int) and 1 <= lot < 2**63:
        return {**(path_parameters or {}), "lot_id": 1 + lot % 5}
    return path_parameters


def test_the_service_keeps_what_its_description_promises(run: Run) -> None:
    assert run.found == []


def test_every_operation_did_what_it_is_for_and_refused_what_it_is_not_for(run: Run) -> None:
    done = {label for label, statuses in run.statuses.items() if any(each < 400 for each in statuses)}
    assert run.operations - done == TOO_HARD
    refused = {label for label, statuses in run.statuses.items() if any(each >= 400 for each in statuses)}
    assert run.operations - refused == set()
    assert sum(len(statuses) for statuses in run.statuses.values()) > 1000
