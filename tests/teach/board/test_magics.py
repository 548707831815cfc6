"""`%join`, `%leave` and `%ask` in a notebook, against a board that really answers."""

import json
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from course.engine import checkpoint
from course.engine.report import Explanation, Problem, Result, Verdict
from course.learn.classroom import membership, outbox, sending

TEACHER = {"Authorization": "Bearer the-token-of-the-teacher"}
NOWHERE = "http://127.0.0.1:9"


def verdict(name: str, *, holds: bool, because: str = "") -> Verdict:
    return Verdict(
        id=f"test_{name}",
        chapter=0,
        sentence=f"The {name} answers.",
        outcome="holds" if holds else "fails",
        misconception=Explanation(because, because, "") if because else None,
    )


@pytest.fixture(autouse=True)
def sender(monkeypatch: pytest.MonkeyPatch) -> Iterator[sending.Sender]:
    """A sender of the test's own, which tries again at once when it is woken and never by itself."""
    monkeypatch.setattr(sending, "FIRST_PAUSE", 3600.0)
    monkeypatch.setattr(sending, "LONGEST_PAUSE", 3600.0)
    made = sending.Sender()
    monkeypatch.setattr(sending, "SENDER", made)
    yield made
    membership.forget()
    made.begin()  # lets its thread find that nothing is joined, and end
    made.wait(10)


@pytest.fixture
def finds(notebook: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Check the open chapter, with these verdicts; what the notebook shows."""
    notebook.run("%chapter 0")

    def checking(*verdicts: Verdict, problem: Problem | None = None) -> str:
        result = Result(chapter=0, verdicts=verdicts, problem=problem)
        monkeypatch.setattr(checkpoint, "check", lambda *_, **__: result)
        return str(notebook.run("%checkpoint").text)

    return checking


def all_sent(sender: sending.Sender) -> None:
    assert sender.wait(20) == sending.SENT
    assert outbox.waiting() == []


def picture(url: str) -> Any:
    return httpx.get(f"{url}/api/v1/room", headers=TEACHER, trust_env=False).json()


def test_before_joining_it_is_shown_what_would_be_sent_and_nothing_is(notebook: Any, served: str) -> None:
    assert "You have not joined a room, and nothing is sent." in notebook.run("%join").text
    seen = notebook.run(f"%join {served} ROOM2345")
    assert "Nothing has been sent yet" in seen.text
    assert '"requirement":' in seen.text
    assert picture(served)["joined"] == 0
    assert membership.load() is None


def test_who_has_joined_is_on_the_board_after_a_check(
    notebook: Any, served: str, finds: Callable[..., str], sender: sending.Sender
) -> None:
    seen = notebook.run(f"%join {served} room2345 as Ada Lovelace")
    assert "You have joined the room “workshop”" in seen.text
    assert '"requirement":' in seen.text
    said = finds(verdict("door", holds=False, because="door-ajar"), verdict("bell", holds=True))
    assert "board" not in said
    all_sent(sender)
    classroom = picture(served)
    (ada,) = classroom["people"]
    assert (ada["name"], ada["chapter"], ada["holds"], ada["of"]) == ("Ada Lovelace", "ch00_doors", 1, 2)
    assert classroom["misconceptions"][0]["name"] == "door-ajar"
    assert "Everything is sent." in notebook.run("%join").text


def test_what_is_sent_has_the_fields_that_were_shown_and_no_code(
    notebook: Any, served: str, finds: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from course.learn.classroom import payloads
    from course.learn.classroom.wire import Board

    sent: list[Any] = []
    monkeypatch.setattr(Board, "send", lambda self, kind, body: sent.append(body))
    notebook.run(f"%join {served} ROOM2345 as Ada")
    notebook.run("%%write app/main.py\nsecret = 1\n")
    finds(verdict("door", holds=False))
    sending.SENDER.wait(20)
    (body,) = sent
    assert body.keys() == payloads.EXAMPLE.keys()
    assert body["results"][0].keys() == payloads.EXAMPLE["results"][0].keys()  # type: ignore[index]
    assert "secret" not in json.dumps(body)


def test_a_service_that_does_not_start_is_told_as_that(
    notebook: Any, served: str, finds: Callable[..., str], sender: sending.Sender
) -> None:
    notebook.run(f"%join {served} ROOM2345 as Ada")
    finds(problem=Problem("It does not start.", "…", "Mend it."))
    all_sent(sender)
    assert picture(served)["people"][0]["ran"] is False


def test_who_has_not_joined_sends_nothing_and_imports_nothing(
    notebook: Any, finds: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith("course.learn.classroom")]:
        monkeypatch.delitem(sys.modules, name)
    assert "board" not in finds(verdict("door", holds=True))
    assert not any(name.startswith("course.learn.classroom") for name in sys.modules)
    assert not (membership.folder() / "outbox").exists()


def test_a_board_that_cannot_be_reached_costs_one_line_and_nothing_is_lost(
    notebook: Any, served: str, finds: Callable[..., str], sender: sending.Sender
) -> None:
    notebook.run(f"%join {served} ROOM2345 as Ada")
    joined = membership.load()
    assert joined is not None
    membership.save(membership.Membership(NOWHERE, joined.room, joined.name, joined.token))
    sender.begin()
    finds(verdict("door", holds=False))
    sender.wait(20)
    said = [finds(verdict("door", holds=False)) for _ in range(3)]
    lines = sum(
        each.count("The board cannot be reached; what you do is kept and sent later.") for each in said
    )
    assert lines <= 1
    assert outbox.told() == sending.UNREACHABLE
    assert "4 messages wait to be sent." in notebook.run("%join").text
    membership.save(joined)
    assert "cannot be reached" not in finds(verdict("door", holds=True))
    all_sent(sender)
    classroom = picture(served)
    assert classroom["checks"] == 5
    assert classroom["people"][0]["holds"] == 1
    assert "cannot be reached" not in finds(verdict("door", holds=True))
    assert outbox.told() == "", "a check after the board has answered notes that all goes well"


def test_the_line_is_shown_under_the_check_that_it_is_about(
    notebook: Any, finds: Callable[..., str], sender: sending.Sender
) -> None:
    membership.save(membership.Membership(NOWHERE, "workshop", "Ada", "token"))
    sender.begin()
    sender.wait(20)
    said = [finds(verdict("door", holds=True)) for _ in range(3)]
    assert sum("The board cannot be reached" in each for each in said) == 1
    assert all("Chapter 0: 1 of 1" in each or "requirement" in each for each in said)


def test_what_waits_survives_the_kernel_and_is_not_readable_by_others(
    notebook: Any, finds: Callable[..., str], sender: sending.Sender
) -> None:
    membership.save(membership.Membership(NOWHERE, "workshop", "Ada", "token"))
    finds(verdict("door", holds=True))
    sender.wait(20)
    (path,) = outbox.waiting()
    message = outbox.read(path)
    assert message is not None
    assert message.body["results"] == [{"requirement": "test_door", "holds": True, "misconception": None}]
    if sys.platform != "win32":
        for private in (path, membership.folder() / membership.NAME):
            assert stat.S_IMODE(private.stat().st_mode) == 0o600


@pytest.mark.parametrize("broken", ["", "{", "[]", '{"url": 1}'])
def test_a_membership_that_cannot_be_read_breaks_no_check(
    notebook: Any, finds: Callable[..., str], broken: str
) -> None:
    path = membership.folder() / membership.NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(broken, encoding="utf-8")
    assert "Traceback" not in finds(verdict("door", holds=True))


def test_the_code_leaves_only_after_it_was_shown(notebook: Any, served: str, sender: sending.Sender) -> None:
    notebook.run(f"%join {served} ROOM2345 as Ada")
    notebook.run("%chapter 0")
    notebook.run("%%write app/main.py\nanswer = 42\n")
    notebook.run("%%write .env\nSECRET=hush\n")
    seen = notebook.run("%ask why is this a 422?")
    assert "Nothing has been sent yet." in seen.text
    assert "answer = 42" in seen.text
    assert "hush" not in seen.text
    assert picture(served)["help"] == []
    notebook.run("%%write app/main.py\nanswer = 'changed after it was shown'\n")
    assert "Your question is on the board" in notebook.run("%ask send").text
    (waiting,) = picture(served)["help"]
    assert waiting["question"] == "why is this a 422?"
    read = httpx.get(f"{served}/api/v1/room/help/{waiting['id']}", headers=TEACHER, trust_env=False).json()
    assert read["code"] == [{"path": "app/main.py", "text": "answer = 42\n"}]
    assert "There is no question to send." in notebook.run("%ask send").text


def test_a_question_with_its_mark_may_go_without_the_code(notebook: Any, served: str) -> None:
    notebook.run(f"%join {served} ROOM2345 as Ada")
    notebook.run("%chapter 0")
    assert '"question": "what is `that`, and this?"' in notebook.run("%ask what is `that`, and this?").text
    notebook.run("%ask send without code")
    assert picture(served)["help"][0]["files"] == 0
    notebook.run("%%write a.txt\n%ask this?\n")
    assert Path("a.txt").read_text(encoding="utf-8") == "%ask this?\n"


def test_leaving_takes_one_off_the_board(
    notebook: Any, served: str, finds: Callable[..., str], sender: sending.Sender
) -> None:
    notebook.run(f"%join {served} ROOM2345 as Ada")
    finds(verdict("door", holds=True))
    all_sent(sender)
    assert "deleted what it had of you" in notebook.run("%leave").text
    assert picture(served)["people"] == []
    finds(verdict("door", holds=True))
    assert outbox.waiting() == []
    assert "You have not joined a room" in notebook.run("%leave").text


def test_leaving_a_board_that_cannot_be_reached_sends_nothing_more(
    notebook: Any, served: str, finds: Callable[..., str]
) -> None:
    notebook.run(f"%join {served} ROOM2345 as Ada")
    joined = membership.load()
    assert joined is not None
    membership.save(membership.Membership(NOWHERE, joined.room, joined.name, joined.token))
    assert "`%leave` again" in notebook.run("%leave").text
    finds(verdict("door", holds=True))
    assert outbox.waiting() == []
    assert "You have left the room" in notebook.run("%join").text


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("%join ftp://x CODE as Ada", "is not the address of a board"),
        (f"%join {NOWHERE} ROOM2345 as Ada", "There is no board at"),
        ("%join {served} WRONGCODE as Ada", "Look whether the code is the one on the wall."),
        ("%join {served} ROOM2345 as Grace", "as Grace 2`"),
        ("%join {served} ROOM2345 as " + "x" * 41, "Choose a name"),
        ("%join {served}/docs ROOM2345 as Ada", "There is no board at"),
        ("%ask why", "You have not joined a room"),
        ("%leave now", "Type `%leave`."),
    ],
)
def test_what_does_not_work_is_said_with_what_to_do(
    notebook: Any, served: str, line: str, words: str
) -> None:
    httpx.post(
        f"{served}/api/v1/members", json={"code": "ROOM2345", "name": "Grace"}, trust_env=False
    ).raise_for_status()
    seen = notebook.run(line.replace("{served}", served))
    assert words in seen.text
    assert seen.error is None
    assert "Traceback" not in seen.text


def test_a_learner_who_was_taken_out_is_told_once(
    notebook: Any, served: str, finds: Callable[..., str], sender: sending.Sender
) -> None:
    notebook.run(f"%join {served} ROOM2345 as Ada")
    number = picture(served)["people"][0]["id"]
    httpx.delete(f"{served}/api/v1/room/members/{number}", headers=TEACHER, trust_env=False)
    sender.begin()
    said = []
    for _ in range(3):
        said.append(finds(verdict("door", holds=True)))
        assert sender.wait(20) == sending.GONE
    said.append(finds(verdict("door", holds=True)))
    assert sum("does not know you any more" in each for each in said) == 1


def test_the_terminal_has_the_same_words(
    notebook: Any, served: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from course.learn import classroom

    assert classroom.join([served, "ROOM2345", "as", "Ada"]) == 0
    assert "`course leave` ends it" in capsys.readouterr().out
    assert classroom.ask(["why"]) == 2
    assert classroom.leave() == 0
    assert picture(served)["joined"] == 0
