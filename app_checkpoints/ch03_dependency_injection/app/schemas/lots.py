"""The models of requests and responses about lots."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Money = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2)]


class Category(StrEnum):
    """The kinds of things that Gavel sells."""

    ART = "art"
    BOOKS = "books"
    CLOCKS = "clocks"
    FURNITURE = "furniture"
    JEWELLERY = "jewellery"


class LotCreate(BaseModel):
    """What a seller sends. The reserve price is secret."""

    title: str = Field(min_length=1, max_length=120)
    description: str = Field(default="", max_length=2000)
    category: Category
    starting_price: Money
    reserve_price: Money | None = None


class LotRead(BaseModel):
    """What everyone may know about a lot."""

    id: int
    title: str
    description: str
    category: Category
    starting_price: Decimal
    created_at: datetime
    photo_url: str | None = None


class LotQuery(BaseModel):
    """The query parameters of the catalogue."""

    model_config = ConfigDict(extra="forbid")

    category: Category | None = None
    search: str | None = Field(default=None, min_length=1, max_length=120)
    max_price: Money | None = None
    limit: int = Field(default=20, ge=1, le=100)
    offset: int = Field(default=0, ge=0, le=2**63 - 1)


class LotPage(BaseModel):
    """One page of lots, and the number of lots on all pages."""

    items: list[LotRead]
    total: int
