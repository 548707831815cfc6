"""`course board` as a process: killed and begun again, and many at its door at once."""

import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from course import paths
from course.engine import chapters
from course.engine.report import Result, Verdict
from course.errors import CourseError
from course.learn import checking
from course.learn.classroom import membership, outbox, sending
from course.teach.board import bench, keys, server

CODE, TOKEN = "ROOM2345", "the-token-of-the-teacher"
TEACHER = {"Authorization": f"Bearer {TOKEN}"}


@contextmanager
def process(folder: Path, port: int, *words: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """A board of its own; gives the process and the address, once it answers there."""
    command = [sys.executable, "-P", "-m", "course", "board", "--port", str(port), "--code", CODE]
    with subprocess.Popen(
        [*command, "--token", TOKEN, *words],
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        cwd=paths.ROOT,
        env={**os.environ, "COURSE_WORKSPACE": str(folder), "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"},
    ) as board:
        assert board.stdout is not None
        try:
            for line in board.stdout:
                if "#token=" in line:
                    yield board, line.split()[-1].partition("/#")[0]
                    break
        finally:
            board.kill()


def get(url: str, path: str) -> Any:
    return httpx.get(f"{url}/api/v1/{path}", headers=TEACHER, trust_env=False, timeout=30).json()


def found(*holds: bool) -> Result:
    """What a check of chapter 0 found."""
    verdicts = (
        Verdict(id=f"test_{number}", chapter=0, sentence="", outcome="holds" if each else "fails")
        for number, each in enumerate(holds)
    )
    return Result(chapter=0, verdicts=tuple(verdicts))


def test_a_board_that_is_killed_in_mid_session_loses_nothing_and_counts_nothing_twice(
    tmp_path: Path, workspace_folder: Path
) -> None:
    """Checks before, while it is gone, and while it comes back, one of them sent twice."""
    from course.learn.classroom import payloads
    from course.learn.classroom.wire import Board

    (chapter,) = (each for each in chapters.contents() if each.number == 0)
    for number in range(6):
        outbox.put("checks", payloads.check(chapter, found(number > 4, number > 2)))
    everything = [path.name[21:-5] for path in outbox.waiting()]
    late = [(path, path.read_text(encoding="utf-8")) for path in outbox.waiting()[1:]]
    for path, _ in late:
        path.unlink()
    with process(tmp_path, 0) as (board, url):
        with Board(url) as client:
            token = client.join(CODE, "Ada")["token"]
        membership.save(membership.Membership(url, "workshop", "Ada", token))
        taken = outbox.waiting()[0], outbox.waiting()[0].read_text(encoding="utf-8")
        assert sending.deliver() == sending.SENT
        board.send_signal(getattr(signal, "SIGKILL", signal.SIGTERM))
        board.wait(20)
    for path, text in [taken, *late]:  # the answer to the first got lost, so it is sent again
        path.write_text(text, encoding="utf-8")
    assert sending.deliver() == sending.UNREACHABLE
    assert len(outbox.waiting()) == 6
    with process(tmp_path, int(url.rpartition(":")[2])) as (_, again):
        assert again == url
        assert sending.deliver() == sending.SENT
        (ada,) = get(url, "room/export.json")["people"]
        assert [each["id"] for each in ada["checks"]] == everything
        assert get(url, "room")["checks"] == 6
    assert outbox.waiting() == []


def test_of_many_who_want_one_name_at_once_one_gets_it(served: str) -> None:
    def join(_: int) -> int:
        body = {"code": CODE, "name": "Ada"}
        return httpx.post(f"{served}/api/v1/members", json=body, trust_env=False, timeout=60).status_code

    with ThreadPoolExecutor(8) as pool:
        answers = Counter(pool.map(join, range(16)))
    assert answers == {201: 1, 409: 15}
    assert get(served, "room")["joined"] == 1


def test_of_one_check_sent_many_times_at_once_one_counts(served: str) -> None:
    answer = httpx.post(f"{served}/api/v1/members", json={"code": CODE, "name": "Ada"}, trust_env=False)
    headers = {"Authorization": f"Bearer {answer.json()['token']}"}
    body = {"id": str(uuid4()), "chapter": "ch00_doors", "ran": True, "results": []}

    def send(_: int) -> int:
        sent = httpx.post(f"{served}/api/v1/checks", json=body, headers=headers, trust_env=False, timeout=60)
        return sent.status_code

    with ThreadPoolExecutor(8) as pool:
        answers = Counter(pool.map(send, range(16)))
    assert answers == {201: 1, 200: 15}
    assert get(served, "room")["checks"] == 1


def test_a_page_that_watches_is_sent_a_new_picture_and_not_one_for_each_event(served: str) -> None:
    seen: list[str] = []
    enough = threading.Event()

    def watch() -> None:
        with (
            httpx.Client(trust_env=False, timeout=60) as client,
            client.stream("GET", f"{served}/api/v1/room/events", headers=TEACHER) as stream,
        ):
            for line in stream.iter_lines():
                seen.extend([line] if line.startswith("data:") else [])
                if '"joined":20' in line:
                    enough.set()
                    return

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    with httpx.Client(base_url=f"{served}/api/v1/", trust_env=False) as client:
        for number in range(20):
            client.post("members", json={"code": CODE, "name": f"Ada {number}"}).raise_for_status()
    assert enough.wait(30)
    thread.join(30)
    assert len(seen) < 20


def test_more_pages_than_the_board_serves_are_refused(opened: Callable[..., Any]) -> None:
    from course.teach.board.app.exceptions import TooManyWatchers

    with opened(watchers=1) as board:
        live = board.client.app_state["live"]
        with live.seat(), pytest.raises(TooManyWatchers), live.seat():
            pass
        with live.seat():
            pass


def test_what_was_not_kept_or_kept_twice_is_seen_by_the_bench() -> None:
    sent = {"Ada": [{"id": "1", "results": []}, {"id": "2", "results": []}]}

    def kept(*numbers: str) -> dict[str, Any]:
        checks = [{"id": each, "results": []} for each in numbers]
        return {"people": [{"name": "Ada", "checks": checks}]}

    assert bench.compare(sent, kept("1", "2")) == (0, 0)
    assert bench.compare(sent, kept("1")) == (1, 0)
    assert bench.compare(sent, kept("1", "2", "2")) == (0, 1)
    assert bench.compare(sent, kept("1", "3")) == (1, 1)


def test_a_port_that_is_taken_is_said(served: str) -> None:
    with pytest.raises(CourseError, match="cannot listen at") as error:
        server.listen("127.0.0.1", int(served.rpartition(":")[2]))
    assert "--port" in error.value.do


def test_the_keys_of_a_room_stay_and_those_given_win(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    first = keys.keys(file, "a", code=None, token=None)
    assert keys.keys(file, "a", code=None, token=None) == first
    assert keys.keys(file, "b", code=None, token=None) != first
    assert keys.keys(file, "a", code="OURCODE1", token=None) == keys.Keys("OURCODE1", first.token)
    file.write_text("[", encoding="utf-8")
    with pytest.raises(CourseError, match="cannot be read"):
        keys.keys(file, "a", code=None, token=None)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--code", "abc"], "code is not right"),
        (["--token", "short"], "token is not right"),
        (["--database", "postgresql://nobody@127.0.0.1:9/none"], "cannot be used"),
        (["--database", "nonsense"], "cannot be used"),
    ],
)
def test_a_setting_that_is_not_right_is_said_in_words(
    workspace_folder: Path, words: list[str], said: str
) -> None:
    from course.teach import board

    # In a thread: asyncio.run is not to be had where Playwright has left a loop running.
    with ThreadPoolExecutor(1) as pool, pytest.raises(CourseError, match=said):
        pool.submit(board.command, ["--port", "0", *words]).result()


def test_whatever_goes_wrong_with_the_board_is_one_line_under_the_check(
    workspace_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError("the disk is full")

    membership.save(membership.Membership("http://127.0.0.1:9", "workshop", "Ada", "token"))
    monkeypatch.setattr(outbox, "put", full)
    line = checking.tell_the_room(chapters.contents()[0], found(True), patience=0)
    assert line is not None
    assert line.text == "What you did could not be kept for the board (OSError)."
