"""The table of tools."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import Base
from .neighbour import Neighbour


class Tool(Base):
    """A tool of one owner. The database never uses an ID again."""

    __tablename__ = "tools"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey(Neighbour.id))
    title: Mapped[str]
    description: Mapped[str | None]
    category: Mapped[str]
    created_at: Mapped[datetime]
    owner: Mapped[Neighbour] = relationship(lazy="raise")
