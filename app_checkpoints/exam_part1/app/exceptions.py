"""The domain exceptions. One exception handler is registered for the base class.

ShedError
  NotFound           404   the tool or the reservation does not exist
  Forbidden          403   the user may not do this
  NotAuthenticated   401   no valid token, or a failed login
  Conflict           409
    EmailTaken             the address is registered already
    ToolTaken              the tool is reserved on one of these days
    DayInPast              the first day is before today
    ToolIsReserved         a tool with a reservation cannot be deleted
"""

from collections.abc import Mapping
from typing import ClassVar


class ShedError(Exception):
    """The base class. The client receives `detail`."""

    status = 400
    title = "Bad request"
    headers: ClassVar[Mapping[str, str]] = {}

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class NotFound(ShedError):
    """The tool or the reservation does not exist."""

    status, title = 404, "Not found"


class Forbidden(ShedError):
    """The resource exists, and the user may not do this with it."""

    status, title = 403, "Forbidden"


class NotAuthenticated(ShedError):
    """The request has no valid token, or the login failed."""

    status, title = 401, "Not authenticated"
    headers: ClassVar[Mapping[str, str]] = {"WWW-Authenticate": "Bearer"}


class Conflict(ShedError):
    """The request is valid, but it conflicts with what is stored."""

    status, title = 409, "Conflict"


class EmailTaken(Conflict):
    """The e-mail address is registered already."""

    title = "E-mail address taken"


class ToolTaken(Conflict):
    """The tool is reserved on one of these days."""

    title = "Tool taken"


class DayInPast(Conflict):
    """The first day is before today."""

    title = "Day in the past"


class ToolIsReserved(Conflict):
    """The tool has a reservation, so it cannot be deleted."""

    title = "Tool is reserved"
