"""Register users, and verify their passwords."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError

from ..models import User
from ..repositories.users import UserRepository
from ..schemas.users import UserCreate
from ..security import Passwords


async def register(
    new: UserCreate, users: UserRepository, passwords: Passwords, now: datetime
) -> User | None:
    """Store a new user, or return None if the e-mail address is taken."""
    values = new.model_dump(exclude={"password"}) | {"email": new.email.lower()}
    password_hash = await passwords.hash(new.password.get_secret_value())
    user = User(**values, password_hash=password_hash, created_at=now)
    try:
        await users.add(user)
    except IntegrityError:
        return None
    return user


async def authenticate(email: str, password: str, users: UserRepository, passwords: Passwords) -> User | None:
    """Return the user with this e-mail address and password, or None. The work is the same in each case."""
    user = await users.by_email(email) if email.isprintable() else None
    fits, fresh = await passwords.verify(password, user.password_hash if user else None)
    if user is None or not fits:
        return None
    if fresh is not None:
        user.password_hash = fresh
    return user
