"""API2:2023, broken authentication: guessing who is there and what they say, and what is never forgotten.

https://owasp.org/API-Security/editions/2023/en/0xa2-broken-authentication/
Nothing here looks at a clock: how long an answer takes says little on a busy machine. What is counted is how
often a password is compared.
"""

from datetime import timedelta
from unittest.mock import patch

from argon2 import PasswordHasher

from course.engine.checkpoint.logins import PASSWORD, REGISTER, TOKEN
from course.engine.checkpoint.recording import RecordingClient
from course.engine.checkpoint.service import Service
from tests.attacks import wire
from tests.attacks.acts import Clock, try_password, visit
from tests.attacks.case import attack

SELLER = "seller@example.com"


@attack("API2:2023", without="a-throttle", wins=200, refused=429)
def a_password_is_found_by_trying_one_after_another(house: Service) -> int:
    with visit(house) as client:
        for number in range(20):
            try_password(client, SELLER, f"a guess, number {number}")
        return try_password(client, SELLER, PASSWORD)


@attack("API2:2023", without="a-throttle", wins=401, refused=429)
def one_password_is_tried_on_one_person_after_another(house: Service) -> int:
    with visit(house, person=None, network_attempts=15) as client:
        people = [f"person{number}@example.com" for number in range(20)]
        return [try_password(client, each, "password1234") for each in people][-1]


@attack("API2:2023", without="one-name-for-one-person", wins=401, refused=429)
def capital_letters_make_another_person_of_the_one_whose_password_is_tried(house: Service) -> int:
    spelled = [SELLER[:place] + SELLER[place:].upper() for place in range(12)]
    with visit(house, person=None) as client:
        return [try_password(client, name, "a wrong password") for name in spelled][-1]


@attack("API2:2023", without="the-address-of-the-wire", wins=401, refused=429)
def somebody_says_at_every_guess_that_they_come_from_elsewhere(house: Service) -> int:
    with visit(house, person=None) as client:
        return [try_password(client, SELLER, "password1234", **_forwarded(number)) for number in range(12)][
            -1
        ]


@attack("API2:2023", without="the-network-of-the-wire", wins=401, refused=429)
def somebody_guesses_from_another_ipv6_address_of_their_network_each_time(house: Service) -> int:
    with visit(house, person=None) as client:
        return [_from(client, f"2001:db8::{number}", SELLER) for number in range(12)][-1]


@attack("API2:2023", without="a-count-for-each-network", wins=429, refused=200)
def a_stranger_fails_on_purpose_until_the_owner_is_locked_out(house: Service) -> int:
    with visit(house) as client:
        for _ in range(12):
            _from(client, "192.0.2.1", SELLER)
        return try_password(client, SELLER, PASSWORD)


@attack("API2:2023", without="a-count-for-each-network", wins=429, refused=200)
def others_fail_in_the_network_of_the_owner_until_nobody_there_can_log_in(house: Service) -> int:
    with visit(house, network_attempts=10) as client:
        for number in range(12):
            try_password(client, f"person{number}@example.com", "a wrong password")
        return try_password(client, SELLER, PASSWORD)


@attack("API2:2023", without="a-limit-for-each-network", wins=401, refused=429)
def somebody_tries_others_until_the_throttle_has_no_memory_left_of_their_guesses(house: Service) -> int:
    with visit(house, person=None, network_attempts=30) as client:
        throttle = client.app_state["throttle"]
        throttle._most_keys = 31
        for _ in range(10):
            try_password(client, SELLER, "a wrong password")
        for number in range(40):
            try_password(client, f"person{number}@example.com", "a wrong password")
        return try_password(client, SELLER, "a wrong password")


@attack("CWE-178", without="one-case-for-one-letter", wins=409, refused=201)
def somebody_takes_an_address_that_only_looks_like_anothers_after_case_folding(house: Service) -> int:
    with visit(house, person=None) as client:
        new = {"email": "strasse@example.com", "name": "mallory", "password": PASSWORD}
        client.post(REGISTER, json=new)
        new = {"email": "stra\u00dfe@example.com", "name": "owner", "password": PASSWORD}
        return client.post(REGISTER, json=new).status_code


def _forwarded(number: int) -> dict[str, str]:
    return {"X-Forwarded-For": f"10.0.0.{number}", "Forwarded": f"for=10.0.0.{number}"}


def _from(client: RecordingClient, address: str, email: str) -> int:
    body = f"username={email.replace('@', '%40')}&password=a+wrong+password".encode()
    headers = [(b"content-type", b"application/x-www-form-urlencoded")]

    async def log_in() -> int:
        answer = await wire.ask(client, "POST", TOKEN, headers, [body], client=(address, 50000))
        return answer.status

    return int(wire.call(client, log_in))


@attack("API2:2023", without="a-count-that-stays", wins=401, refused=429)
def a_login_of_ones_own_in_between_wipes_out_the_failed_ones(house: Service) -> int:
    with visit(house) as client:
        house.login(client, "mallory")
        for number in range(14):
            answer = try_password(client, SELLER, f"a guess, number {number}")
            try_password(client, "mallory@example.com", PASSWORD)
        return answer


@attack("API2:2023", without="one-answer-to-all", wins=2, refused=1)
def the_words_tell_a_wrong_password_from_an_unknown_person(house: Service) -> int:
    with visit(house) as client:
        answers = set()
        for email in (SELLER, "nobody@example.com"):
            form = {"username": email, "password": "a wrong password"}
            answer = client.post(TOKEN, data=form, headers={"Authorization": "", "X-Request-ID": "same"})
            answers.add((answer.status_code, answer.text))
        return len(answers)


@attack("API2:2023", without="one-answer-to-all", wins=[1, 0, 0], refused=[1, 1, 1])
def the_work_done_tells_a_wrong_password_from_an_unknown_person(house: Service) -> list[int]:
    with visit(house) as client:
        emails = (SELLER, "nobody@example.com", "nobody\n@example.com")
        return [_compared(client, email) for email in emails]


def _compared(client: RecordingClient, email: str) -> int:
    """How often a password is compared when somebody tries to log in under an address."""
    verify, count = PasswordHasher.verify, 0

    def counting(*arguments: str) -> bool:
        nonlocal count
        count += 1
        return verify(*arguments)  # type: ignore[arg-type]

    with patch.object(PasswordHasher, "verify", counting):
        try_password(client, email, "a wrong password")
    return count


@attack("API2:2023", without="one-answer-to-all", wins=401, refused=429)
def the_end_of_patience_tells_a_known_person_from_an_unknown_one(house: Service) -> int:
    with visit(house, person=None) as client:
        return [try_password(client, "nobody@example.com", "a wrong password") for _ in range(12)][-1]


@attack("API2:2023", without="two-desks", wins=True, refused=False)
def many_logins_at_one_time_take_all_threads_and_all_memory(house: Service) -> bool:
    busy = most = 0
    passwords = house.module("security").Passwords
    verify = passwords.verify

    async def counting(*arguments: object) -> object:
        nonlocal busy, most
        busy += 1
        most = max(most, busy)
        try:
            return await verify(*arguments)
        finally:
            busy -= 1

    with (
        visit(house, person=None, login_attempts=10_000) as client,
        patch.object(passwords, "verify", counting),
    ):
        form = [(b"content-type", b"application/x-www-form-urlencoded")]
        body = b"username=nobody%40example.com&password=a+wrong+password"

        async def log_in() -> object:
            return await wire.ask(client, "POST", TOKEN, form, [body])

        wire.call(client, wire.together, *[log_in] * 12)
    return most > 2


@attack("API2:2023", without="long-passwords", wins=201, refused=422)
def somebody_is_let_have_a_password_that_everybody_tries_first(house: Service) -> int:
    new = {"email": "ada@example.com", "name": "ada", "password": "123456"}
    with visit(house, person=None) as client:
        return client.post(REGISTER, json=new).status_code


@attack("API2:2023", without="one-name-for-one-person", wins=201, refused=409)
def somebody_registers_under_the_address_of_another_in_capital_letters(house: Service) -> int:
    new = {"email": "SELLER@EXAMPLE.COM", "name": "seller", "password": "mallory's own password"}
    with visit(house) as client:
        return client.post(REGISTER, json=new).status_code


@attack("API2:2023", without="revocation", wins=200, refused=401)
def a_token_that_was_revoked_is_used_by_whoever_stole_it(house: Service) -> int:
    with visit(house) as client:
        client.post("/auth/revoke")
        return client.get("/auth/me").status_code


@attack("API2:2023", without="a-window-that-moves", wins=401, refused=429)
def attempts_are_saved_up_for_the_moment_at_which_the_count_begins_anew(house: Service) -> int:
    clock = Clock()
    with visit(house, clock.rule(house), person=None) as client:
        clock.now += timedelta(seconds=299)
        for _ in range(10):
            try_password(client, SELLER, "a wrong password")
        clock.now += timedelta(seconds=2)
        return try_password(client, SELLER, "a wrong password")
