"""The base class of all models, and how Gavel stores money and time."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import ClassVar

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, TypeDecorator
from sqlalchemy.orm import DeclarativeBase

NUMBER = BigInteger().with_variant(Integer, "sqlite")
"""64 bits on every database. SQLite chooses ids only for the type INTEGER, which has 64 bits there."""


class Euros(TypeDecorator[Decimal]):
    """An amount of money, stored as a whole number of cents: SQLite would store a float."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """Return cents for the database. Raises ValueError for a fraction of a cent."""
        if value is None:
            return None
        if value != round(value, 2):
            raise ValueError(f"{value} euros are not a whole number of cents")
        return int(value * 100)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        """Return euros with two decimal places."""
        return None if value is None else Decimal(value).scaleb(-2)


class UtcTimestamp(TypeDecorator[datetime]):
    """An aware datetime, stored and returned in UTC: SQLite does not store a time zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the datetime in UTC for the database. Raises ValueError for a naive one."""
        if value is not None and value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return an aware datetime in UTC."""
        if value is not None and value.tzinfo is None:
            return value.replace(tzinfo=UTC)
        return None if value is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The base class of all models. The annotation of an attribute selects the type of its column."""

    type_annotation_map: ClassVar = {int: NUMBER, Decimal: Euros, datetime: UtcTimestamp}
