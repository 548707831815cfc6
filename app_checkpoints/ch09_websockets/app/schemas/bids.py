"""Request and response models of bids."""

from datetime import datetime
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field

from .types import Price
from .users import UserRead


class BidCreate(BaseModel):
    """The amount of a new bid."""

    model_config = ConfigDict(extra="forbid")

    amount: Price


class BidRead(BaseModel):
    """A bid. While a sealed lot is open, its bids have no field `amount`."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    lot_id: int
    bidder: UserRead
    amount: Decimal | None = Field(default=None, exclude_if=lambda amount: amount is None)
    placed_at: datetime


class BidPage(BaseModel):
    """One page of the bids on a lot, and the number of all bids on it."""

    items: list[BidRead]
    total: int


class BidQuery(BaseModel):
    """Which page of the bids the client wants."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(default=20, ge=1, le=100)
    offset: int = Field(default=0, ge=0, le=2**63 - 1)
