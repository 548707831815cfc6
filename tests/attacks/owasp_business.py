"""API6:2023, unrestricted access to sensitive business flows: bidding against the rules of the house.

https://owasp.org/API-Security/editions/2023/en/0xa6-unrestricted-access-to-sensitive-business-flows/
"""

from datetime import timedelta

from course.engine.checkpoint.race import pause_after_reading
from course.engine.checkpoint.service import Service
from tests.attacks import wire
from tests.attacks.acts import Clock, bid, put_up, visit
from tests.attacks.case import attack


@attack("API6:2023", without="rules-of-bidding", wins=201, refused=403)
def a_seller_drives_up_the_price_of_their_own_lot(house: Service) -> int:
    with visit(house) as client:
        return bid(client, put_up(client), "30.00", {})


@attack("API6:2023", without="rules-of-bidding", wins=201, refused=409)
def somebody_bids_less_than_the_leader(house: Service) -> int:
    with visit(house) as client:
        lot = put_up(client)
        bid(client, lot, "50.00", house.login(client, "ada"))
        return bid(client, lot, "26.00", house.login(client, "mallory"))


@attack("API6:2023", without="rules-of-bidding", wins=201, refused=409)
def somebody_takes_the_lead_with_the_bid_of_the_leader(house: Service) -> int:
    with visit(house) as client:
        lot = put_up(client)
        bid(client, lot, "50.00", house.login(client, "ada"))
        return bid(client, lot, "50.00", house.login(client, "mallory"))


@attack("API6:2023", without="rules-of-bidding", wins=201, refused=409)
def somebody_bids_when_the_hammer_has_fallen(house: Service) -> int:
    clock = Clock()
    with visit(house, clock.rule(house)) as client:
        lot, mallory = put_up(client), house.login(client, "mallory")
        clock.now += timedelta(days=7)
        return bid(client, lot, "30.00", mallory)


@attack("API6:2023", without="rules-of-bidding", wins=201, refused=409)
def somebody_bids_before_everybody_else_may(house: Service) -> int:
    clock = Clock()
    with visit(house, clock.rule(house)) as client:
        lot = put_up(client, opens_at=(clock.now + timedelta(seconds=1)).isoformat())
        return bid(client, lot, "30.00", house.login(client, "mallory"))


@attack("API6:2023", without="one-guarded-update", wins=[201] * 5, refused=[201, 409, 409, 409, 409])
def five_bids_of_one_amount_win_at_one_moment(house: Service) -> list[int]:
    with visit(house) as client:
        lot = put_up(client)
        headers = [(b"content-type", b"application/json")]
        who = [house.login(client, f"bidder{number}")["Authorization"].encode() for number in range(5)]

        async def place(token: bytes) -> int:
            answer = await wire.ask(
                client, "POST", f"{lot}/bids", [*headers, (b"authorization", token)], [b'{"amount":"30.00"}']
            )
            return answer.status

        bids = [lambda token=token: place(token) for token in who]
        with pause_after_reading():  # as in chapter 7: all read before one writes
            return sorted(wire.call(client, wire.together, *bids))


@attack("API6:2023", without="what-was-bid-on-stays", wins=404, refused=200)
def a_seller_takes_back_a_lot_that_brings_too_little(house: Service) -> int:
    with visit(house) as client:
        lot = put_up(client)
        bid(client, lot, "26.00", house.login(client, "ada"))
        client.delete(lot)
        return client.get(lot).status_code


@attack("API6:2023", without="what-was-bid-on-stays", wins=200, refused=409)
def a_seller_changes_the_terms_when_somebody_has_bid(house: Service) -> int:
    with visit(house) as client:
        lot = put_up(client)
        bid(client, lot, "26.00", house.login(client, "ada"))
        return client.patch(lot, json={"min_raise": "5000.00"}).status_code


@attack("API6:2023", without="what-was-bid-on-stays", wins=200, refused=409)
def a_seller_makes_another_thing_of_a_lot_when_somebody_has_bid(house: Service) -> int:
    with visit(house) as client:
        lot = put_up(client)
        bid(client, lot, "26.00", house.login(client, "ada"))
        return client.patch(lot, json={"title": "A box of matches"}).status_code


@attack("API6:2023", without="what-was-bid-on-stays", wins="open", refused="closed")
def a_seller_opens_a_lot_again_that_was_knocked_down_too_cheaply(house: Service) -> str:
    clock = Clock()
    with visit(house, clock.rule(house)) as client:
        lot = put_up(client)
        bid(client, lot, "26.00", house.login(client, "ada"))
        clock.now += timedelta(days=7)
        seller = house.login(client, "seller")
        client.patch(lot, json={"closes_at": (clock.now + timedelta(days=7)).isoformat()}, headers=seller)
        status: str = client.get(lot).json()["status"]
        return status
