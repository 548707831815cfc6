"""The course's own service of an earlier chapter, in the learner's kernel."""

import sys
from typing import Any

from fastapi.testclient import TestClient

from course import service_after


def test_two_chapters_run_side_by_side_and_neither_is_app() -> None:
    found: dict[int, Any] = {number: service_after(number)().openapi()["paths"] for number in (2, 5)}
    assert "/auth/token" in found[5]
    assert "/auth/token" not in found[2]
    assert "app" not in sys.modules


def test_it_is_the_same_service_each_time() -> None:
    assert service_after(2) is service_after(2)
    with TestClient(service_after(2)()) as client:
        assert client.get("/api/v1/lots").json()["total"] == 0
