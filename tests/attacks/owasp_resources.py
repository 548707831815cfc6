"""API4:2023, unrestricted resource consumption: asking for, or bringing, more than anybody needs.

https://owasp.org/API-Security/editions/2023/en/0xa4-unrestricted-resource-consumption/
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from course.engine.checkpoint.logins import PASSWORD, REGISTER
from course.engine.checkpoint.service import Service
from tests.attacks import wire
from tests.attacks.acts import CLOCK, LOTS, PNG, put_up, visit
from tests.attacks.case import attack

MEBIBYTE = 1024**2
JSON = (b"content-type", b"application/json")


def _ten_mebibytes() -> Iterator[bytes]:
    """A registration with a long name, a piece after the other."""
    yield b'{"email": "ada@example.com", "password": "correct horse battery staple", "name": "'
    for _ in range(10):
        yield b"a" * MEBIBYTE
    yield b'"}'


def _bring(house: Service, *headers: tuple[bytes, bytes]) -> tuple[int, int]:
    with visit(house, person=None) as client:

        async def register() -> wire.Answer:
            return await wire.ask(client, "POST", REGISTER, [JSON, *headers], _ten_mebibytes())

        answer = wire.call(client, register)
        return answer.status, answer.taken // MEBIBYTE


@attack("API4:2023", without="an-end-to-bodies", wins=(422, 10), refused=(413, 0))
def a_body_of_ten_mebibytes_is_announced_and_brought(house: Service) -> tuple[int, int]:
    length = str(sum(len(piece) for piece in _ten_mebibytes())).encode()
    return _bring(house, (b"content-length", length))


@attack("API4:2023", without="an-end-to-bodies", wins=(422, 10), refused=(413, 2))
def a_body_of_ten_mebibytes_comes_in_chunks_and_says_nothing_of_its_size(house: Service) -> tuple[int, int]:
    return _bring(house, (b"transfer-encoding", b"chunked"))


@attack("API4:2023", without="an-end-to-bodies", wins=(422, 10), refused=(413, 2))
def a_body_of_ten_mebibytes_says_that_it_has_ten_bytes(house: Service) -> tuple[int, int]:
    return _bring(house, (b"content-length", b"10"))


@attack("API4:2023", without="an-end-to-photos", wins=204, refused=413)
def a_photo_of_more_than_a_mebibyte_is_hung_up(house: Service) -> int:
    with visit(house) as client:
        photo = ("a.png", PNG + b"." * (MEBIBYTE + 1), "image/png")
        return client.put(f"{put_up(client)}/photo", files={"photo": photo}).status_code


@attack("API4:2023", without="an-end-to-parts", wins=422, refused=400)
def a_form_of_two_thousand_parts_is_taken_apart(house: Service) -> int:
    with visit(house) as client:
        parts = [("part", (None, "x")) for _ in range(2000)]
        return client.put(f"{put_up(client)}/photo", files=parts).status_code


@attack("API4:2023", without="pages", wins=200, refused=422)
def somebody_asks_for_the_whole_catalogue_on_one_page(house: Service) -> int:
    with visit(house, person=None) as client:
        return client.get(f"{LOTS}?limit=1000000").status_code


@attack("API4:2023", without="pages", wins=200, refused=422)
def somebody_asks_for_all_bids_on_one_page(house: Service) -> int:
    with visit(house) as client:
        return client.get(f"{put_up(client)}/bids?limit=1000000").status_code


@attack("API4:2023", without="an-end-to-texts", wins=201, refused=422)
def a_title_has_a_million_letters(house: Service) -> int:
    with visit(house) as client:
        return client.post(LOTS, json={**CLOCK, "title": "a" * 10**6}).status_code


@attack("API4:2023", without="an-end-to-texts", wins=201, refused=422)
def a_lot_had_ten_thousand_owners(house: Service) -> int:
    with visit(house) as client:
        return client.post(LOTS, json={**CLOCK, "provenance": [{"name": "Ada"}] * 10_000}).status_code


@attack("API4:2023", without="a-throttle", wins=201, refused=429)
def one_address_registers_one_person_after_another(house: Service) -> int:
    with visit(house, person=None, registrations=5) as client:
        people = [f"person{number}" for number in range(6)]
        new = [{"email": f"{each}@example.com", "name": each, "password": PASSWORD} for each in people]
        return [client.post(REGISTER, json=each).status_code for each in new][-1]


@attack("API4:2023", without="an-end-to-texts", wins=201, refused=422)
def a_password_of_a_mebibyte_is_to_be_hashed(house: Service) -> int:
    new = {"email": "ada@example.com", "name": "ada", "password": PASSWORD * 40_000}
    with visit(house, person=None) as client:
        return client.post(REGISTER, json=new).status_code


@attack("API4:2023", without="caught-reading", wins=500, refused=400)
def json_is_nested_a_hundred_thousand_times(house: Service) -> int:
    """The defence is FastAPI's: it answers 400 to whatever goes wrong while a body is read."""
    with visit(house) as client:
        deep = b'{"provenance":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
        return client.post(LOTS, content=deep, headers={"Content-Type": "application/json"}).status_code


@attack("API4:2023", without="bounded-memory", wins=30_000, refused=10_000)
def the_service_is_made_to_remember_thirty_thousand_addresses(house: Service) -> int:
    throttle = house.module("throttle").Throttle(timedelta(minutes=5))
    for number in range(30_000):
        throttle.take({f"as person{number}@example.com": 10}, datetime(2031, 5, 1, tzinfo=UTC))
        if hasattr(throttle, "remember"):
            throttle.note_success(f"as person{number}@example.com")
    return max(len(each) for each in vars(throttle).values() if hasattr(each, "__len__"))


@attack("API4:2023", without="bounded-memory", wins=True, refused=False)
def the_service_is_made_to_remember_an_address_of_a_hundred_thousand_letters(house: Service) -> bool:
    seen: list[str] = []
    throttle = house.module("throttle").Throttle
    take = throttle.take

    def overheard(self: object, limits: dict[str, int], *more: object) -> object:
        seen.extend(limits)
        return take(self, limits, *more)

    with visit(house, person=None) as client:
        try:
            throttle.take = overheard
            form = {"username": "a" * 100_000, "password": "a password"}
            client.post("/auth/token", data=form)
        finally:
            throttle.take = take
    return max(map(len, seen)) > 1000


@attack("API4:2023", without="an-end-to-errors", wins=True, refused=False)
def a_small_request_with_many_faults_is_answered_at_great_length(house: Service) -> bool:
    with visit(house) as client:
        many = {**CLOCK, **{f"f{number}": 0 for number in range(5000)}}
        sent = json.dumps(many)
        return len(client.post(LOTS, json=many).content) > len(sent)
