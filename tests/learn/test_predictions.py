"""`predict`: a guess, the real thing, and why."""

import asyncio
import subprocess
import sys
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

import pytest

from course import paths, predict
from course.engine import predictions as texts
from course.learn.predictions import agree

LOTS: dict[str, int] = {}


class NotFoundError(LookupError):
    pass


class Category(StrEnum):
    ART = "art"


def refuse() -> object:
    raise NotFoundError("no lot 7\nand a second line")


@pytest.mark.parametrize("guess", [..., (404, ...), {"status": ...}], ids=repr)
def test_an_unanswered_prediction_asks_and_neither_calls_nor_reveals(guess: object) -> None:
    called = []

    def actual() -> int:
        called.append("called")
        return 404

    shown = predict(guess, actual, "Because of the secret.")
    assert "Your guess first" in shown.text
    assert called == []
    for revealing in ("404", "secret"):
        assert revealing not in shown.text + shown.html


@pytest.mark.parametrize(
    ("guess", "actual"),
    [
        (404, 404),
        ("404", 404),
        (404, "404"),
        ("OK", "ok"),
        (["a", "b"], ("a", "b")),
        (("404", "ok"), [404, "OK"]),
        (0.3, 0.1 + 0.2),
        ("25.00", Decimal("25.00")),
        ("art", Category.ART),
        ("none", None),
        (True, lambda: True),
        (KeyError, lambda: LOTS["lot"]),
        ("KeyError", lambda: LOTS["lot"]),
        (LookupError, refuse),
        ("notfounderror", refuse),
        (SystemExit, lambda: exec("raise SystemExit(2)")),
        ("'oak'", "oak"),
        ("`oak`", "oak"),
        (['"de"', "nobody"], ["de", "nobody"]),
        ("oak", "'oak'"),
        (201, {201}),
        ("201", [201]),
        ({201}, 201),
        (["ada@example.com"], "ada@example.com"),
        ([422, 201], {201, 422}),
        ([201, 201, 422, 201], {201, 422}),
        ({"b", "a"}, ["a", "b"]),
        ({"1", "2"}, [2, 1]),
        ({}, set()),
        ({}, []),
        ([], {}),
        ({"status": 409, "name": "ada"}, [409, "ada"]),
        ([True, [], ["art"]], {"sold": True, "tags": [], "rooms": ["art"]}),
        ({"sold": "true", "TAGS": []}, {"tags": [], "sold": True}),
        ("true", True),
        (["TRUE", "false"], [True, False]),
        ([None, "none"], ["None", None]),
        (str, "str"),
        ("str", str),
        (KeyError, "KeyError"),
        ("builtins.KeyError", lambda: LOTS["lot"]),
        ("KeyError()", lambda: LOTS["lot"]),
        ([KeyError], lambda: LOTS["lot"]),
    ],
    ids=repr,
)
def test_a_right_guess_holds_even_in_another_type(guess: object, actual: object) -> None:
    assert predict(guess, actual, "why").text.startswith("Your prediction held.\n")


@pytest.mark.parametrize(
    ("guess", "actual"),
    [
        (404, 422),
        ("", None),
        (["a", "b"], ["b", "a"]),
        (["a"], ["a", "b"]),
        (KeyError, 404),
        (404, lambda: LOTS["lot"]),
        (ValueError, refuse),
        ("object", refuse),
        ("KeyErrors", lambda: LOTS["lot"]),
        ([KeyError, 404], lambda: LOTS["lot"]),
        ("[200, 500", [200, 500]),
        (["b", "a"], ("a", "b")),
        ({1, 2}, [1, 1, 2]),
        ({1}, [1, 1]),
        ({201}, {201, 422}),
        ({201, 422}, {201}),
        ([201, 422], {201}),
        (201, {201, 422}),
        (201, []),
        ([201, 201], 201),
        ([], None),
        ("", []),
        (0, None),
        ("0", False),
        ("false", None),
        ("None", ""),
        ("none", "nobody"),
        ({"status": "ok"}, [{"status": "ok"}, 503]),
        ("ok", {"status": "ok"}),
        ({"sold": True}, {"sold": True, "tags": []}),
        ({"sold": True}, {"open": True}),
        ({"name": "ada", "status": 409}, [409, "ada"]),
        ("two blanks", " two blanks, and more "),
        ("oak'", "oak"),
        ("", "''x"),
        (str, "dict"),
        (int, 5),
        (KeyError, "ValueError"),
    ],
    ids=repr,
)
def test_a_wrong_guess_does_not_hold_and_does_not_fail(guess: object, actual: object) -> None:
    assert predict(guess, actual, "why").text.startswith("Your prediction did not hold.\n")


def test_both_and_the_reason_are_shown_in_text_and_in_html() -> None:
    shown = predict(200, refuse, why="There is no lot 7, so `get_lot` raises.")
    assert shown.text == (
        "Your prediction did not hold.\n"
        "  You expected: 200\n"
        "  It is: NotFoundError: no lot 7\n"
        "  Why: There is no lot 7, so `get_lot` raises."
    )
    for words in ("did not hold", "<code>200</code>", "NotFoundError: no lot 7", "<code>get_lot</code>"):
        assert words in shown.html


def test_markup_in_a_value_is_shown_and_not_obeyed() -> None:
    assert "<script>" not in predict("x", "<script>alert(1)</script>").html


def test_what_is_shown_is_the_same_on_every_run() -> None:
    shown = predict("an object", object())
    assert "It is: <object object>" in shown.text
    assert predict({"b", "a"}, {"a", "b", "c"}).text.splitlines()[2] == "  It is: {'a', 'b', 'c'}"


def test_a_long_value_is_cut() -> None:
    assert len(predict(1, "x" * 10_000).text) < 500


def test_a_coroutine_is_awaited_although_a_loop_runs() -> None:
    async def answer() -> int:
        return 404

    async def cell() -> list[str]:
        return [predict(404, answer, "why").text, predict(404, answer(), "why").text]

    for text in asyncio.run(cell()):
        assert text.startswith("Your prediction held.")


def test_a_value_that_cannot_be_compared_does_not_break_the_cell() -> None:
    from sqlalchemy import column

    class Stubborn:
        def __eq__(self, other: object) -> bool:
            raise RuntimeError("not comparable")

        __hash__ = None  # type: ignore[assignment]

    assert agree(1, Stubborn()) is False
    assert agree("price > :price_1", column("price") > 3)


TEXT = """\
# Doors

```{code-cell} ipython3
:tags: [raises-exception]

%serve
guess = 404  ### STUB guess = ...  # "one", or id="another"
predict(guess, await ask(), id="unknown-door", why="it is no `secret`:\\n  there is no such door")
```

`id="another"` is named in a sentence.

```{code-cell} ipython3
predict(1, 1, id="another", why=("said " "twice"))
```

```{code-cell} ipython3
predict(1, 1, id="broken, why="no Python")
```
"""


@pytest.fixture
def text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "ch00_doors.md"
    path.write_text(TEXT, encoding="utf-8")
    monkeypatch.setattr(paths, "TEXTS", tmp_path)
    return path


@pytest.mark.usefixtures("text")
def test_a_learner_finds_the_reason_in_the_text_and_only_after_the_guess() -> None:
    assert "secret" not in predict(..., 404, id="unknown-door").html
    for guess in (404, 405):
        shown = predict(guess, 404, id="unknown-door")
        assert shown.text.endswith("\n  Why: it is no `secret`: there is no such door")
        assert "<p>it is no <code>secret</code>" in shown.html
    assert predict(1, 1, id="another").text.endswith("  Why: said twice")


@pytest.mark.usefixtures("text")
@pytest.mark.parametrize("identity", ["gone", "broken", "", 'a"b'])
def test_without_a_reason_in_the_text_a_prediction_is_only_compared(identity: str) -> None:
    assert predict(1, 1, id=identity).text == "Your prediction held.\n  You expected: 1\n  It is: 1"


def test_without_the_texts_a_prediction_is_only_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "TEXTS", tmp_path / "nowhere")
    assert "Why" not in predict(1, 1, id="unknown-door").text


def test_a_reason_is_found_within_milliseconds_and_without_imports() -> None:
    code = (
        "import sys, time; from course import predict; began = time.process_time(); "
        "found = predict(1, 1, id='thread-of-a-task').text; seconds = time.process_time() - began; "
        "assert 'Why' in found, found; assert seconds < 0.5, seconds; "
        "assert not {'jupytext', 'markdown_it', 'nbformat'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], cwd=paths.ROOT, check=True)


def test_the_reason_is_taken_out_of_a_cell_and_nothing_else() -> None:
    call = 'predict(\n    a,  # one\n    f("é", why=1),\n    id="é",\n    why=("(so" "on)"),\n)'
    source = f'%serve\nx = "é"; {call}\n!ls'
    without = source.replace(',\n    why=("(so" "on)")', "")
    assert texts.without_why(source) == without
    assert texts.without_why(without) == without
    assert texts.predictions(source) == [texts.Prediction("é", "(soon)")]
    assert texts.without_why('predict(1, 2, why="x", id="y")') == 'predict(1, 2, id="y")'
    build = '%%write app/a.py\npredict(1, 1, why="x")'
    assert texts.without_why(build) == build
