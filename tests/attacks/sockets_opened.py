"""Who opens a live line: the page of another site (cross-site WebSocket hijacking), or a thief of tickets.

https://cheatsheetseries.owasp.org/cheatsheets/WebSocket_Security_Cheat_Sheet.html
CWE-1385 is a missing check of the origin, CWE-294 a replay, CWE-613 what never expires, CWE-330 what can be
guessed.
"""

from datetime import timedelta

from course.engine.checkpoint.recording import RecordingClient
from course.engine.checkpoint.service import Service
from tests.attacks.acts import Clock, log_in, put_up, visit
from tests.attacks.case import attack
from tests.attacks.line import BID, opened, said


def _ticket(client: RecordingClient, lot: str, headers: dict[str, str]) -> str:
    """The address of a line on which whoever has these headers may bid."""
    answer = client.post(f"{lot}/tickets", headers=headers)
    return f"{lot}/live?ticket={answer.json()['ticket']}"


def _from(house: Service, origin: str, **headers: str) -> int:
    with visit(house) as client:
        return opened(client, f"{put_up(client)}/live", Origin=origin, **headers)


@attack("CWE-1385", without="origins", wins=101, refused=403)
def the_page_of_another_site_opens_a_line(house: Service) -> int:
    return _from(house, "https://evil.example.com")


@attack("CWE-1385", without="origins", wins=101, refused=403)
def a_page_without_an_origin_opens_a_line(house: Service) -> int:
    return _from(house, "null")


@attack("CWE-1385", without="origins-compared-whole", wins=101, refused=403)
def the_name_of_another_site_begins_with_ours(house: Service) -> int:
    return _from(house, "http://testserver.evil.example.com")


@attack("CWE-1385", without="origins-compared-whole", wins=101, refused=403)
def the_name_of_another_site_ends_with_ours(house: Service) -> int:
    return _from(house, "http://evil-testserver")


@attack("CWE-1385", without="origins-compared-whole", wins=101, refused=403)
def an_origin_names_us_where_a_user_would_be_named(house: Service) -> int:
    return _from(house, "http://testserver@evil.example.com")


@attack("CWE-1385", without="origins-that-can-be-read", wins=500, refused=403)
def an_origin_is_no_address(house: Service) -> int:
    return _from(house, "http://[")


@attack("CWE-350", without="trusted-hosts", wins=101, refused=400)
def the_name_of_another_site_leads_to_this_service_since_its_owner_says_so(house: Service) -> int:
    """DNS rebinding: origin and host are the same, and both are the attacker's."""
    return _from(house, "http://evil.example.com", Host="evil.example.com")


@attack("CWE-294", without="tickets-that-are-taken", wins=101, refused=401)
def a_ticket_that_was_used_is_used_again(house: Service) -> int:
    with visit(house) as client:
        line = _ticket(client, put_up(client), house.login(client, "ada"))
        opened(client, line)
        return opened(client, line)


@attack("CWE-613", without="tickets-that-are-taken", wins=101, refused=401)
def a_ticket_is_used_when_its_time_is_over(house: Service) -> int:
    clock = Clock()
    with visit(house, clock.rule(house)) as client:
        line = _ticket(client, put_up(client), house.login(client, "ada"))
        clock.now += timedelta(seconds=31)
        return opened(client, line)


@attack("API1:2023", without="tickets-that-are-taken", wins=101, refused=401)
def a_ticket_for_one_lot_is_used_for_another(house: Service) -> int:
    with visit(house) as client:
        lot, other = put_up(client), put_up(client)
        line = _ticket(client, lot, house.login(client, "ada"))
        return opened(client, line.replace(lot, other))


@attack("CWE-330", without="tickets-that-nobody-guesses", wins="bid", refused=401)
def a_ticket_is_guessed(house: Service) -> str | int:
    with visit(house) as client:
        lot = put_up(client)
        _ticket(client, lot, house.login(client, "ada"))
        return said(client, f"{lot}/live?ticket=1", BID)


@attack("RFC 8725, 3.12", without="tickets-that-are-no-tokens", wins=101, refused=401)
def a_token_is_shown_in_an_address_where_logs_keep_it(house: Service) -> int:
    with visit(house) as client:
        token = house.login(client, "ada")["Authorization"].removeprefix("Bearer ")
        return opened(client, f"{put_up(client)}/live?ticket={token}")


@attack("API5:2023", without="the-door", wins=201, refused=401)
def somebody_who_is_not_logged_in_gets_a_ticket(house: Service) -> int:
    with visit(house) as client:
        return client.post(f"{put_up(client)}/tickets", headers={"Authorization": ""}).status_code


@attack("API5:2023", without="scopes", wins=201, refused=403)
def a_token_that_was_lent_for_selling_gets_a_ticket(house: Service) -> int:
    with visit(house) as client:
        seller = log_in(client, "seller", "lots:write")
        return client.post(f"{put_up(client)}/tickets", headers=seller).status_code


@attack("API5:2023", without="tickets-for-bidders", wins="bid", refused="problem")
def somebody_bids_over_the_line_without_a_ticket(house: Service) -> str | int:
    with visit(house) as client:
        house.login(client, "ada")
        return said(client, f"{put_up(client)}/live", BID)


@attack("CWE-613", without="revocation", wins="bid", refused="problem")
def somebody_bids_with_a_ticket_when_all_their_tokens_were_revoked(house: Service) -> str | int:
    with visit(house) as client:
        lot, ada = put_up(client), house.login(client, "ada")
        line = _ticket(client, lot, ada)
        client.post("/auth/revoke", headers=ada)
        return said(client, line, BID)


@attack("CWE-770", without="an-end-to-tickets", wins=20_000, refused=10_000)
def the_service_is_made_to_remember_twenty_thousand_tickets(house: Service) -> int:
    tickets, clock = house.module("tickets").Tickets(), Clock()
    claims = house.module("security").Claims(1, frozenset(), 0)
    for _ in range(20_000):
        tickets.issue(claims, 1, clock.now)
    return max(len(each) for each in vars(tickets).values() if hasattr(each, "__len__"))


@attack("API3:2023", without="closed-envelopes", wins="40.00", refused=None)
def what_others_bid_is_heard_over_the_line_before_the_envelopes_are_opened(house: Service) -> str | None:
    with visit(house) as client:
        lot, ada = put_up(client, kind="sealed"), house.login(client, "ada")
        with client.websocket_connect(f"{lot}/live") as line:
            client.post(f"{lot}/bids", json={"amount": "40.00"}, headers=ada)
            while (news := line.receive_json())["type"] != "bid":
                pass
        amount: str | None = news["bid"].get("amount")
        return amount
