"""`predict`: a guess, the real thing, and why."""

import asyncio
from decimal import Decimal
from enum import StrEnum

import pytest

from course import predict
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
