"""The shapes of lots: what a seller sends, what everyone may read, what a visitor asks for."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Money = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2)]


class Category(StrEnum):
    """The rooms of the house."""

    ART = "art"
    BOOKS = "books"
    CLOCKS = "clocks"
    FURNITURE = "furniture"
    JEWELLERY = "jewellery"


class LotCreate(BaseModel):
    """What a seller tells the house; the reserve price is the secret minimum."""

    title: str = Field(min_length=1, max_length=120)
    description: str = Field(default="", max_length=2000)
    category: Category
    starting_price: Money
    reserve_price: Money | None = None


class LotRead(BaseModel):
    """What everyone may know of a lot."""

    id: int
    title: str
    description: str
    category: Category
    starting_price: Decimal
    created_at: datetime
    photo_url: str | None = None


class LotQuery(BaseModel):
    """What a visitor asks for. `search` looks in the title; `max_price` is for the starting price."""

    model_config = ConfigDict(extra="forbid")

    category: Category | None = None
    search: str | None = Field(default=None, min_length=1, max_length=120)
    max_price: Money | None = None
    limit: int = Field(default=20, ge=1, le=100)
    offset: int = Field(default=0, ge=0, le=2**63 - 1)


class LotPage(BaseModel):
    """One page of a list, and how many lots there are on all its pages."""

    items: list[LotRead]
    total: int
