"""The people in the rooms, as one session sees them."""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from ..models import Check, HelpRequest, Member


class MemberRepository:
    """The people who joined. It never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def with_token(self, room_id: int, token_hash: str) -> Member | None:
        """Whose token has this hash, or None."""
        query = select(Member).where(Member.token_hash == token_hash, Member.room_id == room_id)
        return await self._session.scalar(query)

    async def add(self, member: Member) -> bool:
        """Add a member; False if the name is taken, perhaps by a request at the same time."""
        try:
            async with self._session.begin_nested():
                self._session.add(member)
        except IntegrityError:
            return False
        return True

    async def find(self, room_id: int, member_id: int) -> Member | None:
        """A member of this room, or None."""
        return await self._session.scalar(
            select(Member).where(Member.id == member_id, Member.room_id == room_id)
        )

    async def of(self, room_id: int) -> Sequence[Member]:
        """Everyone in a room, in the order in which they came."""
        return (
            await self._session.scalars(select(Member).where(Member.room_id == room_id).order_by(Member.id))
        ).all()

    async def remove(self, member: Member) -> None:
        """Delete a member, and all their data."""
        for table in (Check, HelpRequest):
            await self._session.execute(delete(table).where(table.member_id == member.id))
        await self._session.execute(delete(Member).where(Member.id == member.id))
