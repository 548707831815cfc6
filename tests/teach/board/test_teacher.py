"""What the teacher's page may do, and nobody else."""

import csv
import io
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

TOKEN = "the-token-of-the-teacher"
OWN = {"Origin": "http://testserver"}
ROUTES = [
    ("GET", ""),
    ("GET", "/events"),
    ("GET", "/words"),
    ("GET", "/help/1"),
    ("GET", "/export.json"),
    ("GET", "/export.csv"),
    ("POST", "/help/1/done"),
    ("POST", "/close"),
    ("POST", "/open"),
    ("DELETE", "/members/1"),
    ("DELETE", ""),
]


def check(**holds: bool) -> dict[str, Any]:
    results = [{"requirement": f"test_{name}", "holds": each} for name, each in holds.items()]
    return {"id": str(uuid4()), "chapter": "ch00_doors", "ran": True, "results": results}


def question(**changes: Any) -> dict[str, Any]:
    return {"id": str(uuid4()), "chapter": "ch00_doors", "question": "Why?", "code": []} | changes


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_nothing_of_the_room_is_told_or_done_without_the_teachers_token(
    board: Any, method: str, path: str
) -> None:
    ada = board.join("Ada")
    ada.post(question(), "help")
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Bearer {ada.token}"}):
        answer = board.client.request(
            method, f"/api/v1/room{path}", headers=headers, json={"name": "workshop"}
        )
        assert answer.status_code == 401
        assert "Ada" not in answer.text
    assert board.client.get("/api/v1/room", headers={"Cookie": "gavel_board=wrong"}).status_code == 401
    assert board.picture()["joined"] == 1


def test_the_list_of_the_teachers_routes_is_whole(board: Any) -> None:
    paths = board.client.get("/openapi.json").json()["paths"]
    known = {
        (method.upper(), path.removeprefix("/api/v1/room").replace("{number}", "1"))
        for path, methods in paths.items()
        if path.startswith("/api/v1/room")
        for method in methods
    }
    assert known == set(ROUTES)


def test_the_page_is_known_by_a_cookie_that_no_script_and_no_other_page_has(board: Any) -> None:
    answer = board.client.post("/api/v1/session", json={"token": TOKEN})
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert TOKEN not in cookie
    assert board.client.get("/api/v1/room").status_code == 200
    for headers in ({}, {"Origin": "http://testserver:8100"}, {"Origin": "null"}):
        assert board.client.post("/api/v1/room/close", headers=headers).status_code == 403
    assert board.client.post("/api/v1/room/close", headers=OWN).status_code == 204


def test_the_page_stays_known_when_the_board_is_started_again(opened: Callable[..., Any]) -> None:
    with opened() as board:
        board.client.post("/api/v1/session", json={"token": TOKEN})
        cookies = board.client.cookies
    with opened() as board:
        board.client.cookies = cookies
        assert board.client.get("/api/v1/room").status_code == 200
    with opened(token="another-token-of-hers") as board:
        board.client.cookies = cookies
        assert board.client.get("/api/v1/room").status_code == 401


def test_over_https_the_cookie_stays_there(opened: Callable[..., Any]) -> None:
    with opened(https=True) as board:
        answer = board.client.post("/api/v1/session", json={"token": TOKEN})
        assert "Secure" in answer.headers["Set-Cookie"]
        assert "Strict-Transport-Security" in answer.headers


def test_many_wrong_tokens_are_slowed_down_and_keep_no_teacher_out(board: Any) -> None:
    answers = [board.client.post("/api/v1/session", json={"token": "wrong"}).status_code for _ in range(12)]
    assert answers == [401] * 10 + [429] * 2
    assert board.client.post("/api/v1/session", json={"token": TOKEN}).status_code == 204


def test_a_request_for_help_is_read_with_its_code_and_done(board: Any) -> None:
    ada = board.join("Ada")
    sent = question(requirement="test_door", code=[{"path": "app/main.py", "text": "x = 1\n"}])
    assert [ada.post(sent, "help").status_code for _ in range(2)] == [201, 200]
    (waiting,) = board.picture()["help"]
    assert (waiting["name"], waiting["question"], waiting["files"]) == ("Ada", "Why?", 1)
    assert board.person("Ada")["asks"] is True
    number = waiting["id"]
    assert board.teacher("GET", f"/help/{number}").json()["code"] == sent["code"]
    assert [board.teacher("POST", f"/help/{number}/done").status_code for _ in range(2)] == [204, 204]
    assert board.picture()["help"] == []
    assert board.teacher("GET", "/help/999").status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        {"question": "x" * 501},
        {"question": "a\x00b"},
        {"code": [{"path": "a.py", "text": "x" * 20_001}]},
        {"code": [{"path": "a.py", "text": "a\x1b[2Jb"}]},
        {"code": [{"path": "a.py", "text": ""}] * 21},
    ],
    ids=["long", "control", "large", "escape", "many"],
)
def test_a_request_that_is_too_much_is_refused(board: Any, change: dict[str, Any]) -> None:
    assert board.join("Ada").post(question(**change), "help").status_code == 422


def test_somebody_who_is_taken_out_is_gone_with_all_they_sent(board: Any) -> None:
    ada, grace = board.join("Ada"), board.join("Grace")
    ada.post(check(door=True))
    ada.post(question(), "help")
    assert board.teacher("DELETE", f"/members/{board.person('Ada')['id']}").status_code == 204
    assert [each["name"] for each in board.picture()["people"]] == ["Grace"]
    assert board.picture()["help"] == []
    assert ada.post(check(door=True)).status_code == 401
    assert grace.post(check(door=True)).status_code == 201
    assert board.teacher("DELETE", "/members/999").status_code == 404


def test_only_a_closed_room_is_deleted_and_only_by_its_name(board: Any, tmp_path: Path) -> None:
    ada = board.join("Ada")
    ada.post(check(door=True))
    ada.post(question(), "help")
    assert board.teacher("DELETE", json={"name": "workshop"}).status_code == 409
    board.teacher("POST", "/close")
    assert board.teacher("DELETE", json={"name": "workshop 2"}).status_code == 409
    assert board.teacher("DELETE", json={"name": "workshop"}).status_code == 204
    assert board.picture()["people"] == []
    with sqlite3.connect(tmp_path / "board.db") as database:
        for table in ("members", "checks", "help_requests"):
            assert database.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
    database.close()


def test_the_export_has_everything_but_secrets(board: Any) -> None:
    ada = board.join("Ada")
    body = check(door=True, bell=False)
    ada.post(body)
    ada.post(question(question="Where?"), "help")
    answer = board.teacher("GET", "/export.json")
    (person,) = answer.json()["people"]
    assert person["checks"][0]["id"] == body["id"]
    assert [each["requirement"] for each in person["checks"][0]["results"]] == ["test_door", "test_bell"]
    assert person["help"][0]["question"] == "Where?"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert ada.token not in answer.text
    assert "token" not in answer.text


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1A", "-1A", "@A", " =1A"])
def test_no_cell_of_the_table_is_a_formula(board: Any, name: str) -> None:
    board.join(name).post(check(door=True))
    text = board.teacher("GET", "/export.csv").text.removeprefix("\ufeff")
    _, row = csv.reader(io.StringIO(text))
    assert row[0] == "'" + name.strip()
    assert row[1:2] + row[3:] == ["ch00_doors", "True", "test_door", "True", ""]


def test_a_board_that_is_started_again_shows_the_room_as_it_was(opened: Callable[..., Any]) -> None:
    with opened() as board:
        ada = board.join("Ada")
        ada.post(check(door=False, bell=True))
        ada.post(question(), "help")
        before = board.picture()
    with opened() as board:
        after = board.picture()
        assert board.client.get(
            "/api/v1/members/me", headers={"Authorization": f"Bearer {ada.token}"}
        ).json() == {"name": "Ada", "room": "workshop"}
    assert {**after, "now": None} == {**before, "now": None}


def test_rooms_of_one_database_know_nothing_of_each_other(opened: Callable[..., Any]) -> None:
    with opened() as board:
        ada = board.join("Ada")
        ada.post(question(), "help")
    with opened(room="evening") as board:
        board.join("Ada")
        assert len(board.picture()["people"]) == 1
        assert board.teacher("GET", "/help/1").status_code == 404
        assert board.teacher("DELETE", "/members/1").status_code == 404
        headers = {"Authorization": f"Bearer {ada.token}"}
        assert board.client.post("/api/v1/checks", json=check(door=True), headers=headers).status_code == 401


def test_every_answer_tells_browsers_what_they_must_not_do(board: Any) -> None:
    for path in ("/", "/js/main.js", "/health", "/api/v1/room", "/nowhere"):
        headers = board.client.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert "Server" not in headers
    assert board.client.get("/health").json() == {"status": "ok", "database": "ok"}


def test_the_files_of_the_page_are_served_as_what_they_are_and_once(board: Any) -> None:
    for path, kind in (
        ("/", "text/html"),
        ("/js/main.js", "text/javascript"),
        ("/icon.svg", "image/svg+xml"),
    ):
        answer = board.client.get(path)
        assert answer.headers["Content-Type"].startswith(kind)
        assert "require-trusted-types-for 'script'" in answer.headers["Content-Security-Policy"]
        again = board.client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
    for path in ("/../config.py", "/js/../../config.py", "/%2e%2e/config.py", "/js/"):
        assert board.client.get(path).status_code == 404
    assert board.client.get("/api/v1/checks").status_code == 405
