"""API5:2023, broken function level authorization: what somebody is not there for; API9:2023, inventory.

https://owasp.org/API-Security/editions/2023/en/0xa5-broken-function-level-authorization/
"""

from fastapi.routing import iter_route_contexts
from sqlalchemy import create_engine, text

from course.engine.checkpoint.service import DATABASE, Service
from tests.attacks.acts import CLOCK, LOTS, bid, log_in, put_up, visit
from tests.attacks.case import attack


@attack("API5:2023", without="the-door", wins=201, refused=401)
def somebody_who_is_not_logged_in_puts_up_a_lot(house: Service) -> int:
    with visit(house) as client:
        return client.post(LOTS, json=CLOCK, headers={"Authorization": ""}).status_code


@attack("API5:2023", without="the-door", wins=200, refused=401)
def somebody_who_is_not_logged_in_changes_a_lot(house: Service) -> int:
    with visit(house) as client:
        lot = put_up(client)
        return client.patch(lot, json={"title": "Free"}, headers={"Authorization": ""}).status_code


@attack("API5:2023", without="scopes", wins=201, refused=403)
def a_token_that_was_lent_for_bidding_puts_up_a_lot(house: Service) -> int:
    with visit(house) as client:
        return client.post(LOTS, json=CLOCK, headers=log_in(client, "seller", "bids:write")).status_code


@attack("API5:2023", without="scopes", wins=201, refused=403)
def a_token_that_was_lent_for_selling_bids(house: Service) -> int:
    with visit(house) as client:
        lot = put_up(client)
        house.login(client, "mallory")
        return bid(client, lot, "30.00", log_in(client, "mallory", "lots:write"))


@attack("API5:2023", without="scopes-of-the-role", wins=200, refused=403)
def a_member_asks_for_the_scope_of_the_staff_and_changes_a_lot(house: Service) -> int:
    with visit(house) as client:
        lot = put_up(client)
        house.login(client, "mallory")
        mallory = log_in(client, "mallory", "lots:write lots:manage")
        return client.patch(lot, json={"title": "Mallory's clock"}, headers=mallory).status_code


@attack("API5:2023", without="scopes-of-the-role", wins=200, refused=403)
def somebody_who_was_dismissed_from_the_staff_still_changes_lots(house: Service) -> int:
    with visit(house) as client:
        lot = put_up(client)
        house.login(client, "mallory")
        _employ(house, "staff")
        mallory = log_in(client, "mallory")
        _employ(house, "member")
        return client.patch(lot, json={"title": "Mallory's clock"}, headers=mallory).status_code


def _employ(house: Service, role: str) -> None:
    engine = create_engine(f"sqlite:///{(house.tmp_path / DATABASE).as_posix()}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE users SET role = :role WHERE name = 'mallory'"), {"role": role})
    engine.dispose()


TOLD_ELSEWHERE = {"/openapi.json", "/docs", "/docs/oauth2-redirect", "/redoc"}
"""What describes the service and does not describe itself."""


@attack("API9:2023", without="an-inventory", wins=["/debug/people", "/lots"], refused=[])
def somebody_finds_a_way_in_that_nobody_has_written_down(house: Service) -> list[str]:
    app = house.create_app()
    told = app.openapi()["paths"].keys() | TOLD_ELSEWHERE
    there = [each for each in iter_route_contexts(app.routes) if getattr(each, "methods", None)]
    return sorted({str(each.path_format) for each in there} - told)


@attack("API9:2023", without="an-inventory", wins=200, refused=404)
def somebody_asks_for_the_lots_under_the_address_of_an_earlier_version(house: Service) -> int:
    with visit(house, person=None) as client:
        return client.get("/lots").status_code
