"""The table of requests for help."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base
from .room import Member


class HelpRequest(Base):
    """A question, and the code that the learner chose to send with it."""

    __tablename__ = "help_requests"
    __table_args__ = (UniqueConstraint("member_id", "event_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey(Member.id))
    event_id: Mapped[str]
    chapter: Mapped[str]
    requirement: Mapped[str | None]
    question: Mapped[str]
    code: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    asked_at: Mapped[datetime]
    done_at: Mapped[datetime | None] = mapped_column(default=None)
