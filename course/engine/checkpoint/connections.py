"""The connections of a pool that are in use."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event
from sqlalchemy.pool import Pool


@contextmanager
def checked_out(engine: Engine | type[Pool]) -> Iterator[dict[object, object]]:
    """The connections that are out of an engine's pool now, or of all pools, by their records.

    What was checked out is held here, so that no garbage collector returns what was never closed. Events:
    https://docs.sqlalchemy.org/en/21/core/events.html#sqlalchemy.events.PoolEvents
    """
    out: dict[object, object] = {}

    def leaves(_: object, record: object, handed_out: object) -> None:
        out[record] = handed_out

    def returns(_: object, record: object) -> None:
        out.pop(record, None)

    event.listen(engine, "checkout", leaves)
    event.listen(engine, "checkin", returns)
    try:
        yield out
    finally:
        event.remove(engine, "checkout", leaves)
        event.remove(engine, "checkin", returns)
