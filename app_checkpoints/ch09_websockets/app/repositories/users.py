"""The queries about users."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ..models import User


class UserRepository:
    """The users, as one session sees them. It never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, user: User) -> None:
        """Insert a user. Raises IntegrityError if another user has this e-mail address."""
        self._session.add(user)
        await self._session.flush()

    async def find(self, user_id: int) -> User | None:
        """Return the user with this id, or None."""
        return await self._session.get(User, user_id)

    async def by_email(self, email: str) -> User | None:
        """Return the user with this e-mail address, in upper or lower case, or None."""
        return await self._session.scalar(select(User).where(User.email == email.lower()))
