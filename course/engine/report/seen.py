"""What was seen, in words: from pytest's `assert [] == ['20.00']` to `[]`."""

import ast
import re

LONGEST = 200
STATUS = range(100, 600)


def seen(detail: str, expected: str = "") -> str:
    """The value that a comparison saw, where it can be read off its two sides; else empty.

    Nothing is said of a status code, which stands in the response, nor of a bare True or False, nor where
    the requirement's own message says what was seen.
    """
    first = detail.split("\n")[0]
    if "; seen: " in expected:
        return ""
    if not first.startswith("assert ") or re.search(r"<\w|\.\.\.", first):
        return ""
    try:
        compared = ast.parse(first.removeprefix("assert "), mode="eval").body
        if not isinstance(compared, ast.Compare) or len(compared.ops) != 1:
            return ""
        left, right = (ast.literal_eval(each) for each in (compared.left, compared.comparators[0]))
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError):
        return ""
    searched = isinstance(compared.ops[0], ast.In | ast.NotIn) and not isinstance(right, tuple | set)
    value = right if searched else left
    if isinstance(value, bool) or (isinstance(value, int) and value in STATUS):
        return ""
    words = repr(value)
    if re.search(rf"(?<![\w']){re.escape(words)}(?![\w'])", expected):
        return ""
    return words if len(words) <= LONGEST else f"{words[:LONGEST]}…"
