"""The models of requests and responses about lots."""

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

from .types import Money, Price, Text, Title, UtcDatetime
from .users import UserRead


class Category(StrEnum):
    """The kinds of things that Gavel sells."""

    ART = "art"
    BOOKS = "books"
    CLOCKS = "clocks"
    FURNITURE = "furniture"
    JEWELLERY = "jewellery"


Millimetres = Annotated[int, Field(strict=True, gt=0, le=100_000)]


class Dimensions(BaseModel):
    """The size of a lot in millimetres."""

    model_config = ConfigDict(extra="forbid")

    height: Millimetres
    width: Millimetres
    depth: Millimetres


Year = Annotated[int, Field(strict=True, ge=1, le=2999)]


class Owner(BaseModel):
    """An earlier owner of a lot, with the first and the last year."""

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


MAX_DURATION = timedelta(days=366)


class LotCreateBase(BaseModel):
    """The fields of a new lot of either kind. The reserve price is secret."""

    model_config = ConfigDict(extra="forbid")

    title: Title
    description: Text = ""
    category: Category
    starting_price: Money
    reserve_price: Money | None = None
    opens_at: UtcDatetime | None = None
    closes_at: UtcDatetime | None = None
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
            if self.closes_at - self.opens_at > MAX_DURATION:
                raise ValueError(f"a lot closes at most {MAX_DURATION.days} days after it opens")
        return self


class AscendingLotCreate(LotCreateBase):
    """A new lot with open bids: everyone sees the highest one."""

    kind: Literal["ascending"] = "ascending"
    min_raise: Price = Decimal("1.00")


class SealedLotCreate(LotCreateBase):
    """A new lot with sealed bids: their amounts stay secret until it closes."""

    kind: Literal["sealed"]


def get_kind(lot: Any) -> Any:
    """The tag of a request body. Without a kind a lot is ascending."""
    return lot.get("kind", "ascending") if isinstance(lot, dict) else None


LotCreate = Annotated[
    Annotated[AscendingLotCreate, Tag("ascending")] | Annotated[SealedLotCreate, Tag("sealed")],
    Discriminator(get_kind),
]
LOT_CREATE: TypeAdapter[AscendingLotCreate | SealedLotCreate] = TypeAdapter(LotCreate)


class LotUpdate(BaseModel):
    """The fields of a lot that a seller may change. A field that is not sent stays as it is."""

    model_config = ConfigDict(extra="forbid")

    title: Title | MISSING = MISSING
    description: Text | MISSING = MISSING
    category: Category | MISSING = MISSING
    starting_price: Money | MISSING = MISSING
    reserve_price: Money | MISSING | None = MISSING
    min_raise: Price | MISSING = MISSING
    opens_at: UtcDatetime | MISSING = MISSING
    closes_at: UtcDatetime | MISSING = MISSING
    dimensions: Dimensions | MISSING | None = MISSING
    provenance: Owners | MISSING = MISSING


class LotReadBase(BaseModel):
    """The fields of a lot of either kind that every client may read."""

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


class AscendingLotRead(LotReadBase):
    """A lot with open bids: its price is the highest one."""

    kind: Literal["ascending"]
    min_raise: Decimal

    @computed_field  # type: ignore[prop-decorator]
    @property
    def minimum_bid(self) -> Decimal:
        """The lowest amount that the next bid may have."""
        return self.price + self.min_raise if self.bid_count else self.price


class SealedLotRead(LotReadBase):
    """A lot with sealed bids: until it closes, its price is the starting price."""

    kind: Literal["sealed"]


LotRead = Annotated[AscendingLotRead | SealedLotRead, Field(discriminator="kind")]
LOT_READ: TypeAdapter[AscendingLotRead | SealedLotRead] = TypeAdapter(LotRead)


class LotQuery(BaseModel):
    """The query parameters of the catalogue."""

    model_config = ConfigDict(extra="forbid")

    category: Category | None = None
    search: Title | None = None
    max_price: Money | None = None
    limit: int = Field(default=20, ge=1, le=100)
    offset: int = Field(default=0, ge=0, le=2**63 - 1)


class LotPage(BaseModel):
    """One page of lots, and the number of lots on all pages."""

    items: list[LotRead]
    total: int
