"""What a learner's machine asks: join, leave, send what a check found, ask for help."""

from datetime import timedelta

from fastapi import APIRouter, Depends, Response

from ..dependencies import (
    Bearer,
    GuessesDep,
    LedgerDep,
    LiveDep,
    MemberDep,
    NowDep,
    SettingsDep,
    get_open_room,
    same_secret,
)
from ..exceptions import RoomFull, TooMuchKept, WrongCode
from ..models import Check, HelpRequest
from ..schemas.learner import CheckCreate, HelpCreate, MemberCreate, MemberRead, Receipt
from ..services import joining

router = APIRouter(tags=["learners"])
is_open = Depends(get_open_room)
MOST_REQUESTS = 3
"""Requests for help of one person that may wait at once."""


@router.post("/members", status_code=201, dependencies=[is_open], response_model_exclude_none=True)
async def join(
    wanted: MemberCreate,
    ledger: LedgerDep,
    live: LiveDep,
    settings: SettingsDep,
    guesses: GuessesDep,
    token: Bearer,
    now: NowDep,
    response: Response,
) -> MemberRead:
    """Join the room under a name. A client with the token of a member is that member, and keeps the name."""
    guesses.refuse_more("code")
    if not same_secret(wanted.code.strip().upper(), settings.code.get_secret_value().upper()):
        guesses.wrong("code")
        raise WrongCode("Ask your teacher for the code of the room.")
    if token is not None:
        known = await ledger.members.with_token(live.view.id, joining.hashed(token.credentials))
        if known is not None:
            response.status_code = 200
            return MemberRead(name=known.name, room=live.view.name)
    if len(live.view) >= settings.members:
        raise RoomFull(f"It takes {settings.members} people.")
    member, secret = await joining.join(ledger.members, live.view.id, wanted.name, now)
    ledger.then(lambda: live.view.joined(member))
    return MemberRead(name=member.name, room=live.view.name, token=secret)


@router.get("/members/me", response_model_exclude_none=True)
async def read_me(member: MemberDep, live: LiveDep) -> MemberRead:
    """Who the caller is in this room."""
    return MemberRead(name=member.name, room=live.view.name)


@router.delete("/members/me", status_code=204)
async def leave(member: MemberDep, ledger: LedgerDep, live: LiveDep) -> None:
    """Leave the room: the caller and all that was kept of them are deleted. Also from a closed room."""
    number = member.id
    await ledger.members.remove(member)
    ledger.then(lambda: live.view.left(number))


@router.post("/checks", status_code=201, dependencies=[is_open])
async def take_check(
    sent: CheckCreate,
    member: MemberDep,
    ledger: LedgerDep,
    live: LiveDep,
    settings: SettingsDep,
    now: NowDep,
    response: Response,
) -> Receipt:
    """Take what a check found. The same again (by its id) changes nothing and answers 200."""
    if live.view.checks_of(member.id) >= settings.checks_per_member:
        raise TooMuchKept(f"{settings.checks_per_member} checks are kept of one person.")
    check = Check(
        member_id=member.id,
        event_id=str(sent.id),
        chapter=sent.chapter,
        at=now - timedelta(seconds=sent.seconds_ago),
        ran=sent.ran,
        results=[finding.model_dump() for finding in sent.results],
    )
    if not await ledger.checks.add(check):
        response.status_code = 200
        return Receipt(id=sent.id, known=True)
    ledger.then(lambda: live.view.checked(check))
    return Receipt(id=sent.id, known=False)


@router.post("/help", status_code=201, dependencies=[is_open])
async def take_help(
    sent: HelpCreate, member: MemberDep, ledger: LedgerDep, live: LiveDep, now: NowDep, response: Response
) -> Receipt:
    """Take a request for help. The same again (by its id) changes nothing and answers 200."""
    asked = HelpRequest(
        member_id=member.id,
        event_id=str(sent.id),
        chapter=sent.chapter,
        requirement=sent.requirement,
        question=sent.question,
        code=[file.model_dump() for file in sent.code],
        asked_at=now - timedelta(seconds=sent.seconds_ago),
    )
    number = await ledger.help.add(asked)
    if number is None:
        response.status_code = 200
        return Receipt(id=sent.id, known=True)
    if live.view.requests_of(member.id) >= MOST_REQUESTS:
        raise TooMuchKept(f"{MOST_REQUESTS} requests of yours wait already.")
    asked.id = number
    ledger.then(lambda: live.view.asked(asked))
    return Receipt(id=sent.id, known=False)
