"""What a person calls a callable, a route or a type: never an address in memory."""

import functools
from collections.abc import Callable
from typing import Any


def name_of(call: Callable[..., Any] | None) -> str:
    """`get_session`, `PermissionChecker`, `Watcher.dispatch`: the shortest name that says which one.

    A callable object is called by its class, a partial by what it completes.
    """
    while isinstance(call, functools.partial):
        call = call.func
    if call is None:
        return "nothing"
    owner = getattr(call, "__self__", None)
    if owner is not None and hasattr(call, "__func__"):
        inside = owner if isinstance(owner, type) else type(owner)
        return f"{inside.__name__}.{call.__name__}"
    name = getattr(call, "__name__", None) or type(call).__name__
    return "a lambda" if name == "<lambda>" else str(name)


def problem_of(error: BaseException) -> str:
    """`HTTPException 404`, `ValueError`: the kind of exception, with its status where it has one."""
    status = getattr(error, "status_code", None)
    return type(error).__name__ + (f" {status}" if isinstance(status, int) else "")
