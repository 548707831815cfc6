"""What is said over the live line of a lot: each message is a JSON object with a `type`."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, TypeAdapter

from ..problems import Problem
from .bids import BidCreate, BidRead
from .lots import LotRead


class State(BaseModel):
    """The lot as it is; the first message. `now` is the house's clock, since others may be wrong."""

    type: Literal["state"] = "state"
    lot: LotRead
    now: datetime


class BidNews(BaseModel):
    """Somebody bid: the bid, and the lot as it is since."""

    type: Literal["bid"] = "bid"
    bid: BidRead
    lot: LotRead


class Watchers(BaseModel):
    """How many watch the lot."""

    type: Literal["watchers"] = "watchers"
    count: int


class Trouble(BaseModel):
    """Why what you sent was not done: a problem, as an error over HTTP has it."""

    type: Literal["problem"] = "problem"
    problem: Problem


class Ping(BaseModel):
    """Are you still there? Say pong."""

    type: Literal["ping"] = "ping"


class TicketRead(BaseModel):
    """A ticket for the live line of a lot, shown there as `?ticket=…`. It is good for so many seconds."""

    ticket: str
    expires_in: int


class BidMessage(BidCreate):
    """I bid."""

    type: Literal["bid"]


class Pong(BaseModel):
    """I am still here."""

    type: Literal["pong"]


Message = Annotated[BidMessage | Pong, Field(discriminator="type")]
MESSAGE: TypeAdapter[BidMessage | Pong] = TypeAdapter(Message)
