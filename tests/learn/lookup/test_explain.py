"""What `course explain` finds: messages, tracebacks, answers, reports; and what it does not."""

import io
import subprocess
import sys

import pytest

from course import paths
from course.engine import chapters, misconceptions
from course.errors import CourseError
from course.learn.lookup import explain
from course.learn.lookup.explain.entries import Entry, entries, is_message
from course.learn.lookup.explain.misconception_entries import Mistake, mistakes
from course.learn.lookup.explain.pasted import plain, read
from course.learn.lookup.explain.search import Hit, pattern, search
from course.teach.site import error_pages

TRACEBACK = """\
Traceback (most recent call last):
  File "/somewhere/site-packages/uvicorn/protocols/http/h11_impl.py", line 410, in run_asgi
    result = await app(  # type: ignore[func-returns-value]
             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  File "/somewhere/site-packages/fastapi/routing.py", line 290, in app
    raw_response = await run_endpoint_function(
  File "/somewhere/app/routers/lots.py", line 31, in read_lot
    return await lots.find(lot_id)
KeyError: 'lamp'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/somewhere/site-packages/starlette/middleware/errors.py", line 164, in __call__
    await self.app(scope, receive, _send)
{last}
"""
CASES = [pytest.param(entry, id=entry.address) for entry in entries()]


def titles(hits: list[Hit]) -> list[str]:
    return [hit.found.title if isinstance(hit.found, Entry) else hit.found.entry.title for hit in hits]


def seen(entry: Entry) -> str:
    return entry.printed if is_message(entry.heading) else entry.title


@pytest.mark.parametrize("entry", CASES)
def test_an_entry_is_found_by_what_its_mistake_prints(entry: Entry) -> None:
    assert titles(search(seen(entry)))[:1] == [entry.title]


@pytest.mark.parametrize("entry", [case for case in CASES if is_message(case.values[0].heading)])  # type: ignore[union-attr]
def test_an_entry_is_found_at_the_end_of_a_pasted_traceback(entry: Entry) -> None:
    assert titles(search(TRACEBACK.format(last=entry.printed)))[:1] == [entry.title]


@pytest.mark.parametrize("entry", CASES)
def test_an_entry_is_found_by_each_of_its_other_messages(entry: Entry) -> None:
    for message in entry.messages:
        found = titles(search(message.replace("…", "x")))
        assert entry.title in found, f"`{message}` finds {found}"


@pytest.mark.parametrize("one", mistakes(), ids=lambda one: f"{one.page}-{one.entry.name}")
def test_a_misconception_is_found_first_by_the_report_that_names_it(one: Mistake) -> None:
    report = (
        f"[does not hold yet] {one.sentence}\n    sent:     GET /\n    answer:   200\n    {one.entry.title}\n"
    )
    assert search(report)[0].found == one


def test_every_misconception_of_the_banks_is_in_the_index() -> None:
    names = {
        (chapter.stem, entry.name)
        for chapter in chapters.contents()
        for entry in misconceptions.load(chapter.misconceptions)
    }
    general = {entry.name for entry in misconceptions.load(paths.IN_EVERY_CHAPTER)}
    own = {(one.chapter.stem, one.entry.name) for one in mistakes() if not one.in_every_chapter}
    assert own == names
    assert {one.entry.name for one in mistakes() if one.in_every_chapter} == general
    assert all(one.sentence for one in mistakes()), "each knows its requirement's sentence"
    written = "\n".join(error_pages.pages().values())
    assert all(one.entry.title in written for one in mistakes())


def test_the_last_exception_comes_before_those_it_came_from() -> None:
    text = TRACEBACK.replace("KeyError: 'lamp'", "TypeError: 'list' object is not callable")
    found = titles(search(text.format(last="RuntimeError: No response returned.")))
    assert found[:2] == ["RuntimeError: No response returned.", "TypeError: '…' object is not callable"]


def test_a_warning_after_an_exception_is_not_taken_for_it() -> None:
    text = "TypeError: 'list' object is not callable\nRuntimeWarning: coroutine 'bid' was never awaited"
    assert titles(search(text))[0] == "TypeError: '…' object is not callable"


@pytest.mark.parametrize(
    "text",
    [
        '{"detail":[{"type":"missing","loc":["query","amount"],"msg":"Field required","input":null}]}',
        "{'detail': [{'type': 'missing', 'loc': ['query', 'amount'], 'msg': 'Field required'}]}",
        '{\n  "detail": [\n    {\n      "type": "missing",\n      "loc": [\n        "query",\n'
        '        "amount"\n      ],\n      "msg": "Field required"\n    }\n  ]\n}',
        "422 Unprocessable Entity ‘type’: ‘missing’, ‘loc’: [‘query’, ‘amount’]",
    ],
)
def test_an_answer_is_known_however_its_json_is_laid_out(text: str) -> None:
    assert titles(search(text))[0].startswith('"type":"missing","loc":["query","…"]')


def test_a_full_stop_more_or_less_does_not_matter() -> None:
    message = "RuntimeError: No response returned"
    assert titles(search(message)) == titles(search(f"{message}.")) == ["RuntimeError: No response returned."]


def test_what_varies_within_quotes_ends_with_them() -> None:
    one = pattern('"loc":["query","…"]')
    assert one.search(plain('{"loc": ["query", "amount"]}'))
    assert not one.search(plain('{"loc": ["query", "bid", "amount"]}'))


def test_colours_and_boxes_of_a_terminal_do_not_hide_a_message() -> None:
    text = "\x1b[31mTypeError\x1b[39m: 'list' object \x1b[1mis not\x1b[0m callable"
    assert titles(search(text))[0] == "TypeError: '…' object is not callable"
    assert titles(search("E       TypeError: 'list' object is not callable"))[0].startswith("TypeError: '…'")


def test_likely_entries_are_found_by_their_words_and_said_to_be_likely() -> None:
    hits = search("cors browser blocked")
    assert "CORS" in titles(hits)[0]
    assert not hits[0].exact
    answer = explain.explained("cors browser blocked")
    assert answer is not None
    assert "No message of the index is in it." in answer.text
    assert len(search("session closed")) <= 3


@pytest.mark.parametrize(
    "text",
    [
        "the weather is fine today",
        "asdf qwer",
        "lorem ipsum dolor sit amet",
        "a",
        "juggling greenlet pancakes",
        "12",
        "…",
        "Error:",
        "what is wrong",
        "AssertionError",
        "TypeError: ",
        "dict",
    ],
)
def test_what_means_nothing_finds_nothing(text: str) -> None:
    assert search(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "\x00\x01\x02\x1b]0;title\x07\x9b31m",
        bytes(range(256)).decode("utf-8", errors="replace"),
        "(" * 100_000,
        "loc': [" * 50_000,
        "\ud800 half a character",
    ],
    ids=["control", "binary", "brackets", "repeated", "surrogate"],
)
def test_hostile_text_is_looked_at_and_answered(text: str) -> None:
    assert isinstance(search(text), list)


def test_of_five_megabytes_the_end_is_read() -> None:
    text = "x" * 5_000_000 + "\nTypeError: 'list' object is not callable\n"
    assert read(text).cut
    assert titles(search(text))[0] == "TypeError: '…' object is not callable"
    answer = explain.explained(text)
    assert answer is not None
    assert "Only the end of the text was read" in answer.text


def test_nothing_to_explain_is_said() -> None:
    for text in ("", "  \n\t", "\x00"):
        with pytest.raises(CourseError, match="There is nothing to explain"):
            explain.explained(text)


def test_the_verb_reads_words_or_the_standard_input(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert explain.explain(["object", "is", "not", "callable"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("TypeError: '…' object is not callable\n")
    assert "Do: " in told
    assert "In the course: Chapter 3, Classes and objects as dependencies" in told
    pasted = io.TextIOWrapper(io.BytesIO(b"\xff\xfe TypeError: 'list' object is not callable\n"))
    monkeypatch.setattr(sys, "stdin", pasted)
    assert explain.explain([]) == 0
    assert "object is not callable" in capsys.readouterr().out


def test_no_hit_is_said_to_be_none_and_what_to_do_next(capsys: pytest.CaptureFixture[str]) -> None:
    assert explain.explain(["sqlalchemy.exc.NobodyKnowsThis: what a day"]) == 1
    told = capsys.readouterr().out
    assert told.startswith("Nothing in the index fits this")
    assert "course find" in told
    assert "https://docs.sqlalchemy.org" in told


def test_explaining_imports_nothing_heavy() -> None:
    code = (
        "import sys; from course.learn.lookup.explain import explain; explain(['object is not callable']); "
        "heavy = {'jupytext', 'nbformat', 'fastapi', 'sqlalchemy', 'pytest', 'IPython', 'markdown_it'}; "
        "sys.exit(' '.join(heavy & sys.modules.keys()) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=paths.ROOT, capture_output=True, text=True)
    assert done.returncode == 0, f"it imports {done.stderr}"
