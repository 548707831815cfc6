"""What was seen, in words: from pytest's `assert [] == ['20.00']` to `[]`; and which code was at work."""

import ast
import re

from course.engine.report.model import Verdict

LONGEST = 200
STATUS = range(100, 600)
RAISED = 3
"""Exceptions of one request that are named."""


def bounded(text: str, most: int) -> str:
    """The text, or its beginning and its end: a traceback has its cause at one of the two."""
    if len(text) <= most:
        return text
    half = most // 2
    return f"{text[:half]}\n… {len(text) - 2 * half:,} characters are left out here …\n{text[-half:]}"


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


def at_work(verdict: Verdict) -> list[tuple[str, str]]:
    """What is known of a failure that nothing explains, as pairs of a label and words.

    What the learner's code raised in the last request, or the endpoint that it reached; warnings and log
    lines.
    """
    if verdict.misconception is not None or verdict.fault is not None:
        return []
    last = verdict.shown_exchanges[-1:]
    raised = dict.fromkeys(line for each in last for line in each.raised.split("\n") if line)
    lines = [("raised", line) for line in [*raised][:RAISED]]
    lines = lines or [("endpoint", each.endpoint) for each in last if each.endpoint]
    noted = (each.partition(": ") for each in verdict.observed)
    return [*lines, *((label, words) for label, _, words in noted)]
