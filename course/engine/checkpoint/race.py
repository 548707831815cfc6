"""Make a race certain: of concurrent requests, all have read before the first one writes."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from weakref import WeakSet

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import MissingGreenlet
from sqlalchemy.util import await_only

PAUSE = 0.02
"""Seconds for which a request that has read is held."""


@contextmanager
def pause_after_reading() -> Iterator[None]:
    """Hold each request that has read, on each asynchronous engine here, until the others have read too.

    After each SELECT of a transaction that has not written yet, its coroutine sleeps for `PAUSE`; a service
    that decides in the statement that writes does not mind. Events on the class `Engine` are those of all
    engines (https://docs.sqlalchemy.org/en/21/core/events.html); one that is not asynchronous is not held.
    """
    writing: WeakSet[Connection] = WeakSet()

    def hold(connection: Connection, cursor: object, statement: str, *rest: object) -> None:
        if not statement.lstrip().upper().startswith("SELECT"):
            writing.add(connection)
        elif connection not in writing:
            pause = asyncio.sleep(PAUSE)
            try:
                await_only(pause)
            except MissingGreenlet:
                pause.close()

    event.listen(Engine, "after_cursor_execute", hold)
    try:
        yield
    finally:
        event.remove(Engine, "after_cursor_execute", hold)
