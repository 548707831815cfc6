"""What learners' machines send, and what becomes of it."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, event


def check(chapter: str = "ch00_doors", **holds: bool) -> dict[str, Any]:
    results = [{"requirement": f"test_{name}", "holds": each} for name, each in holds.items()]
    return {"id": str(uuid4()), "chapter": chapter, "ran": True, "results": results}


def test_a_check_is_on_the_teachers_page(board: Any) -> None:
    ada = board.join("Ada")
    body = check(door=False, bell=True)
    body["results"][0]["misconception"] = "door-ajar"
    assert ada.post(body).status_code == 201
    person = board.person("Ada")
    assert (person["chapter"], person["holds"], person["of"]) == ("ch00_doors", 1, 2)
    assert person["stuck"]["requirement"] == "test_door"
    picture = board.picture()
    assert picture["chapters"][0]["obstacles"][0]["causes"] == [{"name": "door-ajar", "people": 1}]
    assert [(each["name"], each["still"]) for each in picture["misconceptions"]] == [("door-ajar", 1)]


def test_the_same_check_sent_again_counts_once(board: Any) -> None:
    ada = board.join("Ada")
    body = check(door=True)
    assert ada.post(body).json()["known"] is False
    again = ada.post(body)
    assert (again.status_code, again.json()["known"]) == (200, True)
    assert board.picture()["checks"] == 1


def test_two_learners_may_name_a_check_alike_and_each_counts(board: Any) -> None:
    body = check(door=True)
    for name in ("Ada", "Grace"):
        assert board.join(name).post(body).status_code == 201
    assert board.picture()["checks"] == 2


@pytest.mark.parametrize("shown", ["", "Bearer made-up", "Basic QQ=="])
def test_nobody_sends_a_check_without_a_members_token(board: Any, shown: str) -> None:
    headers = {"Authorization": shown}
    board.join("Ada")
    answer = board.client.post("/api/v1/checks", json=check(door=True), headers=headers)
    assert answer.status_code == 401
    assert board.picture()["checks"] == 0


def test_nobody_sends_in_anothers_name(board: Any) -> None:
    """Whose check it is follows from the token alone: a body that says so is refused."""
    board.join("Ada")
    grace = board.join("Grace")
    for field in ("member_id", "name", "member"):
        assert grace.post(check(door=True) | {field: 1}).status_code == 422
    grace.post(check(door=True))
    assert board.person("Ada")["chapter"] is None


@pytest.mark.parametrize(
    "change",
    [
        {"id": "7"},
        {"chapter": "../../etc/passwd"},
        {"chapter": "x" * 61},
        {"chapter": "<script>"},
        {"ran": "perhaps"},
        {"results": "all"},
        {"results": [{"requirement": "Robert'); DROP TABLE members;--", "holds": True}]},
        {"results": [{"requirement": "test_door", "holds": True, "misconception": "<b>"}]},
        {"results": [{"requirement": "test_door", "holds": True, "code": "print(1)"}]},
        {"results": [{"requirement": "test_door", "holds": True}] * 101},
        {"seconds_ago": -1},
        {"seconds_ago": 1e300},
        {"code": "print(1)"},
    ],
    ids=str,
)
def test_nonsense_is_refused_and_changes_nothing(board: Any, change: dict[str, Any]) -> None:
    answer = board.join("Ada").post(check(door=True) | change)
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert board.picture()["checks"] == 0


@pytest.mark.parametrize(
    "body", [b"", b"{", b"null", b"[]", b"\xff\xfe", b"[" * 5000, b'{"seconds_ago": NaN}']
)
def test_what_is_no_check_at_all_is_refused(board: Any, body: bytes) -> None:
    ada = board.join("Ada")
    answer = ada.ask("POST", "checks", content=body)
    assert answer.status_code in {400, 422}
    assert answer.json()["status"] == answer.status_code


def test_a_body_that_is_too_large_is_refused(board: Any) -> None:
    ada = board.join("Ada")

    in_parts = (b"x" * 10_000 for _ in range(20))
    assert ada.ask("POST", "checks", content=b"x" * 200_000).status_code == 413
    assert ada.ask("POST", "checks", content=in_parts).status_code == 413


def test_whoever_floods_waits_while_others_go_on(board: Any) -> None:
    hostile, ada = board.join("Mallory"), board.join("Ada")
    answers = [hostile.post(check(door=True)).status_code for _ in range(80)]
    assert answers.count(201) in range(60, 64)  # the bucket fills a little while it is emptied
    assert set(answers) == {201, 429}
    assert int(hostile.post(check(door=True)).headers["Retry-After"]) >= 1
    assert ada.post(check(door=True)).status_code == 201
    assert board.teacher("GET").status_code == 200


def test_an_address_that_floods_is_refused_before_anything_is_read(opened: Callable[..., Any]) -> None:
    with opened(address_rate=20) as board:
        answers = [board.client.get("/health") for _ in range(40)]
        assert {each.status_code for each in answers} == {200, 429}
        assert answers[-1].headers["X-Content-Type-Options"] == "nosniff"
        assert board.client.get("/health", headers={"X-From": "10.0.0.7"}).status_code == 200


def test_of_one_person_the_board_keeps_so_much_and_no_more(opened: Callable[..., Any]) -> None:
    with opened(checks_per_member=2) as board:
        ada = board.join("Ada")
        assert [ada.post(check(door=True)).status_code for _ in range(3)] == [201, 201, 409]
        asked = [
            ada.post({"id": check()["id"], "chapter": "ch00_doors", "question": "?", "code": []}, "help")
            for _ in range(4)
        ]
        assert [each.status_code for each in asked] == [201, 201, 201, 409]
        assert len(board.picture()["help"]) == 3


def test_a_closed_room_takes_nothing(board: Any) -> None:
    ada = board.join("Ada")
    board.teacher("POST", "/close")
    answer = ada.post(check(door=True))
    assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (409, "room-closed")
    assert board.client.post("/api/v1/members", json={"code": "ROOM2345", "name": "G"}).status_code == 409
    board.teacher("POST", "/open")
    assert ada.post(check(door=True)).status_code == 201


def test_what_is_sent_late_counts_from_when_it_was_done(board: Any) -> None:
    ada = board.join("Ada")
    ada.post(check(door=False) | {"seconds_ago": 1200})
    ada.post(check(door=False))
    stuck = board.person("Ada")["stuck"]
    assert stuck["checks"] == 2
    assert stuck["since"] < board.person("Ada")["at"]


def test_what_is_not_kept_is_not_shown(board: Any) -> None:
    """The page is told after the commit: a commit that fails leaves it as it was."""
    ada = board.join("Ada")

    def refuse(connection: object) -> None:
        raise OSError("the disk is full")

    event.listen(Engine, "commit", refuse)
    try:
        with pytest.raises(OSError, match="the disk is full"):
            ada.post(check(door=True))
    finally:
        event.remove(Engine, "commit", refuse)
    assert board.picture()["checks"] == 0
