"""The table of bids."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import Base
from .lot import Lot
from .user import User


class Bid(Base):
    """What a user offered for a lot, and when."""

    __tablename__ = "bids"

    id: Mapped[int] = mapped_column(primary_key=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey(Lot.id), index=True)
    bidder_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    amount: Mapped[Decimal]
    placed_at: Mapped[datetime]
    bidder: Mapped[User] = relationship(lazy="raise")
    lot: Mapped[Lot] = relationship(lazy="raise", viewonly=True)
