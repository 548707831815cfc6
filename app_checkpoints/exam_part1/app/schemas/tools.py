"""Tools: as they are put in the shed, changed, looked for and seen."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import MISSING, BaseModel, Field

from .neighbours import NeighbourRead
from .types import Day, Incoming, Line, Text


class Category(StrEnum):
    """The shelves of the shed."""

    HAND = "hand"
    POWER = "power"
    GARDEN = "garden"
    LADDER = "ladder"


class ToolCreate(Incoming):
    """A tool that comes into the shed."""

    title: Line
    description: Text | None = None
    category: Category


class ToolUpdate(Incoming):
    """What is to change. What is missing stays; only a description may be taken away by null."""

    title: Line | MISSING = MISSING
    description: Text | MISSING | None = MISSING
    category: Category | MISSING = MISSING


class ToolRead(BaseModel):
    """A tool, as everyone sees it."""

    id: int
    title: str
    description: str | None
    category: Category
    created_at: datetime
    owner: NeighbourRead


class ToolPage(BaseModel):
    """Some of the tools, and how many there are."""

    items: list[ToolRead]
    total: int


class ToolQuery(Incoming):
    """What may be asked of the list."""

    category: Category | None = None
    free_on: Day | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    offset: Annotated[int, Field(ge=0, le=2**63 - 1)] = 0
