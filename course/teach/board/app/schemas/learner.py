"""What a learner's machine sends, and what it is answered."""

from typing import Annotated

from pydantic import Field

from .types import (
    ChapterName,
    EventId,
    FilePath,
    FileText,
    Identifier,
    MisconceptionName,
    Name,
    Question,
    SecondsAgo,
    Strict,
)


class MemberCreate(Strict):
    """A request to join the room."""

    code: Annotated[str, Field(max_length=100)]
    name: Name


class MemberRead(Strict):
    """A member of the room. The response to `join` has the token, and no other response has it."""

    name: str
    room: str
    token: str | None = None


class Finding(Strict):
    """One requirement: whether it holds, and the mistake that explains why not, where one is known."""

    requirement: Identifier
    holds: bool
    misconception: MisconceptionName | None = None


class CheckCreate(Strict):
    """One check. `ran` is false where the service could not be run at all, and then there are no results."""

    id: EventId
    chapter: ChapterName
    ran: bool
    results: Annotated[list[Finding], Field(max_length=100)]
    seconds_ago: SecondsAgo = 0.0


class File(Strict):
    """A file that a learner chose to show."""

    path: FilePath
    text: FileText


class HelpCreate(Strict):
    """A request for help, with the code that was shown before it was sent."""

    id: EventId
    chapter: ChapterName
    requirement: Identifier | None = None
    question: Question
    code: Annotated[list[File], Field(max_length=20)]
    seconds_ago: SecondsAgo = 0.0


class Receipt(Strict):
    """The board has it. `known` says that it had it before."""

    id: EventId
    known: bool
