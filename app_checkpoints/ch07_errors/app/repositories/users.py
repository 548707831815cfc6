"""The people whom the house knows."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ..models import User


class UserRepository:
    """The people, as one session sees them. It never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, user: User) -> None:
        """Take somebody in. Raises IntegrityError where their e-mail address is known already."""
        self._session.add(user)
        await self._session.flush()

    async def find(self, user_id: int) -> User | None:
        """The person with this id, or None."""
        return await self._session.get(User, user_id)

    async def by_email(self, email: str) -> User | None:
        """The user with this e-mail address, in upper or lower case, or None."""
        return await self._session.scalar(select(User).where(User.email == email.lower()))
