"""Which of the service's functions were at work in a request: its endpoint, and what was raised and handled.

An exception that a handler turns into a response leaves no other trace: `raise Unauthorized from error` hides
what PyJWT said. Starlette looks up the handler of each exception, and drops its traceback afterwards:
https://github.com/encode/starlette/blob/main/starlette/_exception_handler.py
"""

import re
import traceback
from contextvars import ContextVar
from typing import Any

from starlette import _exception_handler

OWN = re.compile(r"(?:^|\.)(app(?:\.\w+)*)$")
"""The names of the service's modules, also where it lies in a package of another name."""
LONGEST = 200
"""Characters of an exception's message."""
MOST = 3
"""Exceptions behind an exception that are named."""

noted: ContextVar[list[str] | None] = ContextVar("noted", default=None)
"""Where the request at work notes the exceptions that were handled in it; None where nothing reads them."""
stubs: list[str] = []
"""What the exercises that are not written yet have raised in requests, since this list was cleared."""


def endpoint_of(scope: Any) -> str:
    """The endpoint that the request reached, as "`get_lot` in app/routers/lots.py, line 41"; else empty."""
    endpoint = scope.get("endpoint")
    while hasattr(endpoint, "__wrapped__"):
        endpoint = endpoint.__wrapped__
    code = getattr(endpoint, "__code__", None)
    file = own_file(getattr(endpoint, "__module__", "") or "")
    return f"`{code.co_name}` in {file}, line {code.co_firstlineno}" if code is not None and file else ""


def own_file(module: str) -> str:
    """`app/routers/lots.py` for a module of the service; empty for any other."""
    found = OWN.search(module)
    return found[1].replace(".", "/") + ".py" if found else ""


def told(error: BaseException) -> str:
    """An exception in one line: what it is, where in the service it was raised, and what it came from."""
    words = [f"{_named(error)}{_place(error)}"]
    before = error.__cause__ or error.__context__
    while before is not None and len(words) <= MOST:
        words.append(f"after {_named(before)}{_place(before)}")
        before = before.__cause__ or before.__context__
    return ", ".join(words)


def is_stub(error: BaseException) -> bool:
    """Whether this is what an exercise raises until it is written."""
    return isinstance(error, NotImplementedError) and str(error).startswith("Exercise")


def _named(error: BaseException) -> str:
    """Its class, with the status code or the message; the response says what is wrong with a request."""
    status, name = getattr(error, "status_code", None), type(error).__name__
    if status or name == "RequestValidationError":
        return f"{name}({status})" if status else name
    message = " ".join(str(error).split())
    shown = message if len(message) <= LONGEST else f"{message[:LONGEST]}…"
    return f"{name}: {shown}".rstrip(": ")


def _place(error: BaseException) -> str:
    frames = [
        (frame, line)
        for frame, line in traceback.walk_tb(error.__traceback__)
        if own_file(str(frame.f_globals.get("__name__", "")))
    ]
    if not frames:
        return ""
    frame, line = frames[-1]
    file = own_file(str(frame.f_globals["__name__"]))
    return f" in `{frame.f_code.co_name}`, {file}, line {line}"


def _listen() -> None:
    """Note each exception whose handler Starlette looks up."""
    look_up = _exception_handler._lookup_exception_handler

    def noting(exc_handlers: Any, exc: Exception) -> Any:
        notes = noted.get()
        if notes is not None:
            notes.append(told(exc))
        if is_stub(exc):
            stubs.append(str(exc))
        return look_up(exc_handlers, exc)

    _exception_handler._lookup_exception_handler = noting


_listen()
