"""Who may come in: registering, and proving that one is who one says."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError

from ..models import User
from ..repositories.users import UserRepository
from ..schemas.users import UserCreate
from ..security import Passwords


async def register(
    new: UserCreate, users: UserRepository, passwords: Passwords, now: datetime
) -> User | None:
    """Somebody new, or None where the e-mail address is taken, which the database decides."""
    facts = new.model_dump(exclude={"password"}) | {"email": new.email.lower()}
    hashed = await passwords.hash(new.password.get_secret_value())
    user = User(**facts, password_hash=hashed, created_at=now)
    try:
        await users.add(user)
    except IntegrityError:
        return None
    return user


async def authenticate(email: str, password: str, users: UserRepository, passwords: Passwords) -> User | None:
    """The person with this e-mail address and password, or None. It costs the same whoever is asked for."""
    user = await users.by_email(email) if email.isprintable() else None
    fits, fresh = await passwords.verify(password, user.password_hash if user else None)
    if user is None or not fits:
        return None
    if fresh is not None:
        user.password_hash = fresh
    return user
