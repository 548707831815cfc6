"""What the board refuses: one tree. A branch has a status, a leaf is one rule.

BoardError
├── Unauthorized (401)    WrongCode, WrongToken, UnknownMember
├── Forbidden (403)       ForeignOrigin
├── NotFound (404)        RequestNotFound, MemberNotFound
├── Conflict (409)        NameTaken, RoomFull, RoomClosed, TooMuchKept, StillOpen
├── TooMany (429)
└── TooManyWatchers (503)
"""

from typing import ClassVar


class BoardError(Exception):
    """A refusal. `kind` names it for programs, `title` for people; `detail` says what happened this time."""

    status: ClassVar[int] = 400
    kind: ClassVar[str] = "refused"
    title: ClassVar[str] = "The board says no"

    def __init__(self, detail: str, *, headers: dict[str, str] | None = None, **facts: object) -> None:
        super().__init__(detail)
        self.detail = detail
        self.headers = headers
        self.facts = facts


class Unauthorized(BoardError):
    """Who is asking is not known."""

    status = 401


class WrongCode(Unauthorized):
    """The code is not this room's."""

    kind, title = "wrong-code", "This is not the code of the room"


class WrongToken(Unauthorized):
    """The token is not the teacher's."""

    kind, title = "wrong-token", "This is not the teacher's token"


class UnknownMember(Unauthorized):
    """The member's token is not known, or no longer."""

    kind, title = "unknown-member", "You have not joined this room, or left it"


class ForeignOrigin(BoardError):
    """The page that asks is not the board's."""

    status, kind, title = 403, "foreign-origin", "This page is not the board's"


class NotFound(BoardError):
    """Nothing is there."""

    status = 404


class RequestNotFound(NotFound):
    """There is no such request for help, or the learner who sent it has left."""

    kind, title = "request-not-found", "There is no such request for help"


class MemberNotFound(NotFound):
    """No learner in the room has this number."""

    kind, title = "member-not-found", "There is no learner with this number"


class Conflict(BoardError):
    """As things stand it cannot be done."""

    status = 409


class NameTaken(Conflict):
    """Another learner in the room has this name."""

    kind, title = "name-taken", "The name is taken"


class RoomFull(Conflict):
    """The room has as many people as it takes."""

    kind, title = "room-full", "The room is full"


class RoomClosed(Conflict):
    """The teacher has closed the room."""

    kind, title = "room-closed", "The room is closed"


class TooMuchKept(Conflict):
    """As much is kept of this person as the board keeps of anyone."""

    kind, title = "too-much-kept", "The board keeps no more of you"


class StillOpen(Conflict):
    """What is deleted must be closed before."""

    kind, title = "still-open", "The room is still open"


class TooMany(BoardError):
    """Too many requests within a minute."""

    status, kind, title = 429, "too-many", "Too many requests"


class TooManyWatchers(BoardError):
    """As many teacher's pages are open as the board serves."""

    status, kind, title = 503, "too-many-watchers", "Too many pages are open"
