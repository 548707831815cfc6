"""The requests for help, as one session sees them."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ..models import HelpRequest, Member
from .checks import insert_once


class HelpRepository:
    """Who asked for help. It never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, asked: HelpRequest) -> int | None:
        """Keep a request and give its id, or None where it is known already."""
        row = {
            "member_id": asked.member_id,
            "event_id": asked.event_id,
            "chapter": asked.chapter,
            "requirement": asked.requirement,
            "question": asked.question,
            "code": asked.code,
            "asked_at": asked.asked_at,
        }
        return await insert_once(self._session, HelpRequest, row)

    async def find(self, room_id: int, request_id: int) -> tuple[HelpRequest, Member] | None:
        """A request for help in this room with the learner who sent it, or None."""
        query = select(HelpRequest, Member).join(Member)
        found = await self._session.execute(
            query.where(HelpRequest.id == request_id, Member.room_id == room_id)
        )
        row = found.one_or_none()
        return (row[0], row[1]) if row else None

    async def of(self, room_id: int) -> Sequence[HelpRequest]:
        """Every request of a room, the oldest first."""
        query = select(HelpRequest).join(Member).where(Member.room_id == room_id)
        return (await self._session.scalars(query.order_by(HelpRequest.id))).all()
