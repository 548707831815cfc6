"""The messages of a live connection: each is a JSON object with a `type`."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, TypeAdapter

from ..problems import Problem
from .bids import BidCreate, BidRead
from .lots import LotRead


class LotState(BaseModel):
    """The current lot; the first message. `now` is the time of the service: a client's clock may be wrong."""

    type: Literal["state"] = "state"
    lot: LotRead
    now: datetime


class BidEvent(BaseModel):
    """A new bid, and the lot after it."""

    type: Literal["bid"] = "bid"
    bid: BidRead
    lot: LotRead


class WatcherCount(BaseModel):
    """The number of clients that watch the lot."""

    type: Literal["watchers"] = "watchers"
    count: int


class ProblemEvent(BaseModel):
    """Why a message of this client was refused: a problem, as over HTTP."""

    type: Literal["problem"] = "problem"
    problem: Problem


class Ping(BaseModel):
    """The client must reply with a pong."""

    type: Literal["ping"] = "ping"


class TicketRead(BaseModel):
    """A ticket for the live connection of a lot, sent as `?ticket=…`; valid for `expires_in` seconds."""

    ticket: str
    expires_in: int


class BidMessage(BidCreate):
    """Bid on the lot."""

    type: Literal["bid"]


class Pong(BaseModel):
    """Reply to a ping."""

    type: Literal["pong"]


Message = Annotated[BidMessage | Pong, Field(discriminator="type")]
MESSAGE: TypeAdapter[BidMessage | Pong] = TypeAdapter(Message)
