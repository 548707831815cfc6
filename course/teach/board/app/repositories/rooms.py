"""The rooms, as one session sees them."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from ..models import Check, HelpRequest, Member, Room


class RoomRepository:
    """The rooms of this database. One board serves one of them."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def named(self, name: str, now: datetime) -> Room:
        """The room of this name, made where there is none."""
        room = await self._session.scalar(select(Room).where(Room.name == name))
        if room is None:
            room = Room(name=name, created_at=now)
            self._session.add(room)
            await self._session.flush()
        return room

    async def find(self, room_id: int) -> Room:
        """The room with this id, which is there as long as the board runs."""
        return await self._session.get_one(Room, room_id)

    async def empty(self, room_id: int) -> None:
        """Delete everyone in a room, and all that was kept of them. The room stays."""
        theirs = select(Member.id).where(Member.room_id == room_id)
        for table in (Check, HelpRequest):
            await self._session.execute(delete(table).where(table.member_id.in_(theirs)))
        await self._session.execute(delete(Member).where(Member.room_id == room_id))
