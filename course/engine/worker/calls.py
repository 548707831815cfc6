"""A call that does not fit what is called: what it was given, and which arguments are accepted."""

import ast
import difflib
import inspect
import linecache
import re
import sys
import traceback
from collections.abc import Iterator
from types import FrameType
from typing import Any

from course.engine.worker.place import Place

MISFIT = re.compile(
    r"^(?:[\w<>]+\.)*?(?P<name>\w+)(?:\.__init__|\.__new__)?\(\) "
    r"(?:got an unexpected keyword argument '(?P<unknown>\w+)'|missing \d+ required|takes |"
    r"got some positional|got multiple values)"
)
MOST = 12
"""So many accepted names are listed."""


def words_of_misfit(error: TypeError, place: Place) -> str:
    """Words for a call with arguments that do not fit; empty where the error is another one."""
    found = MISFIT.match(str(error))
    if found is None:
        return ""
    for call, frame in _calls(error, place):
        name = ast.unparse(call.func)
        called = _value(call.func, frame)
        if called is not None and name.rpartition(".")[2] == found["name"]:
            return _told(name, called, _given(call), found["unknown"])
    own = own_function(found["name"], place)
    if own is None:
        return ""
    unknown = found["unknown"]
    given = [f"`{unknown}`"] if unknown else []
    return _told(found["name"], own, given, unknown, "the check calls it so")


def own_function(name: str, place: Place) -> Any:
    """The function or class of this name that the project defines; None where there is none, or several."""
    found = {}
    for module in list(sys.modules.values()):
        if place.inside(getattr(module, "__file__", None) or "") is not None:
            value = getattr(module, name, None)
            if callable(value) and getattr(value, "__module__", None) == module.__name__:
                found[id(value)] = value
    return next(iter(found.values())) if len(found) == 1 else None


def definition(name: str, place: Place) -> tuple[str, int] | None:
    """File and line of the project's own function that a misfit names."""
    own = own_function(name, place)
    try:
        return (inspect.getsourcefile(own) or "", inspect.getsourcelines(own)[1]) if own is not None else None
    except (OSError, TypeError):
        return None


def _told(name: str, called: Any, given: list[str], unknown: str | None, by: str = "") -> str:
    try:
        parameters = inspect.signature(called).parameters.values()
    except (TypeError, ValueError):
        return ""
    accepted = [each.name for each in parameters if each.kind not in (each.VAR_KEYWORD, each.VAR_POSITIONAL)]
    near = difflib.get_close_matches(unknown, accepted, n=1) if unknown else []
    listed = ", ".join(f"`{each}`" for each in accepted[:MOST]) or "no arguments"
    more = f" and {len(accepted) - MOST} more" if len(accepted) > MOST else ""
    words = f"`{name}(...)` was given {', '.join(given) or 'no arguments'}"
    words += f" ({by})" if by else ""
    words += f"; it accepts {listed}{more}"
    return words + (f". Did you mean `{near[0]}`?" if near else "")


def _given(call: ast.Call) -> list[str]:
    keywords = [each.arg or f"**{_short(each.value)}" for each in call.keywords]
    return [f"`{each}`" for each in [*map(_short, call.args), *keywords]]


def _short(node: ast.expr) -> str:
    text = ast.unparse(node)
    return text if len(text) <= 40 else text[:40] + "…"


def _calls(error: BaseException, place: Place) -> Iterator[tuple[ast.Call, FrameType]]:
    """The calls at the deepest line of the project that the error passed."""
    frames = [(frame, line) for frame, line in traceback.walk_tb(error.__traceback__)]
    own = [pair for pair in frames if place.inside(pair[0].f_code.co_filename) is not None]
    if not own:
        return
    frame, line = own[-1]
    try:
        tree = ast.parse("".join(linecache.getlines(frame.f_code.co_filename)))
    except SyntaxError:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.lineno <= line <= (node.end_lineno or node.lineno):
            yield node, frame


def _value(node: ast.expr, frame: FrameType) -> Any:
    """What a dotted name stands for in a frame; nothing is called."""
    if isinstance(node, ast.Name):
        return frame.f_locals.get(node.id, frame.f_globals.get(node.id))
    if isinstance(node, ast.Attribute):
        owner = _value(node.value, frame)
        return (
            None
            if owner is None
            else inspect.getattr_static(owner, node.attr, None) and getattr(owner, node.attr, None)
        )
    return None
