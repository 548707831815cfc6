"""The finished service keeps what its own description promises, whatever it is sent.

schemathesis reads the OpenAPI, makes requests of it that fit and requests that do not, alone and one after
the other, and holds each answer against what is documented, with all its checks. What the description cannot
say stands in the checkpoint's `schemathesis.toml`, with the reasons; its README has the command that does the
same over the wire.
"""

import re
import tomllib
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.core.result import Ok
from schemathesis.engine import Status, events, from_schema
from schemathesis.engine.recorder import CheckNode
from schemathesis.python import asgi
from schemathesis.schemas import BaseSchema

from course.engine.checkpoint.logins import PASSWORD, REGISTER, TOKEN, email_of
from course.engine.checkpoint.service import Service
from tests.attacks.acts import CLOCK, LOTS, PNG, Clock
from tests.attacks.houses import Street
from tests.fixtures import drawing

SEED = 20310501 if drawing.SEED is None else drawing.SEED
"""The same requests in every run. `course test --explore` takes another seed and prints it."""
EXAMPLES = 20
"""Requests of each operation that are drawn, beside those that try each rule of its description."""
UNLIMITED = {"login_attempts": 10**9, "network_attempts": 10**9, "registrations": 10**9}

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
                for checks in event.recorder.checks.values():
                    self.found += [_told(check) for check in checks if check.status is Status.FAILURE]
            case events.NonFatalError():
                self.found.append(f"{event.label}: {event.value!r}")
            case events.FatalError():
                raise event.exception
            case events.EngineFinished():
                self.found += [f"{each.operation}: {each.title}: {each.message}" for each in event.failures]


def _told(check: CheckNode) -> str:
    """What a check found, in words."""
    if check.failure_info is None:
        return check.name
    failure = check.failure_info.failure
    return f"{failure.operation}: {failure.title}: {failure.message} {check.failure_info.code_sample}"


def examine(service: Service, path: str | None = None) -> Run:
    """One run against a service with some lots in it; where a path is given, what is quick, on that alone."""
    # A clock that stands still: times in responses go into later requests.
    app = Clock().rule(service, environment="production", **UNLIMITED)
    written = tomllib.loads((service.folder / "schemathesis.toml").read_text(encoding="utf-8"))
    config = SchemathesisConfig.from_dict({"seed": SEED, **written})
    config.projects.default.generation.deterministic = drawing.SEED is None
    config.projects.default.generation.max_examples = EXAMPLES
    with asgi.get_client(app) as client:  # type: ignore[arg-type]
        for person in ("examiner", "seller"):
            create_lots(client, person)
    schema = schemathesis.openapi.from_asgi("/openapi.json", app, config=config)
    schema.hook(map_path_parameters)
    schema.hook(rising_bids())
    chosen: BaseSchema = schema
    if path is not None:
        phases = config.projects.default.phases
        phases.fuzzing.enabled = phases.stateful.enabled = False
        chosen = schema.include(path=path)
    run = Run({each.ok().label for each in chosen.get_all_operations() if isinstance(each, Ok)})
    for event in from_schema(chosen).execute():
        run.note(event)
    asgi.shutdown_lifespans()
    return run


@pytest.fixture(scope="module")
def run(street: Street) -> Run:
    """One run against the finished service."""
    return examine(street.finished())


def create_lots(client: Any, person: str) -> None:
    """Register a user, who creates a lot of each kind, with a photo."""
    client.post(REGISTER, json={"email": email_of(person), "name": person, "password": PASSWORD})
    token = client.post(TOKEN, data={"username": email_of(person), "password": PASSWORD}).json()
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    for kind in ("ascending", "sealed"):
        lot = client.post(LOTS, json={**CLOCK, "kind": kind}, headers=headers).headers["location"]
        photo = {"photo": ("a.png", PNG, "image/png")}
        assert client.put(f"{lot}/photo", files=photo, headers=headers).status_code == 204


def map_path_parameters(context: Any, path_parameters: dict[str, Any] | None) -> dict[str, Any] | None:
    """Let most requests be about a lot that exists, and most bids about one of the other seller: 3 or 4."""
    lot = (path_parameters or {}).get("lot_id")
    if isinstance(lot, int) and 1 <= lot < 2**63:
        chosen = 3 + lot % 2 if context.operation.path.endswith("/bids") and lot % 4 else 1 + lot % 5
        return {**(path_parameters or {}), "lot_id": chosen}
    return path_parameters


def rising_bids() -> Callable[[Any, Any], Any]:
    """A hook that makes every second bid with a valid amount higher than all before: some are accepted."""
    numbers = count(100)

    def map_body(context: Any, body: Any) -> Any:
        amount = body.get("amount") if isinstance(body, dict) and body.keys() == {"amount"} else None
        valid = isinstance(amount, str) and re.fullmatch(r"[1-9][0-9]{0,9}(\.[0-9]{1,2})?", amount)
        if valid and (number := next(numbers)) % 2:
            return {"amount": f"{100 * number}.00"}
        return body

    return map_body


def test_the_service_keeps_what_its_description_promises(run: Run) -> None:
    assert run.found == []


def test_every_operation_did_what_it_is_for_and_refused_what_it_is_not_for(run: Run) -> None:
    done = {label for label, statuses in run.statuses.items() if any(each < 400 for each in statuses)}
    assert run.operations - done == TOO_HARD
    refused = {label for label, statuses in run.statuses.items() if any(each >= 400 for each in statuses)}
    assert run.operations - refused == set()
    assert sum(len(statuses) for statuses in run.statuses.values()) > 1000


def test_a_service_that_repeats_what_was_sent_is_found_out(street: Street) -> None:
    run = examine(street.without("silence-about-what-was-sent"), "/auth/register")
    assert any("Undocumented Content-Type" in each for each in run.found)
