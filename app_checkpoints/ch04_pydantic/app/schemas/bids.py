"""The shapes of bids: what a bidder sends, what everyone may read."""

from datetime import datetime
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field

from .types import Price


class BidCreate(BaseModel):
    """What a bidder sends."""

    model_config = ConfigDict(extra="forbid")

    amount: Price


class BidRead(BaseModel):
    """A bid as it is shown. Before the close of a sealed lot there is no amount, not even an empty one."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    lot_id: int
    amount: Decimal | None = Field(default=None, exclude_if=lambda amount: amount is None)
    placed_at: datetime
