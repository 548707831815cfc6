"""Every attack succeeds against a service without the defence, and is refused by the finished one."""

import re

import pytest

from tests.attacks import (
    hostile_mails,
    hostile_numbers,
    hostile_texts,
    owasp_authentication,
    owasp_business,
    owasp_functions,
    owasp_objects,
    owasp_properties,
    owasp_resources,
    owasp_surroundings,
    rfc8725,
    sockets_held,
    sockets_opened,
)
from tests.attacks.case import CASES, Case
from tests.attacks.houses import Street, defences

GROUPS = (
    owasp_objects,
    owasp_authentication,
    owasp_properties,
    owasp_resources,
    owasp_functions,
    owasp_business,
    owasp_surroundings,
    rfc8725,
    hostile_numbers,
    hostile_texts,
    hostile_mails,
    sockets_opened,
    sockets_held,
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.sentence.replace(" ", "-"))
def test_an_attack_succeeds_without_its_defence_and_is_refused(case: Case, street: Street) -> None:
    came = case.attack(street.without(case.without))
    assert came == case.wins, f"without {case.without} it ought to succeed"
    came = case.attack(street.finished())
    assert came == case.refused, "Gavel ought to refuse it"


def test_there_are_attacks_of_every_kind_and_enough_of_them() -> None:
    counted = [sum(case.attack.__module__ == group.__name__ for case in CASES) for group in GROUPS]
    assert sum(counted) == len(CASES), "a file of attacks is not named above"
    assert min(counted) >= 3
    assert len(CASES) >= 60


def test_every_defence_that_is_taken_away_is_attacked() -> None:
    assert {case.without for case in CASES} == set(defences())


def test_attacks_say_where_they_are_described() -> None:
    described = re.compile(r"API\d+:2023|RFC \d+, [\d.]+|OWASP [\w ]+|CWE-\d+")
    assert [case.sentence for case in CASES if not described.fullmatch(case.source)] == []
