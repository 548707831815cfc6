"""The shapes of bids: what a bidder sends, what everyone may read."""

from datetime import datetime
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field

from .types import Price
from .users import UserRead


class BidCreate(BaseModel):
    """What a bidder sends."""

    model_config = ConfigDict(extra="forbid")

    amount: Price


class BidRead(BaseModel):
    """A bid as it is shown. Before the close of a sealed lot there is no amount, not even an empty one."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    lot_id: int
    bidder: UserRead
    amount: Decimal | None = Field(default=None, exclude_if=lambda amount: amount is None)
    placed_at: datetime


class BidPage(BaseModel):
    """One page of the bids on a lot, and how many there are on all its pages."""

    items: list[BidRead]
    total: int


class BidQuery(BaseModel):
    """Which page of the bids is wanted."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(default=20, ge=1, le=100)
    offset: int = Field(default=0, ge=0, le=2**63 - 1)
