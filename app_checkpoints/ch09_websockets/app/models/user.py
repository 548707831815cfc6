"""The table of users."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from .base import Base


class User(Base):
    """A registered user. An id is never used again, because a token may still name it."""

    __tablename__ = "users"
    __table_args__ = ({"sqlite_autoincrement": True},)
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    role: Mapped[str] = mapped_column(default="member")
    token_version: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
