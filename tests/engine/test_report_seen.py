"""What a comparison saw, read off pytest's own words."""

from dataclasses import replace

import pytest

from course.engine.report import Exchange, Explanation, Verdict
from course.engine.report.seen import at_work, seen


@pytest.mark.parametrize(
    ("detail", "words"),
    [
        ("assert 'a' == 'b'", "'a'"),
        ("assert 'x' in ['a', 'b']", "['a', 'b']"),
        ("assert 'x' not in 'taxi'", "'taxi'"),
        ("assert 200 == 201", ""),
        ("assert False", ""),
        ("assert False == True", ""),
        ("assert None", ""),
        ("assert <Response [200]> == 3", ""),
        ("assert None == 'a'\n +  where None = <function f>", "None"),
        ("app/main.py, line 3", ""),
        ("assert 7 in (307, 308)", "7"),
    ],
)
def test_what_a_comparison_saw(detail: str, words: str) -> None:
    assert seen(detail) == words


@pytest.mark.parametrize(
    ("expected", "words"),
    [("the list is empty; seen: 1 entry", ""), ("there are 2, and here 1", ""), ("there are 21", "1")],
)
def test_what_the_message_says_already_is_not_said_again(expected: str, words: str) -> None:
    assert seen("assert 1 == 2", expected) == words


REACHED = Exchange("GET", "/", "", 200, "1", "`root` in app/main.py, line 3")
RAISED = Exchange("GET", "/", "", 404, "", "`root` in app/main.py, line 3", "HTTPException(404) in `root`")
FAILS = Verdict("test_a", 2, "A.", "fails", (RAISED, REACHED), "a")


def test_what_nothing_explains_names_the_endpoint_that_the_last_request_reached() -> None:
    assert at_work(FAILS) == [("endpoint", "`root` in app/main.py, line 3")]


def test_what_was_raised_comes_in_place_of_the_endpoint() -> None:
    assert at_work(replace(FAILS, exchanges=(RAISED,))) == [("raised", "HTTPException(404) in `root`")]


def test_warnings_and_log_lines_are_told() -> None:
    noted = replace(FAILS, exchanges=(), observed=("warning: UserWarning: old", "log: ERROR gavel: no"))
    assert at_work(noted) == [("warning", "UserWarning: old"), ("log", "ERROR gavel: no")]


def test_what_is_explained_tells_nothing_more() -> None:
    assert at_work(replace(FAILS, misconception=Explanation("a", "A", "Why."))) == []
