"""The tables of a lot: the lot itself, and its photo."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from .base import Base
from .user import User


class Lot(Base):
    """Something for sale. The id of a deleted lot is never used again."""

    __tablename__ = "lots"
    __table_args__ = ({"sqlite_autoincrement": True},)
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    title_folded: Mapped[str]
    description: Mapped[str]
    category: Mapped[str]
    starting_price: Mapped[Decimal]
    reserve_price: Mapped[Decimal | None]
    created_at: Mapped[datetime]
    kind: Mapped[str]
    min_raise: Mapped[Decimal | None] = mapped_column(default=None)
    price: Mapped[Decimal]
    bid_count: Mapped[int]
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    dimensions: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    provenance: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    seller_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    leader_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    seller: Mapped[User] = relationship(foreign_keys=[seller_id], lazy="raise")
    photo: Mapped["Photo | None"] = relationship(cascade="all, delete-orphan", lazy="raise")

    @validates("title")
    def _fold_title(self, _: str, title: str) -> str:
        self.title_folded = title.casefold()  # SQLite's own `lower` knows only A to Z
        return title

    def status_at(self, now: datetime) -> Literal["upcoming", "open", "closed"]:
        """Whether the lot takes bids at this time: from `opens_at` on, and before `closes_at`."""
        if now < self.opens_at:
            return "upcoming"
        return "open" if now < self.closes_at else "closed"


class Photo(Base):
    """The photo of a lot. The content is loaded only if a query names it."""

    __tablename__ = "photos"

    lot_id: Mapped[int] = mapped_column(ForeignKey(Lot.id), primary_key=True)
    media_type: Mapped[str]
    content: Mapped[bytes] = mapped_column(deferred=True, deferred_raiseload=True)
