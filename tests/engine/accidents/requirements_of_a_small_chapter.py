"""The requirements that every learner's program in this folder is checked against."""

import time

from course.engine.checkpoint.requirements import requirement
from course.engine.checkpoint.service import Service


@requirement(hints=("What answers at `/`?",))
def test_the_service_says_its_name(service: Service) -> None:
    """`GET /` says the name of the service."""
    with service.client() as client:
        answer = client.get("/")
    assert answer.status_code == 200, "the front door answers 200"
    assert answer.json().get("service") == "Gavel", "the answer names the service"


@requirement(hints=("Where is a lot kept?",))
def test_a_lot_that_was_listed_can_be_read(service: Service) -> None:
    """A lot listed with `POST /lots` is what `GET /lots/{id}` answers."""
    with service.client() as client:
        for title in ("Brass sextant", f"Lot of {time.time_ns()}"):
            listed = client.post("/lots", json={"title": title})
            assert listed.status_code == 201, "a lot that was listed answers 201"
            read = client.get(f"/lots/{listed.json()['id']}")
            assert read.json().get("title") == title, "the title is the one that was sent"


@requirement(hints=("What is `/health` for?",))
def test_health_answers_ok(service: Service) -> None:
    """`GET /health` answers 200 while the service is well."""
    with service.client() as client:
        answer = client.get("/health")
    assert answer.status_code == 200, "a service that is well answers 200"
