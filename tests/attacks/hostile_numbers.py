"""Numbers, amounts and dates that are none, or too large for those who must keep them.

CWE-190 is integer overflow, CWE-1284 a quantity that nobody validated, CWE-20 any input that nobody did.
"""

from typing import Any

from course.engine.checkpoint.service import Service
from tests.attacks.acts import CLOCK, LOTS, bid, put_up, try_lot, visit
from tests.attacks.case import attack


@attack("CWE-190", without="bounds-of-numbers", wins=500, refused=422)
def a_lot_is_asked_for_whose_number_has_more_than_64_bits(house: Service) -> int:
    with visit(house, person=None) as client:
        return client.get(f"{LOTS}/{2**63}").status_code


@attack("CWE-190", without="bounds-of-numbers", wins=500, refused=422)
def a_page_is_asked_for_whose_number_has_more_than_64_bits(house: Service) -> int:
    with visit(house, person=None) as client:
        return client.get(f"{LOTS}?offset={2**64}").status_code


@attack("CWE-190", without="bounds-of-numbers", wins=500, refused=422)
def a_page_of_bids_is_asked_for_whose_number_has_more_than_64_bits(house: Service) -> int:
    with visit(house) as client:
        return client.get(f"{put_up(client)}/bids?offset={2**64}").status_code


@attack("CWE-190", without="bounds-of-numbers", wins=201, refused=422)
def a_lot_is_higher_than_a_number_of_64_bits_can_say(house: Service) -> int:
    with visit(house) as client:
        dimensions = {"height": 10**30, "width": 1, "depth": 1}
        return client.post(LOTS, json={**CLOCK, "dimensions": dimensions}).status_code


@attack("CWE-190", without="caught-reading", wins=500, refused=400)
def a_number_has_five_thousand_digits(house: Service) -> int:
    """Python reads no longer ones, and says so; the defence is FastAPI's, which answers 400."""
    with visit(house) as client:
        return _sent(client, f'"starting_price": {"9" * 5000}')


@attack("CWE-1284", without="bounds-of-money", wins=500, refused=422)
def somebody_bids_an_amount_that_is_not_a_number(house: Service) -> int:
    with visit(house) as client:
        return bid(client, put_up(client), "NaN", house.login(client, "ada"))


@attack("CWE-1284", without="bounds-of-money", wins=500, refused=422)
def somebody_bids_infinity(house: Service) -> int:
    with visit(house) as client:
        return bid(client, put_up(client), "Infinity", house.login(client, "ada"))


@attack("CWE-1284", without="bounds-of-money", wins=[500, 500, 500], refused=[422, 422, 422])
def a_price_is_one_of_the_words_that_pythons_json_knows_and_json_does_not(house: Service) -> list[int]:
    with visit(house) as client:
        return [_sent(client, f'"starting_price": {word}') for word in ("NaN", "Infinity", "-Infinity")]


@attack("CWE-1284", without="bounds-of-money", wins=500, refused=422)
def a_catalogue_is_asked_for_up_to_an_infinite_price(house: Service) -> int:
    with visit(house, person=None) as client:
        return client.get(f"{LOTS}?max_price=Infinity").status_code


@attack("CWE-1284", without="bounds-of-money", wins=500, refused=422)
def a_price_has_a_million_zeros_in_seven_letters(house: Service) -> int:
    return try_lot(house, {"starting_price": "1e99999"})


@attack("CWE-1284", without="bounds-of-money", wins=500, refused=422)
def a_price_has_a_tenth_of_a_cent(house: Service) -> int:
    return try_lot(house, {"starting_price": "25.001"})


@attack("CWE-1284", without="bounds-of-money", wins=201, refused=422)
def a_lot_is_put_up_for_less_than_nothing(house: Service) -> int:
    return try_lot(house, {"starting_price": "-5.00"})


@attack("CWE-1284", without="bounds-of-money", wins="26.00", refused=None)
def each_bid_may_be_lower_than_the_one_before(house: Service) -> str | None:
    with visit(house) as client:
        answer = client.post(LOTS, json={**CLOCK, "min_raise": "-24.00"})
        if answer.status_code != 201:
            return None
        lot = answer.headers["location"]
        bid(client, lot, "50.00", house.login(client, "ada"))
        bid(client, lot, "26.00", house.login(client, "mallory"))
        price: str = client.get(lot).json()["price"]
        return price


@attack("CWE-1284", without="bounds-of-time", wins=500, refused=422)
def a_lot_closes_after_the_end_of_the_calendar(house: Service) -> int:
    with visit(house) as client:
        late = "9999-12-31T23:59:59-14:00"
        return client.post(LOTS, json={**CLOCK, "closes_at": late}).status_code


@attack("CWE-1284", without="bounds-of-time", wins=201, refused=422)
def a_lot_closes_before_it_opens(house: Service) -> int:
    with visit(house) as client:
        times = {"opens_at": "2031-05-02T10:00:00Z", "closes_at": "2031-05-01T10:00:00Z"}
        return client.post(LOTS, json={**CLOCK, **times}).status_code


def _sent(client: Any, member: str) -> int:
    """The answer to a lot with a member that no JSON library would write."""
    body = f'{{"title": "A clock", "category": "clocks", {member}}}'
    answer = client.post(LOTS, content=body, headers={"Content-Type": "application/json"})
    return int(answer.status_code)
