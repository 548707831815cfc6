"""All that is kept of the room, to take away."""

import json
from typing import Any

from anyio import to_thread
from fastapi import APIRouter, Depends, Response

from ..dependencies import BookDep, Ledger, LiveDep, get_teacher
from ..services import export

router = APIRouter(prefix="/room", tags=["teacher"], dependencies=[Depends(get_teacher)])


async def everyone(book: Ledger, room_id: int) -> list[dict[str, Any]]:
    """Everyone in the room with their checks and requests, as plain values; no tokens, and no hashes."""
    people = {
        member.id: {"name": member.name, "joined_at": member.joined_at.isoformat(), "checks": [], "help": []}
        for member in await book.members.of(room_id)
    }
    async for check in book.checks.of(room_id):
        people[check.member_id]["checks"].append(  # type: ignore[attr-defined]
            {
                "id": check.event_id,
                "chapter": check.chapter,
                "at": check.at.isoformat(),
                "ran": check.ran,
                "results": check.results,
            }
        )
    for asked in await book.help.of(room_id):
        people[asked.member_id]["help"].append(  # type: ignore[attr-defined]
            {
                "id": asked.event_id,
                "chapter": asked.chapter,
                "requirement": asked.requirement,
                "question": asked.question,
                "code": asked.code,
                "asked_at": asked.asked_at.isoformat(),
                "done_at": asked.done_at.isoformat() if asked.done_at else None,
            }
        )
    return list(people.values())


def file(content: str, media_type: str, name: str) -> Response:
    """An answer that a browser saves."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)


@router.get("/export.json")
async def as_json(book: BookDep, live: LiveDep) -> Response:
    """All of it, as JSON."""
    whole = {"room": live.view.name, "people": await everyone(book, live.view.id)}
    text = await to_thread.run_sync(lambda: json.dumps(whole, ensure_ascii=False, indent=1))
    return file(text, "application/json", "board.json")


@router.get("/export.csv")
async def as_csv(book: BookDep, live: LiveDep) -> Response:
    """The checks, a row for each requirement. It begins with a mark by which a spreadsheet knows UTF-8."""
    people = await everyone(book, live.view.id)
    text = await to_thread.run_sync(export.table, people)
    return file("\ufeff" + text, "text/csv; charset=utf-8", "board.csv")
