"""Predict first, then look: a guess, the real thing, and why."""

import re
from html import escape
from inspect import iscoroutine
from math import isclose
from typing import Any

from course.engine import predictions as texts
from course.learn import display
from course.learn.display import Shown

LONGEST = 300  # characters of a value that are shown
QUOTES = "\"'`"
UNORDERED = (set, frozenset)
SEVERAL = (list, tuple, dict, *UNORDERED)
ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


class Raised:
    """The outcome of a call that ended in an exception, named by its type."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def __str__(self) -> str:
        name = type(self.error).__name__
        message = str(self.error).strip().split("\n", 1)[0]
        return f"{name}: {message}" if message else name


def predict(guess: object, actual: object, why: str = "", *, id: str = "") -> Shown:
    """Compare a guess with what really happens, and say why it happens.

    Args:
        guess: a value; `...` means that it is still to be made. For a call that raises, the exception's class
            or its name.
        actual: the real value, or a function without arguments that gives it. An exception that the function
            raises is an outcome like another. It is not called while the guess is `...`.
        why: the explanation, shown once there is a guess, whether it held or not. Without one, the
            explanation in the chapter's text is shown, if the text has it.
        id: the name of this prediction in the chapter's text.

    Returns:
        What a notebook shows. Nothing is raised for a wrong guess.
    """
    if _open(guess):
        return display.note(
            "Your guess first: write what you expect in place of `...`, then run this cell again.",
            accent="ask",
        )
    outcome = _outcome(actual)
    held = agree(guess, outcome)
    verdict = "Your prediction held." if held else "Your prediction did not hold."
    lines = [("You expected", _words(guess)), ("It is", _words(outcome))]
    text = [verdict, *(f"  {label}: {value}" for label, value in lines)]
    values = "<br>".join(f"{label}: <code>{escape(value, quote=False)}</code>" for label, value in lines)
    html = f"<p><strong>{verdict}</strong><br>{values}</p>"
    if why := texts.one_line(why) or (texts.why_of(id) if id else ""):
        text.append(f"  Why: {why}")
        html += f"<p>{display.inline(why)}</p>"
    return Shown("\n".join(text), display.boxed(html, "good" if held else "bad"))


def agree(guess: object, outcome: object) -> bool:
    """Whether a guess is right.

    It may be right in another type: `"404"` for `404`, a list for a tuple, `201` for `{201}`, a set for a
    list, a list of values for a dictionary, the class `KeyError` for its name. Two lists must have one order.
    """
    if isinstance(outcome, Raised):
        return _names(guess, outcome.error)
    if isinstance(guess, type):
        return guess is outcome or _plain(guess) == _plain(outcome)
    if _equal(guess, outcome) or _close(guess, outcome) or _plain(guess) == _plain(outcome):
        return True
    if isinstance(guess, dict) and isinstance(outcome, dict):
        known = {_plain(key): value for key, value in outcome.items()}
        asked = {_plain(key): value for key, value in guess.items()}
        return known.keys() == asked.keys() and all(agree(asked[key], known[key]) for key in known)
    if isinstance(guess, SEVERAL) and isinstance(outcome, SEVERAL):
        return _agree_in_parts(guess, outcome)
    if isinstance(guess, SEVERAL) and not isinstance(guess, dict):
        return len(guess) == 1 and all(agree(only, outcome) for only in guess)
    if isinstance(outcome, SEVERAL) and not isinstance(outcome, dict):
        return len(outcome) == 1 and all(agree(guess, only) for only in outcome)
    return False


def _agree_in_parts(guess: Any, outcome: Any) -> bool:
    """Two containers. An empty dictionary is also how one writes an empty set."""
    asked, known = ([*(each.values() if isinstance(each, dict) else each)] for each in (guess, outcome))
    if isinstance(outcome, UNORDERED):  # who lists what occurs may name one thing twice
        return all(any(agree(a, k) for k in known) for a in asked) and all(
            any(agree(a, k) for a in asked) for k in known
        )
    if len(asked) != len(known):
        return False
    if not isinstance(guess, UNORDERED):
        return all(map(agree, asked, known))
    for each in known:
        at = next((at for at, mine in enumerate(asked) if agree(mine, each)), None)
        if at is None:
            return False
        asked.pop(at)
    return True


def _plain(value: object) -> str:
    """A value as text, without the case of its letters and the quotes around it."""
    words = value.__name__ if isinstance(value, type) else str(value).strip()
    while len(words) > 1 and words[0] == words[-1] and words[0] in QUOTES:
        words = words[1:-1].strip()
    return words.casefold()


def _open(guess: object) -> bool:
    if isinstance(guess, (list, tuple, set, frozenset)):
        return any(_open(each) for each in guess)
    if isinstance(guess, dict):
        return any(_open(each) for each in guess.values())
    return guess is ...


def _outcome(actual: object) -> object:
    if isinstance(actual, BaseException):
        return Raised(actual)
    if not callable(actual) or isinstance(actual, type):
        return _finished(actual) if iscoroutine(actual) else actual
    try:
        return _finished(actual())
    except (Exception, SystemExit) as error:
        return Raised(error)


def _finished(value: object) -> object:
    """The value, or what a coroutine returns: it runs in a thread, because the kernel's loop is running."""
    if not iscoroutine(value):
        return value
    import asyncio
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, value).result()


def _names(guess: object, error: BaseException) -> bool:
    if isinstance(guess, BaseException):
        guess = type(guess)
    if isinstance(guess, type):
        return isinstance(error, guess)
    if isinstance(guess, (list, tuple, set, frozenset)):
        return len(guess) == 1 and all(_names(each, error) for each in guess)
    names = {kind.__name__.casefold() for kind in type(error).__mro__ if kind is not object}
    return _plain(guess).removesuffix("()").rpartition(".")[2] in names


def _equal(guess: object, outcome: object) -> bool:
    try:
        return bool(guess == outcome)
    except Exception:
        return False  # an SQL expression, for one, has no truth value


def _close(guess: object, outcome: object) -> bool:
    if isinstance(guess, (int, float)) and isinstance(outcome, (int, float)):
        return isclose(guess, outcome, rel_tol=1e-9)
    return False


def _words(value: object) -> str:
    if isinstance(value, Raised):
        return str(value)
    if isinstance(value, type):
        return value.__name__
    words = ADDRESS.sub("", _sorted(value) if isinstance(value, (set, frozenset)) else repr(value))
    return words if len(words) <= LONGEST else words[: LONGEST - 1] + "…"


def _sorted(values: set[object] | frozenset[object]) -> str:
    return "{" + ", ".join(sorted(map(repr, values))) + "}" if values else "set()"
