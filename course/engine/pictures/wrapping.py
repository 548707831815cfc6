"""Wrappers that do what the wrapped callable does, and note it.

A wrapper is of the same sort as what it wraps (plain, `async`, with `yield`), because FastAPI chooses by the
sort whether it awaits, uses a thread, or enters a context manager. `__wrapped__` gives it the signature.
"""

import functools
import inspect
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from course.engine.pictures.names import name_of, problem_of
from course.engine.pictures.request_log import Event, Log


def sort_of(call: Callable[..., Any]) -> str:
    """`generator`, `async generator`, `async` or `plain`: what a call of it gives."""
    while isinstance(call, functools.partial):
        call = call.func
    call = inspect.unwrap(call)
    if not inspect.isclass(call) and not inspect.isroutine(call):
        call = inspect.unwrap(type(call).__call__)
    if inspect.isasyncgenfunction(call):
        return "async generator"
    if inspect.isgeneratorfunction(call):
        return "generator"
    return "async" if inspect.iscoroutinefunction(call) else "plain"


def watched(
    call: Callable[..., Any], log: Log, *, instead_of: Callable[..., Any] | None = None
) -> Callable[..., Any]:
    """A dependency that writes to `log` when it runs, or when it enters and exits."""
    who = name_of(call) + (f" (for {name_of(instead_of)})" if instead_of is not None else "")
    sort = sort_of(call)
    wrapper: Callable[..., Any]
    if sort == "async generator":

        async def wrapper(**values: Any) -> AsyncIterator[Any]:
            context = asynccontextmanager(call)(**values)
            entered = log.add("dependency", who, "enters, up to its yield")
            with log.noting(entered):
                value = await context.__aenter__()
            try:
                yield value
            except BaseException as error:
                left = _exit(log, who, entered, error)
                with log.noting(left):
                    swallowed = await context.__aexit__(type(error), error, error.__traceback__)
                if not swallowed:
                    raise
                left.what += " and swallows it"
            else:
                with log.noting(_exit(log, who, entered, None)):
                    await context.__aexit__(None, None, None)

    elif sort == "generator":

        def wrapper(**values: Any) -> Iterator[Any]:
            context = contextmanager(call)(**values)
            entered = log.add("dependency", who, "enters, up to its yield")
            with log.noting(entered):
                value = context.__enter__()
            try:
                yield value
            except BaseException as error:
                left = _exit(log, who, entered, error)
                with log.noting(left):
                    swallowed = context.__exit__(type(error), error, error.__traceback__)
                if not swallowed:
                    raise
                left.what += " and swallows it"
            else:
                with log.noting(_exit(log, who, entered, None)):
                    context.__exit__(None, None, None)

    elif sort == "async":

        async def wrapper(**values: Any) -> Any:
            with log.running("dependency", who, "runs"):
                return await call(**values)

    else:

        def wrapper(**values: Any) -> Any:
            with log.running("dependency", who, "runs"):
                return call(**values)

    return _like(wrapper, call)


def watched_handler(handler: Callable[..., Any], log: Log) -> Callable[..., Any]:
    """An exception handler that writes to `log` what it was given."""
    who = name_of(handler)
    wrapper: Callable[..., Any]
    if sort_of(handler) == "async":

        async def wrapper(connection: Any, error: Exception) -> Any:
            with log.running("exception handler", who, f"turns {problem_of(error)} into a response"):
                return await handler(connection, error)

    else:

        def wrapper(connection: Any, error: Exception) -> Any:
            with log.running("exception handler", who, f"turns {problem_of(error)} into a response"):
                return handler(connection, error)

    return _like(wrapper, handler)


def _exit(log: Log, who: str, entered: Event, error: BaseException | None) -> Event:
    after = f"having seen {problem_of(error)}" if error is not None else "after its yield"
    return log.add("dependency", who, f"exits, {after}", closes=entered)


def _like(wrapper: Callable[..., Any], call: Callable[..., Any]) -> Callable[..., Any]:
    wrapper.__name__ = wrapper.__qualname__ = name_of(call)
    wrapper.__wrapped__ = call  # type: ignore[attr-defined]
    return wrapper
