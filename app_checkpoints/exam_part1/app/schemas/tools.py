"""Models of tools and of their list."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import MISSING, BaseModel, Field

from .neighbours import NeighbourRead
from .types import Day, SingleLine, StrictModel, Text


class Category(StrEnum):
    """The categories of tools."""

    HAND = "hand"
    POWER = "power"
    GARDEN = "garden"
    LADDER = "ladder"


class ToolCreate(StrictModel):
    """The body of a new tool."""

    title: SingleLine
    description: Text | None = None
    category: Category


class ToolUpdate(StrictModel):
    """The body of a change. A field that is not sent stays. Only the description may be null."""

    title: SingleLine | MISSING = MISSING
    description: Text | MISSING | None = MISSING
    category: Category | MISSING = MISSING


class ToolRead(BaseModel):
    """The response with a tool."""

    id: int
    title: str
    description: str | None
    category: Category
    created_at: datetime
    owner: NeighbourRead


class ToolPage(BaseModel):
    """One page of tools, and how many tools match on all pages."""

    items: list[ToolRead]
    total: int


class ToolQuery(StrictModel):
    """The query parameters of the list."""

    category: Category | None = None
    free_on: Day | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    offset: Annotated[int, Field(ge=0, le=2**63 - 1)] = 0
