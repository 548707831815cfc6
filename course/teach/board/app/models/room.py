"""The tables of a room and of the people in it."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base


class Room(Base):
    """One room: one workshop, one class. It takes nothing more once it is closed."""

    __tablename__ = "rooms"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None] = mapped_column(default=None)


class Member(Base):
    """A learner who joined. Only the hash of their token is stored; an id is used once."""

    __tablename__ = "members"
    __table_args__ = (UniqueConstraint("room_id", "name_key"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    room_id: Mapped[int] = mapped_column(ForeignKey(Room.id))
    name: Mapped[str]
    name_key: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    joined_at: Mapped[datetime]
