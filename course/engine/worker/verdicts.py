"""From what a test raised to the verdict that the learner reads."""

import traceback
from collections.abc import Sequence
from dataclasses import replace
from types import TracebackType
from typing import Any

from _pytest.outcomes import Failed, Skipped

from course.engine.checkpoint.raised import is_stub
from course.engine.report.model import Exchange, Fault, Verdict
from course.engine.worker.calls import MISFIT, definition
from course.engine.worker.faults import chain, fault_of, kind_of, words_of
from course.engine.worker.place import Place

INTROSPECTION = "\nassert "
"""What pytest puts between an assertion's message and what it saw (its assertion rewriting)."""


def judged(
    planned: Verdict,
    error: BaseException | None,
    exchanges: Sequence[Exchange],
    place: Place,
    stubs: Sequence[str] = (),
) -> Verdict:
    """The verdict on one requirement.

    Args:
        planned: the requirement, not run yet.
        error: what its test raised; None where it came to its end.
        exchanges: what was sent and came back, in order; of no interest where the requirement holds.
        stubs: what unwritten exercises raised in requests. The test sees only a status code of 500, if that.
    """
    if error is None:
        return replace(planned, outcome="holds")
    seen = replace(planned, exchanges=tuple(exchanges))
    root = next(iter(chain(error)))
    unwritten = [str(root)] if any(is_stub(one) for one in chain(error)) else stubs
    if unwritten:
        return replace(seen, outcome="open", expected=unwritten[0], exchanges=())
    if isinstance(root, AssertionError) and not place.stack(root):
        message, found, introspection = str(root).partition(INTROSPECTION)
        if not found and message.startswith(INTROSPECTION[1:]):
            message, introspection = "", message.removeprefix(INTROSPECTION[1:])
        detail = place.clean(f"assert {introspection}") if introspection else ""
        return replace(seen, outcome="fails", expected=place.clean(message), detail=detail)
    if isinstance(root, Failed):
        return replace(seen, outcome="fails", expected=place.clean(str(root)))
    if isinstance(root, Skipped) and not place.stack(root):
        return replace(seen, outcome="unknown", expected=str(root))
    fault = fault_of(error, place)
    if fault is None:
        fault = _without_line(error, root, place)
        if fault is None:
            return replace(seen, outcome="fails", expected=_missing(root, place), detail=_trail(root, place))
    return replace(seen, outcome="broken", fault=fault, detail=_trail(root, place))


def untrusted(planned: Verdict, words: str, exchanges: Sequence[Exchange]) -> Verdict:
    """The verdict where the learner's code replaced what the check stands on."""
    return replace(planned, outcome="fails", expected=words, exchanges=tuple(exchanges))


def _without_line(error: BaseException, root: BaseException, place: Place) -> Fault | None:
    """A fault of the service that passed no line of it, as a lifespan without `yield` is."""
    misfit = MISFIT.match(str(root)) if isinstance(root, TypeError) else None
    if misfit and (where := definition(misfit["name"], place)) is not None:
        return place.fault(*where, kind_of(root), place.clean(words_of(root, place)))
    if not _served(error.__traceback__) and type(root).__name__ != "LeftTheService":
        return None
    return Fault(kind_of(root), place.clean(words_of(root, place)))


def _served(trace: TracebackType | None) -> bool:
    """Whether an exception came out of the app, not out of the test's own lines."""
    modules = [str(frame.f_globals.get("__name__", "")) for frame, _ in traceback.walk_tb(trace)]
    return any(
        name.startswith(("fastapi.", "starlette.routing", "starlette.applications")) for name in modules
    )


def _missing(root: BaseException, place: Place) -> str:
    """Words for a test that could not go on with what the service gave it."""
    message = place.clean(words_of(root, place))
    match root:
        case ModuleNotFoundError() if (root.name or "").startswith("app"):
            file = (root.name or "").replace(".", "/") + ".py"
            return f"the service has a module `{file}`, and there is none yet"
        case ImportError() | AttributeError() if "module 'app" in message:
            return f"the service has a name that is not there yet: {message}"
        case AttributeError():
            return f"something that is not there yet: {message}"
        case KeyError():
            return f"the response has a field {message}, and there is none in it"
        case ValueError() if kind_of(root) == "JSONDecodeError":
            return "the response is JSON, and this one is not"
        case ValueError() if kind_of(root) == "ValidationError" and hasattr(root, "errors"):
            return _refused_value(root, message)
        case TypeError():
            return f"a value of another type or structure: {message}"
    return f"the check could not go on: {kind_of(root)}: {message}"


def _refused_value(root: Any, message: str) -> str:
    """Words for a model, such as `Settings`, that does not take what the check gives it."""
    first: dict[str, Any] = next(iter(root.errors()), {})
    name = ".".join(str(part) for part in first.get("loc", ()))
    if first.get("type") == "extra_forbidden":
        return f"`{root.title}` has a field `{name}`, and there is none yet"
    if not name:
        return f"`{root.title}` accepts what the check gives it: {message}"
    return f"`{root.title}` accepts what the check gives it for `{name}`: {first.get('msg', message)}"


def _trail(root: BaseException, place: Place) -> str:
    """The lines of the project and of the test that the exception passed, outermost first."""
    lines = []
    for entry in traceback.extract_tb(root.__traceback__):
        file = place.inside(entry.filename)
        if file is None and "/checkpoints/test_" in entry.filename.replace("\\", "/"):
            file = entry.filename.replace("\\", "/").rpartition("/")[2]
        if file is not None:
            lines.append(f"{file}, line {entry.lineno}, in {entry.name}\n    {entry.line}")
    lines.append(f"{kind_of(root)}: {place.clean(str(root))[:2000]}")
    return "\n".join(lines)
