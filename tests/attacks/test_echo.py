"""No value of a request comes back in a 422: each field of each operation of the finished service is tried.

What may come back is the name of an unknown field, in `loc`, and the path, in `instance`: app/problems.py.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.attacks.acts import put_up, visit
from tests.attacks.houses import Street

SECRET = "hunter2"
VALUES = (
    SECRET,
    f"({SECRET})@example.com",
    f"{SECRET} <a@{SECRET}.test>",
    f"a@{SECRET}.{SECRET}-",
    f"2031-05-01T{SECRET}",
    f"1.{SECRET}",
    f'"{SECRET}',
    [SECRET],
    {"amount": SECRET},
)
"""What no field of Gavel takes, for reasons that differ."""
TELLING = ("'('", "')'", "not 7", "SPACE")
"""What validators tell of a value: its characters, its length."""


def fields(schema: dict[str, Any], schemas: dict[str, Any]) -> Iterator[str]:
    """The names of the fields of a body, also of those in a union."""
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    yield from schema.get("properties", {})
    for each in (*schema.get("oneOf", ()), *schema.get("anyOf", ())):
        yield from fields(each, schemas)


def requests(described: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """One request for each field of each operation and each value."""
    schemas = described["components"]["schemas"]
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            where = method.upper(), path.replace("{lot_id}", "1")
            for parameter in operation.get("parameters", ()):
                if parameter["in"] == "query":
                    for value in VALUES:
                        yield *where, {"params": {parameter["name"]: str(value)}, "json": {}}
            for media_type, body in operation.get("requestBody", {}).get("content", {}).items():
                kind = "json" if media_type == "application/json" else "data"
                for name in {*fields(body["schema"], schemas)}:
                    for value in VALUES:
                        yield *where, {kind: {name: value if kind == "json" else str(value)}}


@pytest.mark.parametrize("defence", ["", "silence-about-what-was-sent"])
def test_no_value_of_a_request_comes_back(street: Street, defence: str) -> None:
    """Without the defence, which is a service that repeats them, values are found."""
    house = street.without(defence) if defence else street.finished()
    app = house.create_app(login_attempts=10**6, registrations=10**6)
    found, count = [], 0
    with visit(house, app) as client:
        put_up(client)
        for method, path, sent in requests(app.openapi()):
            response = client.request(method, path, **sent)
            if response.status_code == 422:
                count += 1
                body = response.json()
                told = json.dumps([each | {"loc": []} for each in body.get("errors") or body["detail"]])
                found += [(method, path, sent, told) for each in (SECRET, *TELLING) if each in told]
    assert count > 300
    assert bool(found) == bool(defence), found[:3]
