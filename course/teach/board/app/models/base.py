"""What every table of the board builds on, and how it keeps time."""

from datetime import UTC, datetime
from typing import ClassVar

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, TypeDecorator
from sqlalchemy.orm import DeclarativeBase


class Moment(TypeDecorator[datetime]):
    """A moment with its time zone, kept in UTC and given back in UTC: SQLite would forget the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The datetime in UTC. Raises ValueError for a naive one, whose time zone is unknown."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The moment, aware and in UTC, also where the database gives back a naive one."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


NUMBER = BigInteger().with_variant(Integer, "sqlite")
"""64 bits everywhere. SQLite's INTEGER has them, and gives ids by itself only under that name."""


class Base(DeclarativeBase):
    """The base of all tables. An annotation alone says how a column keeps its values."""

    type_annotation_map: ClassVar = {int: NUMBER, datetime: Moment}
