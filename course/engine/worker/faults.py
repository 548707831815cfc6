"""An exception, as the learner should meet it: their file, their line, and words that say what it means."""

import builtins
import difflib
import linecache
import re
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from types import FrameType, TracebackType
from typing import Any

from course.engine import project_files
from course.engine.report.model import Fault
from course.engine.worker.calls import words_of_misfit
from course.engine.worker.place import Place

LONGEST = 500
"""Characters of an exception's message that are shown."""
FURTHER = re.compile(r"\s*For further information visit https://errors\.pydantic\.dev/\S+")
COROUTINE = re.compile(r"'coroutine'|\bcoroutine object|input_type=coroutine|of type coroutine")
LIBRARIES = (
    "fastapi",
    "fastapi.responses",
    "pydantic",
    "pydantic_settings",
    "typing",
    "contextlib",
    "decimal",
)
"""Where a name that was never imported is looked for."""


def single(error: BaseException) -> BaseException:
    """The one exception in a group of one; any other exception is itself."""
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error


def chain(error: BaseException) -> Iterator[BaseException]:
    """An exception and those that it came from; of a group with one exception, that one."""
    return map(single, links(error))


def links(error: BaseException) -> Iterator[BaseException]:
    """An exception and those that it came from, groups as they are."""
    seen: set[int] = set()
    now: BaseException | None = error
    while now is not None and id(now) not in seen:
        seen.add(id(now))
        yield now
        now = single(now)
        now = now.__cause__ or (None if now.__suppress_context__ else now.__context__)


def fault_of(error: BaseException, place: Place) -> Fault | None:
    """The fault in the learner's code that this exception is; None where it passed none of their lines."""
    for outer in links(error):
        one = single(outer)
        kind, message = kind_of(one), place.clean(words_of(one, place))
        if isinstance(one, SyntaxError) and one.filename and place.inside(one.filename):
            return place.fault(one.filename, one.lineno or 1, kind, message)
        stack = place.stack(one) or place.stack(outer)
        if stack:
            file, line, _ = stack[-1]
            return place.fault(file, line, kind, message)
        endpoint = getattr(one, "endpoint_file", None), getattr(one, "endpoint_line", None)
        if endpoint[0] and endpoint[1] and place.inside(endpoint[0]):
            return place.fault(endpoint[0], endpoint[1], kind, message)
    return None


def kind_of(error: BaseException) -> str:
    """The exception's name as the learner knows it."""
    name = type(error).__name__
    return "SystemExit" if name == "LeftTheService" else name


def words_of(error: BaseException, place: Place) -> str:
    """The exception's message, with what it means where that is known."""
    message = _shortened(str(error))
    meaning = meaning_of(error, place)
    if not meaning:
        return message
    return f"{message} — {meaning}" if message and not _repeats(error) else meaning


def _repeats(error: BaseException) -> bool:
    return type(error).__name__ in {
        "LeftTheService",
        "ResponseValidationError",
        "NameError",
        "ModuleNotFoundError",
    }


def meaning_of(error: BaseException, place: Place) -> str:
    """What an exception means here, in plain words; empty where its own message says enough."""
    message = str(error)
    match error:
        case ModuleNotFoundError():
            return missing_module(error, place)
        case NameError() if getattr(error, "name", None):
            return missing_name(str(error.name))
        case RecursionError():
            return "a function calls itself without end: look for the call that leads back to its own start"
        case MemoryError():
            return (
                "it asked for more memory than a check allows; look for a list or a string "
                "that grows without end"
            )
        case EOFError() if "reading a line" in message:
            return (
                "`input()` waits for a keyboard, and a service has none: take what you need from the request"
            )
        case TypeError() if misfit := words_of_misfit(error, place):
            return misfit
        case TypeError() if (hidden := _hidden_builtin(error, place)) is not None:
            return hidden
        case FileNotFoundError() if not Path(str(error.filename or "/")).is_absolute():
            return (
                "a service may be started from any folder: build the path from `Path(__file__)`, "
                "not from where you happen to be"
            )
    if isinstance(error, SystemExit):
        return (
            "your code ended the program: `sys.exit()` would take the whole service down with one "
            "request; raise an `HTTPException` instead"
        )
    if type(error).__name__ == "ResponseValidationError":
        return _unfit_answer(error)
    if "generator didn't yield" in message:
        return (
            "the lifespan never reaches a `yield`: what stands before it runs at the start, "
            "what follows it at the end"
        )
    if "_AsyncGeneratorContextManager' object is not an async iterator" in message:
        return (
            "it is a context manager twice over: FastAPI makes one of every dependency that has a `yield`, "
            "so write the dependency without `@asynccontextmanager`"
        )
    if "is not an async iterator" in message:
        return (
            "the lifespan has no `yield`: what stands before it runs at the start, what follows it at the end"
        )
    if "generator didn't stop" in message:
        return "there is a second `yield` where only one may be: the service runs once, between start and end"
    if isinstance(error, TypeError) and message.endswith("is not a callable object"):
        return (
            "`Depends` and `Security` take the function itself: write its name without parentheses after "
            "it, as in `Depends(get_session)`, and FastAPI calls it for each request"
        )
    if isinstance(error, TypeError | AttributeError | ValueError) and COROUTINE.search(message):
        return "a coroutine was used in place of its result: write `await` before the call that makes it"
    return ""


def missing_name(name: str) -> str:
    """Words for a name that was used and never defined."""
    if name == "____":
        return "`____` is a blank that was left: put your own code in its place"
    for library in LIBRARIES:
        module = sys.modules.get(library)
        if module is not None and hasattr(module, name):
            return f"`{name}` is used but was never imported: add `from {library} import {name}`"
    if name in sys.stdlib_module_names:
        return f"`{name}` is used but was never imported: add `import {name}`"
    return f"`{name}` is used before anything gives it a meaning: is it spelled as where it is defined?"


def missing_module(error: ModuleNotFoundError, place: Place) -> str:
    """Words for a module that is not there, with the one that was probably meant."""
    name = error.name or ""
    top, _, rest = name.partition(".")
    if top == "app" and rest:
        near = difflib.get_close_matches(name, own_modules(place.folder), n=1)
        return f"there is no module `{name}` in your project" + (
            f": did you mean `{near[0]}`?" if near else ""
        )
    if f"app.{name}" in own_modules(place.folder):
        return f"`{name}` is a module of your own: write `from .{name} import …`, with the dot"
    known = [*sys.stdlib_module_names, "fastapi", "pydantic", "pydantic_settings", "sqlalchemy", "httpx"]
    near = difflib.get_close_matches(top, known, n=1)
    return f"there is no module `{name}` here" + (f": did you mean `{near[0]}`?" if near else "")


def own_modules(folder: Path) -> list[str]:
    """The import names of all modules of a project."""
    names = []
    for file, _ in project_files.python_files(folder):
        parts = PurePosixPath(file).with_suffix("").parts
        names.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return names


def _hidden_builtin(error: TypeError, place: Place) -> str | None:
    """Words for `print = 3` at the top of a module, and `print(...)` further down."""
    if "not callable" not in str(error) and "isinstance()" not in str(error):
        return None
    for frame in _frames(error.__traceback__):
        file = place.inside(frame.f_code.co_filename)
        line = linecache.getline(frame.f_code.co_filename, frame.f_lineno)
        if file is None:
            continue
        for scope in (frame.f_locals, frame.f_globals):
            for name, value in list(scope.items()):
                known = getattr(builtins, name, None)
                if callable(known) and value is not known and not callable(value) and name in line:
                    return (
                        f"`{name}` is a name of your own here, and hides Python's `{name}`: "
                        "give yours another name"
                    )
    return None


def _frames(trace: TracebackType | None) -> Iterator[FrameType]:
    frames = [frame for frame, _ in traceback.walk_tb(trace)]
    yield from reversed(frames)


def _unfit_answer(error: BaseException) -> str:
    first: dict[str, Any] = next(iter(getattr(error, "errors", list)()), {})
    at = ".".join(str(part) for part in first.get("loc", ()) if part != "response")
    what = f": `{at}`: {first.get('msg', '')}" if at else f": {first.get('msg', '')}"
    returned = getattr(error, "body", None)
    kind = "None" if returned is None else f"of the type `{type(returned).__name__}`"
    return f"what the endpoint returned, {kind}, does not fit its response model{what}"


def _shortened(message: str) -> str:
    message = FURTHER.sub("", message)
    return message if len(message) <= LONGEST else message[:LONGEST] + "…"
