"""What the teacher's page asks: the picture of the room, who needs help, and the room's end."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from ..dependencies import (
    COOKIE,
    BookDep,
    GuessesDep,
    LedgerDep,
    LiveDep,
    NowDep,
    SettingsDep,
    cookie_of,
    get_teacher,
    same_secret,
)
from ..exceptions import MemberNotFound, RequestNotFound, StillOpen, WrongToken
from ..live import Live
from ..schemas.teacher import HelpRead, Picture, RoomDelete, SessionCreate
from ..services.words import Words

door = APIRouter(prefix="/session", tags=["teacher"])
router = APIRouter(prefix="/room", tags=["teacher"], dependencies=[Depends(get_teacher)])
Number = Annotated[int, Path(ge=1, le=2**63 - 1)]
TWELVE_HOURS = 12 * 3600


@door.post("", status_code=204)
async def enter(shown: SessionCreate, settings: SettingsDep, guesses: GuessesDep, response: Response) -> None:
    """Show the teacher's token once; the browser is given a cookie that no script can read."""
    if not same_secret(shown.token.strip(), settings.token.get_secret_value()):
        guesses.wrong("token")
        raise WrongToken("This is not the token of this room's teacher.")
    response.set_cookie(
        COOKIE,
        cookie_of(settings),
        max_age=TWELVE_HOURS,
        httponly=True,
        samesite="strict",
        secure=settings.https,
    )


@door.delete("", status_code=204)
async def go(response: Response) -> None:
    """Forget the cookie."""
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")


@router.get("", response_model=Picture)
async def read_room(live: LiveDep) -> Response:
    """The room as it is now."""
    return Response(live.now(), media_type="application/json")


async def get_seat(live: LiveDep) -> AsyncIterator[Live]:
    """A place to watch from, for as long as the answer lasts."""
    with live.seat():
        yield live


@router.get("/events", response_class=EventSourceResponse)
async def watch(live: Annotated[Live, Depends(get_seat)]) -> AsyncIterator[ServerSentEvent]:
    """The room as it changes, as server-sent events; each is a whole picture, so none is missed for long."""
    live.now()
    version = live.version
    while not live.ended:
        yield ServerSentEvent(raw_data=live.text, id=str(version))
        version = await live.after(version)


@router.get("/words")
async def read_words(request: Request) -> Words:
    """What the course calls its chapters, requirements and misconceptions."""
    words: Words = request.app.state.words
    return words


@router.get("/help/{number}")
async def read_help(number: Number, book: BookDep, live: LiveDep) -> HelpRead:
    """A request for help, with the code that was sent with it."""
    found = await book.help.find(live.view.id, number)
    if found is None:
        raise RequestNotFound(f"There is no request {number}.")
    request, member = found
    return HelpRead(
        id=request.id,
        name=member.name,
        chapter=request.chapter,
        requirement=request.requirement,
        question=request.question,
        code=request.code,  # type: ignore[arg-type]  # pydantic reads the files
        asked_at=request.asked_at,
        done_at=request.done_at,
    )


@router.post("/help/{number}/done", status_code=204)
async def finish_help(number: Number, ledger: LedgerDep, live: LiveDep, now: NowDep) -> None:
    """Remove a request for help. A second call changes nothing."""
    found = await ledger.help.find(live.view.id, number)
    if found is None:
        raise RequestNotFound(f"There is no request {number}.")
    found[0].done_at = found[0].done_at or now
    ledger.then(lambda: live.view.helped(number))


@router.delete("/members/{number}", status_code=204)
async def remove_member(number: Number, ledger: LedgerDep, live: LiveDep) -> None:
    """Remove a learner, with all their data."""
    member = await ledger.members.find(live.view.id, number)
    if member is None:
        raise MemberNotFound(f"There is no learner with the number {number}.")
    await ledger.members.remove(member)
    ledger.then(lambda: live.view.left(number))


@router.post("/close", status_code=204)
async def close(ledger: LedgerDep, live: LiveDep, now: NowDep) -> None:
    """Close the room: it takes nothing more. Closed twice is closed."""
    room = await ledger.rooms.find(live.view.id)
    room.closed_at = closed = room.closed_at or now
    ledger.then(lambda: setattr(live.view, "closed_at", closed))


@router.post("/open", status_code=204)
async def reopen(ledger: LedgerDep, live: LiveDep) -> None:
    """Open a closed room again."""
    room = await ledger.rooms.find(live.view.id)
    room.closed_at = None
    ledger.then(lambda: setattr(live.view, "closed_at", None))


@router.delete("", status_code=204)
async def delete(wanted: RoomDelete, ledger: LedgerDep, live: LiveDep) -> None:
    """Delete everyone in a closed room, and all that was kept of them. Raises StillOpen."""
    if live.view.closed_at is None or wanted.name != live.view.name:
        raise StillOpen("Close the room first, then type its name.")
    await ledger.rooms.empty(live.view.id)
    ledger.then(live.view.emptied)
