"""What the teacher's page asks for and is shown."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from .learner import File
from .types import Strict


class SessionCreate(Strict):
    """The teacher's token, once; the page is known by a cookie from then on."""

    token: Annotated[str, Field(max_length=200)]


class RoomDelete(Strict):
    """The name of the room, typed again by the teacher who deletes its data."""

    name: Annotated[str, Field(max_length=60)]


class HelpRead(BaseModel):
    """A request for help as the teacher reads it."""

    id: int
    name: str
    chapter: str
    requirement: str | None
    question: str
    code: list[File]
    asked_at: datetime
    done_at: datetime | None


class Stuck(BaseModel):
    """The first requirement of a learner that does not hold, since when, and for how many checks."""

    requirement: str | None
    since: datetime
    checks: int
    misconception: str | None


class Person(BaseModel):
    """A learner in the room. `chapter` is the one they checked last; `passed` counts chapters."""

    id: int
    name: str
    chapter: str | None = None
    holds: int = 0
    of: int = 0
    passed: int = 0
    ran: bool = True
    at: datetime | None = None
    stuck: Stuck | None = None
    asks: bool = False


class Cause(BaseModel):
    """A misconception, and how many people it stops."""

    name: str
    people: int


class Obstacle(BaseModel):
    """A requirement that does not hold for some of those who are in its chapter."""

    requirement: str
    people: int
    causes: list[Cause]


class ChapterNow(BaseModel):
    """How the room stands in one chapter."""

    chapter: str
    here: int
    begun: int
    passed: int
    cannot_run: int
    obstacles: list[Obstacle]
    more: int = 0


class MisconceptionNow(BaseModel):
    """A mistake that came up within the last minutes: how many made it, and how many have it still."""

    name: str
    chapter: str
    people: int
    still: int


class Waiting(BaseModel):
    """A learner who asked for help and waits."""

    id: int
    name: str
    chapter: str
    requirement: str | None
    question: str
    files: int
    asked_at: datetime


class Picture(BaseModel):
    """The whole room at one moment."""

    room: str
    closed_at: datetime | None
    now: datetime
    minutes: int
    joined: int
    active: int
    checks: int
    chapters: list[ChapterNow]
    misconceptions: list[MisconceptionNow]
    help: list[Waiting]
    people: list[Person]
