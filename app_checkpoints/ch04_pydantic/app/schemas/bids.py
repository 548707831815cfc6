"""Request and response models of bids."""

from datetime import datetime
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field

from .types import Price


class BidCreate(BaseModel):
    """The amount of a new bid."""

    model_config = ConfigDict(extra="forbid")

    amount: Price


class BidRead(BaseModel):
    """A bid. While a sealed lot is open, its bids have no field `amount`."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    lot_id: int
    amount: Decimal | None = Field(default=None, exclude_if=lambda amount: amount is None)
    placed_at: datetime
