"""API3:2023, broken object property level authorization: fields that are not the caller's to write or read.

https://owasp.org/API-Security/editions/2023/en/0xa3-broken-object-property-level-authorization/
"""

from course.engine.checkpoint.logins import PASSWORD, REGISTER
from course.engine.checkpoint.service import Service
from tests.attacks.acts import CLOCK, LOTS, bid, put_up, visit
from tests.attacks.case import attack


@attack("API3:2023", without="fields-that-nobody-knows", wins="staff", refused=None)
def somebody_registers_as_a_member_of_the_staff(house: Service) -> str | None:
    new = {"email": "mallory@example.com", "name": "mallory", "password": PASSWORD, "role": "staff"}
    with visit(house, person=None) as client:
        role: str | None = client.post(REGISTER, json=new).json().get("role")
        return role


@attack("API3:2023", without="fields-that-nobody-knows", wins="seller", refused=None)
def a_lot_is_put_up_in_the_name_of_another(house: Service) -> str | None:
    with visit(house) as client:
        mallory = house.login(client, "mallory")
        answer = client.post(LOTS, json={**CLOCK, "seller_id": 1}, headers=mallory).json()
        name: str | None = answer.get("seller", {}).get("name")
        return name


@attack("API3:2023", without="fields-that-nobody-knows", wins="9999.00", refused="25.00")
def a_seller_writes_the_price_of_a_lot_that_bids_alone_may_write(house: Service) -> str:
    with visit(house) as client:
        lot = put_up(client)
        client.patch(lot, json={"price": "9999.00", "bid_count": 40})
        price: str = client.get(lot).json()["price"]
        return price


@attack("API3:2023", without="fields-that-nobody-knows", wins="ada", refused=None)
def somebody_bids_in_the_name_of_another(house: Service) -> str | None:
    with visit(house) as client:
        lot = put_up(client)
        house.login(client, "ada")
        mallory = house.login(client, "mallory")
        client.post(f"{lot}/bids", json={"amount": "30.00", "bidder_id": 2}, headers=mallory)
        bids = client.get(f"{lot}/bids").json()["items"]
        return bids[0]["bidder"]["name"] if bids else None


@attack("API3:2023", without="shapes-of-answers", wins=True, refused=False)
def the_secret_minimum_is_read_with_the_lot(house: Service) -> bool:
    with visit(house) as client:
        lot = put_up(client, reserve_price="77.31")
        return "77.31" in client.get(lot).text + client.get(LOTS).text


@attack("API3:2023", without="silence-about-what-was-sent", wins=True, refused=False)
def the_secret_minimum_is_read_in_the_words_of_an_error(house: Service) -> bool:
    with visit(house) as client:
        lot = put_up(client, reserve_price="77.31")
        return "77.31" in client.patch(lot, json={"starting_price": "80.00"}).text


@attack("API3:2023", without="shapes-of-answers", wins=True, refused=False)
def the_address_of_a_seller_is_read_with_the_lot(house: Service) -> bool:
    with visit(house) as client:
        return "seller@example.com" in client.get(put_up(client)).text


@attack("API3:2023", without="shapes-of-answers", wins=True, refused=False)
def somebody_reads_the_hash_of_their_password(house: Service) -> bool:
    with visit(house) as client:
        return "$argon2" in client.get("/auth/me").text


@attack("API3:2023", without="silence-about-what-was-sent", wins=True, refused=False)
def a_password_comes_back_in_the_words_of_an_error(house: Service) -> bool:
    new = {"email": "ada@example.com", "name": "ada", "password": "my own pw"}
    with visit(house, person=None) as client:
        return "my own pw" in client.post(REGISTER, json=new).text


@attack("API3:2023", without="closed-envelopes", wins=["40.00", "40.00"], refused=[None, None])
def what_others_bid_is_read_before_the_envelopes_are_opened(house: Service) -> list[str | None]:
    with visit(house) as client:
        lot, ada = put_up(client, kind="sealed"), house.login(client, "ada")
        placed = client.post(f"{lot}/bids", json={"amount": "40.00"}, headers=ada).json()
        listed = client.get(f"{lot}/bids").json()["items"][0]
        return [each.get("amount") for each in (placed, listed)]


@attack("API3:2023", without="closed-envelopes", wins="40.00", refused="25.00")
def the_price_of_a_lot_tells_what_lies_in_the_envelopes(house: Service) -> str:
    with visit(house) as client:
        lot, ada = put_up(client, kind="sealed"), house.login(client, "ada")
        bid(client, lot, "40.00", ada)
        price: str = client.get(lot).json()["price"]
        return price
