"""What the shed says no to. One tree, one handler.

ShedError
  NotFound           404   no such tool, no such reservation
  NotYours           403   it is somebody else's
  NotLoggedIn        401   no token, or none that counts
  Conflict           409
    EmailTaken             somebody has registered with this address
    ToolTaken              somebody has the tool on one of these days
    DayIsPast              the first day is over
    ToolIsReserved         a tool that is given out cannot leave the shed
"""

from collections.abc import Mapping
from typing import ClassVar


class ShedError(Exception):
    """A refusal: `detail` is told to the caller."""

    status = 400
    title = "Bad request"
    headers: ClassVar[Mapping[str, str]] = {}

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class NotFound(ShedError):
    """There is no such thing."""

    status, title = 404, "Not found"


class NotYours(ShedError):
    """It is there, and it is somebody else's."""

    status, title = 403, "Not yours"


class NotLoggedIn(ShedError):
    """Nobody knows who is asking."""

    status, title = 401, "Not logged in"
    headers: ClassVar[Mapping[str, str]] = {"WWW-Authenticate": "Bearer"}


class Conflict(ShedError):
    """The request is well formed, and the shed as it stands does not allow it."""

    status, title = 409, "Conflict"


class EmailTaken(Conflict):
    """An address registers once."""

    title = "Address taken"


class ToolTaken(Conflict):
    """A tool is given out once a day."""

    title = "Tool taken"


class DayIsPast(Conflict):
    """Nothing is reserved for yesterday."""

    title = "Day is past"


class ToolIsReserved(Conflict):
    """What is promised to somebody stays."""

    title = "Tool is reserved"
