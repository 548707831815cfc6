"""What a comparison saw, read off pytest's own words."""

import pytest

from course.engine.report.seen import seen


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
