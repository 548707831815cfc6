"""Who may join a room, and under which name."""

from collections.abc import Callable
from typing import Any

import pytest


def join(client: Any, name: str = "Ada", code: str = "ROOM2345", **more: Any) -> Any:
    return client.post("/api/v1/members", json={"code": code, "name": name}, **more)


def test_whoever_knows_the_code_joins_and_is_given_a_token_of_their_own(board: Any) -> None:
    answer = join(board.client)
    assert answer.status_code == 201
    assert answer.json()["name"] == "Ada"
    assert len(answer.json()["token"]) >= 32
    assert board.picture()["joined"] == 1


def test_a_code_may_be_typed_in_small_letters(board: Any) -> None:
    assert join(board.client, code=" room2345 ").status_code == 201


def test_a_wrong_code_lets_nobody_in(board: Any) -> None:
    answer = join(board.client, code="ROOM2346")
    assert answer.status_code == 401
    assert answer.json()["type"].endswith("wrong-code")
    assert board.picture()["joined"] == 0


def test_whoever_guesses_too_often_waits_and_nobody_elsewhere_does(board: Any) -> None:
    for _ in range(10):
        assert join(board.client, code="nonsense").status_code == 401
    right = join(board.client)
    assert right.status_code == 429
    assert int(right.headers["Retry-After"]) >= 1
    assert join(board.client, headers={"X-From": "10.0.0.7"}).status_code == 201


@pytest.mark.parametrize("same", ["Ada", "ADA", "a d a", "Ａｄａ", "ada "])
def test_a_name_that_is_taken_is_refused_and_a_free_one_suggested(board: Any, same: str) -> None:
    board.join("Ada")
    answer = join(board.client, same)
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("name-taken")
    assert join(board.client, answer.json()["suggestion"]).status_code == 201


def test_the_suggestion_is_free_where_the_first_is_not(board: Any) -> None:
    for name in ("Ada", "Ada 2"):
        board.join(name)
    assert join(board.client, "Ada").json()["suggestion"] == "Ada 3"
    board.join("x" * 40)
    assert join(board.client, join(board.client, "x" * 40).json()["suggestion"]).status_code == 201


def test_whoever_has_a_token_is_recognised_and_keeps_their_name(board: Any) -> None:
    ada = board.join("Ada")
    answer = ada.ask("POST", "members", json={"code": "ROOM2345", "name": "Grace"})
    assert (answer.status_code, answer.json()) == (200, {"name": "Ada", "room": "workshop"})
    assert board.picture()["joined"] == 1


@pytest.mark.parametrize(
    "name",
    [
        "",
        "  ",
        "x" * 41,
        "A\nB",
        "A\x00B",
        "A\x1b[31mB",
        "A\u202eB",
        "A\u200bB",
        "A\u2028B",
        "\ud800",
        "<>",
        "A" + "\u0301" * 20,
    ],
    ids=ascii,
)
def test_a_name_that_cannot_be_read_is_refused(board: Any, name: str) -> None:
    body = b'{"code": "ROOM2345", "name": ' + ascii_json(name) + b"}"
    answer = board.client.post("/api/v1/members", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert board.picture()["joined"] == 0


def ascii_json(text: str) -> bytes:
    import json

    return json.dumps(text).encode("ascii")


@pytest.mark.parametrize("name", ["José", "李", "किंशु", "O'Brien-Smith", "Søren 2", "<b>Ada</b>", "=1+1"])
def test_a_name_of_any_language_is_taken_as_it_is(board: Any, name: str) -> None:
    assert join(board.client, name).json()["name"] == name
    assert board.person(name)["chapter"] is None


def test_a_full_room_takes_nobody_more(opened: Callable[..., Any]) -> None:
    with opened(members=1) as board:
        board.join("Ada")
        assert join(board.client, "Grace").json()["type"].endswith("room-full")


def test_whoever_leaves_is_forgotten_and_their_name_is_free(board: Any) -> None:
    ada = board.join("Ada")
    assert ada.ask("DELETE", "members/me").status_code == 204
    assert board.picture()["people"] == []
    assert ada.ask("GET", "members/me").status_code == 401
    board.join("Ada")
