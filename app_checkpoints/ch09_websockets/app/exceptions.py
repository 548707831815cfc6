"""What Gavel refuses: one tree. A branch has a status, a leaf is one rule of the house.

GavelError
├── Unauthorized (401)    WrongCredentials, InvalidToken, InvalidTicket
├── Forbidden (403)       MissingScope, NotYourLot, OwnLot, ForeignOrigin
├── NotFound (404)        LotNotFound, PhotoNotFound
├── Conflict (409)        EmailTaken, LotHasBids
│   └── BidRefused        BidTooLow, LotNotOpen, LotClosed
├── PhotoTooLarge (413), NotAPhoto (415)
├── TooManyAttempts (429), TooManyConnections (429)
└── RoomFull (503)
"""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar


class GavelError(Exception):
    """A refusal. `kind` names it for programs, `title` for people; `detail` says what happened this time."""

    status: ClassVar[int] = 400
    kind: ClassVar[str] = "refused"
    title: ClassVar[str] = "The house says no"
    headers: Mapping[str, str] = {}

    def __init__(self, detail: str, *, headers: Mapping[str, str] | None = None, **facts: object) -> None:
        super().__init__(detail)
        self.detail = detail
        self.headers = {**self.headers, **(headers or {})}
        self.facts = facts


class Unauthorized(GavelError):
    """Who is asking is not known. A 401 must say how to log in (RFC 9110, section 15.5.2)."""

    status = 401
    headers: Mapping[str, str] = {"WWW-Authenticate": "Bearer"}


class WrongCredentials(Unauthorized):
    """E-mail address and password do not fit. Nobody is told which of them is wrong."""

    kind, title = "wrong-credentials", "E-mail address and password do not fit"


class InvalidToken(Unauthorized):
    """The token is not ours, has expired, or was revoked. The client is not told which (RFC 6750)."""

    kind, title = "invalid-token", "The token is not valid"
    headers: Mapping[str, str] = {"WWW-Authenticate": 'Bearer error="invalid_token"'}


class Forbidden(GavelError):
    """Who is asking is known, and may not."""

    status = 403


class MissingScope(Forbidden):
    """The token, or the role, is not good for this."""

    kind, title = "missing-scope", "The token is not good for this"


class NotYourLot(Forbidden):
    """The lot is somebody else's."""

    kind, title = "not-your-lot", "The lot is somebody else's"


class NotFound(GavelError):
    """Nothing is there."""

    status = 404


class LotNotFound(NotFound):
    """No lot has this number, or it was taken back."""

    kind, title = "lot-not-found", "There is no such lot"


class PhotoNotFound(NotFound):
    """The lot has no photo."""

    kind, title = "photo-not-found", "There is no photo"


class Conflict(GavelError):
    """As things stand it cannot be done. At another time, or done differently, it could."""

    status = 409


class EmailTaken(Conflict):
    """Somebody has registered with this e-mail address already."""

    kind, title = "email-taken", "The e-mail address is taken"


class LotHasBids(Conflict):
    """What somebody has bid on is neither changed nor taken back."""

    kind, title = "lot-has-bids", "There are bids on the lot"


class PhotoTooLarge(GavelError):
    """The photo has too many bytes."""

    status, kind, title = 413, "photo-too-large", "The photo is too large"


class NotAPhoto(GavelError):
    """The file is no photo of a kind that is taken."""

    status, kind, title = 415, "not-a-photo", "The file is not a photo"


class BidRefused(Conflict):
    """A bid that does not stand."""

    kind, title = "bid-refused", "The bid does not stand"


class BidTooLow(BidRefused):
    """Less than the least that the next bid must be."""

    kind, title = "bid-too-low", "The bid is too low"


class LotNotOpen(BidRefused):
    """Bidding has not begun."""

    kind, title = "lot-not-open", "Bidding has not begun"


class LotClosed(BidRefused):
    """Bidding is over."""

    kind, title = "lot-closed", "Bidding is over"


class OwnLot(Forbidden):
    """Nobody drives up the price of their own lot. No other bid would help, so this is no 409."""

    kind, title = "own-lot", "The lot is your own"


Function = TypeVar("Function", bound=Callable[..., Any])


class TooManyAttempts(GavelError):
    """Somebody has tried too often within a while."""

    status, kind, title = 429, "too-many-attempts", "Too many attempts"


def raises(*kinds: type[GavelError]) -> Callable[[Function], Function]:
    """Note on a function which refusals it may raise. The description of every route that calls it tells."""

    def note(function: Function) -> Function:
        function.__dict__["raises"] = kinds
        return function

    return note


class InvalidTicket(Unauthorized):
    """The ticket was used already, is too old, or was never given."""

    kind, title = "invalid-ticket", "The ticket is not valid"


class ForeignOrigin(Forbidden):
    """The page that opens this socket is not ours."""

    kind, title = "foreign-origin", "This page is not ours"


class TooManyConnections(GavelError):
    """One client watches the lot over as many connections as it may have."""

    status, kind, title = 429, "too-many-connections", "Too many connections"
    headers: Mapping[str, str] = {"Retry-After": "10"}


class RoomFull(GavelError):
    """As many people watch the lot as there are seats."""

    status, kind, title = 503, "room-full", "All seats are taken"
    headers: Mapping[str, str] = {"Retry-After": "10"}
