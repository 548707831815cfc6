"""The base class of the tables, and their type for datetimes."""

from datetime import UTC, datetime
from typing import ClassVar

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, TypeDecorator
from sqlalchemy.orm import DeclarativeBase


class UtcTimestamp(TypeDecorator[datetime]):
    """An aware datetime, loaded in UTC: SQLite does not store the time zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The stored datetime, aware and in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The base of all tables. Whole numbers have 64 bits everywhere."""

    type_annotation_map: ClassVar = {
        int: BigInteger().with_variant(Integer, "sqlite"),
        datetime: UtcTimestamp,
    }
