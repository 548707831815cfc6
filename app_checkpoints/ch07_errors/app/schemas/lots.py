"""The shapes of lots: what a seller sends, what everyone may read, what a visitor asks for."""

from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import (
    MISSING,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    TypeAdapter,
    computed_field,
    model_validator,
)

from .types import Moment, Money, Price, Text, Title
from .users import UserRead


class Category(StrEnum):
    """The rooms of the house."""

    ART = "art"
    BOOKS = "books"
    CLOCKS = "clocks"
    FURNITURE = "furniture"
    JEWELLERY = "jewellery"


Millimetres = Annotated[int, Field(strict=True, gt=0, le=100_000)]


class Dimensions(BaseModel):
    """How large a lot is."""

    model_config = ConfigDict(extra="forbid")

    height: Millimetres
    width: Millimetres
    depth: Millimetres


Year = Annotated[int, Field(strict=True, ge=1, le=2999)]


class Owner(BaseModel):
    """Somebody who had the lot before, and from when until when."""

    model_config = ConfigDict(extra="forbid", json_schema_serialization_defaults_required=True)

    name: Title
    since: Year | None = Field(default=None, alias="from")
    until: Year | None = None

    @model_validator(mode="after")
    def _check_years(self) -> Self:
        if self.since is not None and self.until is not None and self.until < self.since:
            raise ValueError("until must not be before from")
        return self


Owners = Annotated[list[Owner], Field(max_length=20)]


LONGEST = timedelta(days=366)


class NewLot(BaseModel):
    """What is asked of a new lot of either kind; the reserve price is the secret minimum."""

    model_config = ConfigDict(extra="forbid")

    title: Title
    description: Text = ""
    category: Category
    starting_price: Money
    reserve_price: Money | None = None
    opens_at: Moment | None = None
    closes_at: Moment | None = None
    dimensions: Dimensions | None = None
    provenance: Owners = []

    @model_validator(mode="after")
    def _check_prices(self) -> Self:
        if self.reserve_price is not None and self.reserve_price < self.starting_price:
            raise ValueError("reserve_price must not be below starting_price")
        return self

    @model_validator(mode="after")
    def _check_times(self) -> Self:
        if self.opens_at is not None and self.closes_at is not None:
            if self.closes_at <= self.opens_at:
                raise ValueError("closes_at must be after opens_at")
            if self.closes_at - self.opens_at > LONGEST:
                raise ValueError(f"a sale lasts {LONGEST.days} days at most")
        return self


class AscendingLotCreate(NewLot):
    """A lot that everyone watches rise."""

    kind: Literal["ascending"] = "ascending"
    min_raise: Price = Decimal("1.00")


class SealedLotCreate(NewLot):
    """A lot for which each bidder hands in one closed envelope after another, and nobody sees them."""

    kind: Literal["sealed"]


def kind_of(lot: Any) -> Any:
    """The kind that a seller names; whoever names none means the kind that there always was."""
    return lot.get("kind", "ascending") if isinstance(lot, dict) else getattr(lot, "kind", None)


LotCreate = Annotated[
    Annotated[AscendingLotCreate, Tag("ascending")] | Annotated[SealedLotCreate, Tag("sealed")],
    Discriminator(kind_of),
]
LOT_CREATE: TypeAdapter[AscendingLotCreate | SealedLotCreate] = TypeAdapter(LotCreate)


class LotUpdate(BaseModel):
    """What a seller may change later. What is not sent stays; null means something for two fields only."""

    model_config = ConfigDict(extra="forbid")

    title: Title | MISSING = MISSING
    description: Text | MISSING = MISSING
    category: Category | MISSING = MISSING
    starting_price: Money | MISSING = MISSING
    reserve_price: Money | MISSING | None = MISSING
    min_raise: Price | MISSING = MISSING
    opens_at: Moment | MISSING = MISSING
    closes_at: Moment | MISSING = MISSING
    dimensions: Dimensions | MISSING | None = MISSING
    provenance: Owners | MISSING = MISSING


class ShownLot(BaseModel):
    """What everyone may know of a lot of either kind."""

    model_config = ConfigDict(from_attributes=True, json_schema_serialization_defaults_required=True)

    id: int
    title: str
    description: str
    seller: UserRead
    category: Category
    starting_price: Decimal
    price: Decimal
    bid_count: int
    status: Literal["upcoming", "open", "closed"] = "upcoming"
    opens_at: datetime
    closes_at: datetime
    created_at: datetime
    dimensions: Dimensions | None
    provenance: list[Owner]
    photo_url: str | None = None


class AscendingLotRead(ShownLot):
    """A lot that everyone watches rise: its price is that of the highest bid."""

    kind: Literal["ascending"]
    min_raise: Decimal

    @computed_field  # type: ignore[prop-decorator]
    @property
    def minimum_bid(self) -> Decimal:
        """The least that the next bid must be."""
        return self.price + self.min_raise if self.bid_count else self.price


class SealedLotRead(ShownLot):
    """A lot with closed envelopes: its price stays where it began until the close."""

    kind: Literal["sealed"]


LotRead = Annotated[AscendingLotRead | SealedLotRead, Field(discriminator="kind")]
LOT_READ: TypeAdapter[AscendingLotRead | SealedLotRead] = TypeAdapter(LotRead)


class LotQuery(BaseModel):
    """What a visitor asks for. `search` looks in the title; `max_price` is for the starting price."""

    model_config = ConfigDict(extra="forbid")

    category: Category | None = None
    search: Title | None = None
    max_price: Money | None = None
    limit: int = Field(default=20, ge=1, le=100)
    offset: int = Field(default=0, ge=0, le=2**63 - 1)


class LotPage(BaseModel):
    """One page of a list, and how many lots there are on all its pages."""

    items: list[LotRead]
    total: int
