"""Gavel's exceptions: one tree. A branch has a status code, a leaf is one rule.

GavelError
├── Unauthorized (401)    WrongCredentials, InvalidToken, InvalidTicket
├── Forbidden (403)       MissingScope, NotYourLot, OwnLot, OriginNotAllowed
├── NotFound (404)        LotNotFound, PhotoNotFound
├── Conflict (409)        EmailTaken, LotHasBids
│   └── BidRefused        BidTooLow, LotNotOpen, LotClosed
├── PhotoTooLarge (413), NotAPhoto (415)
├── TooManyAttempts (429), TooManyConnections (429)
└── ChannelFull (503)
"""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar


class GavelError(Exception):
    """The base class. `kind` is for programs, `title` for people; `detail` says what happened this time."""

    status: ClassVar[int] = 400
    kind: ClassVar[str] = "refused"
    title: ClassVar[str] = "The request is refused"
    headers: Mapping[str, str] = {}

    def __init__(self, detail: str, *, headers: Mapping[str, str] | None = None, **facts: object) -> None:
        super().__init__(detail)
        self.detail = detail
        self.headers = {**self.headers, **(headers or {})}
        self.facts = facts


class Unauthorized(GavelError):
    """The user is unknown. A 401 must say how to log in (RFC 9110, section 15.5.2)."""

    status = 401
    headers: Mapping[str, str] = {"WWW-Authenticate": "Bearer"}


class WrongCredentials(Unauthorized):
    """The e-mail address or the password is wrong. The response does not say which."""

    kind, title = "wrong-credentials", "The e-mail address or the password is wrong"


class InvalidToken(Unauthorized):
    """The token is invalid, expired or revoked. The response does not say which (RFC 6750)."""

    kind, title = "invalid-token", "The token is not valid"
    headers: Mapping[str, str] = {"WWW-Authenticate": 'Bearer error="invalid_token"'}


class Forbidden(GavelError):
    """The user is known and may not do this."""

    status = 403


class MissingScope(Forbidden):
    """The token or the role of the user lacks the OAuth2 scope."""

    kind, title = "missing-scope", "The OAuth2 scope is missing"


class NotYourLot(Forbidden):
    """The lot belongs to another seller."""

    kind, title = "not-your-lot", "The lot belongs to another seller"


class NotFound(GavelError):
    """The resource does not exist."""

    status = 404


class LotNotFound(NotFound):
    """No lot has this ID, or it was deleted."""

    kind, title = "lot-not-found", "The lot does not exist"


class PhotoNotFound(NotFound):
    """The lot has no photo."""

    kind, title = "photo-not-found", "The photo does not exist"


class Conflict(GavelError):
    """The request is not possible now. At another time, or with other values, it could be."""

    status = 409


class EmailTaken(Conflict):
    """Another user has this e-mail address."""

    kind, title = "email-taken", "The e-mail address is taken"


class LotHasBids(Conflict):
    """A lot with a bid cannot be changed or deleted."""

    kind, title = "lot-has-bids", "The lot has bids"


Function = TypeVar("Function", bound=Callable[..., Any])


class PhotoTooLarge(GavelError):
    """The file has more bytes than a photo may have."""

    status, kind, title = 413, "photo-too-large", "The photo is too large"


class NotAPhoto(GavelError):
    """The file is not a photo of a supported media type."""

    status, kind, title = 415, "not-a-photo", "The file is not a photo"


class TooManyAttempts(GavelError):
    """There were too many attempts within the time window."""

    status, kind, title = 429, "too-many-attempts", "Too many attempts"


def raises(*kinds: type[GavelError]) -> Callable[[Function], Function]:
    """Declare which exceptions a function may raise. The OpenAPI description of its routes names them."""

    def declare(function: Function) -> Function:
        function.__dict__["raises"] = kinds
        return function

    return declare


class BidRefused(Conflict):
    """A bid that is not accepted."""

    kind, title = "bid-refused", "The bid is not accepted"


class BidTooLow(BidRefused):
    """The amount is below the minimum of the next bid."""

    kind, title = "bid-too-low", "The bid is too low"


class LotNotOpen(BidRefused):
    """Bidding has not begun."""

    kind, title = "lot-not-open", "Bidding has not begun"


class LotClosed(BidRefused):
    """Bidding is over."""

    kind, title = "lot-closed", "Bidding is over"


class OwnLot(Forbidden):
    """The seller bids on their own lot. No other bid would help, so this is no 409."""

    kind, title = "own-lot", "The lot is your own"


class InvalidTicket(Unauthorized):
    """The ticket was used, has expired, or was never issued."""

    kind, title = "invalid-ticket", "The ticket is not valid"


class OriginNotAllowed(Forbidden):
    """The page that opens this WebSocket belongs to another site."""

    kind, title = "origin-not-allowed", "Pages of this origin are not allowed"


class TooManyConnections(GavelError):
    """One network watches the lot over as many connections as it may have."""

    status, kind, title = 429, "too-many-connections", "Too many connections"
    headers: Mapping[str, str] = {"Retry-After": "10"}


class ChannelFull(GavelError):
    """As many clients watch the lot as the settings allow."""

    status, kind, title = 503, "channel-full", "Too many clients watch this lot"
    headers: Mapping[str, str] = {"Retry-After": "10"}
