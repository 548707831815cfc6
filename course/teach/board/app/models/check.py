"""The table of checks: one row for each time that a learner checked a chapter."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base
from .room import Member


class Check(Base):
    """What one check found. `event_id` is the learner's own name for it, so that it can be sent again."""

    __tablename__ = "checks"
    __table_args__ = (UniqueConstraint("member_id", "event_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey(Member.id))
    event_id: Mapped[str]
    chapter: Mapped[str]
    at: Mapped[datetime]
    ran: Mapped[bool]
    results: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
