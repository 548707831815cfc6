"""Register users, and verify their passwords."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError

from ..exceptions import EmailTaken, WrongCredentials
from ..models import User
from ..repositories.users import UserRepository
from ..schemas.users import UserCreate
from ..security import Passwords


async def register(new: UserCreate, users: UserRepository, passwords: Passwords, now: datetime) -> User:
    """Store a new user. Raises EmailTaken: the database decides, also between two requests at once."""
    facts = new.model_dump(exclude={"password"}) | {"email": new.email.lower()}
    hashed = await passwords.hash(new.password.get_secret_value())
    user = User(**facts, password_hash=hashed, created_at=now)
    try:
        await users.add(user)
    except IntegrityError as error:
        raise EmailTaken("Another user has this e-mail address.") from error
    return user


async def authenticate(email: str, password: str, users: UserRepository, passwords: Passwords) -> User:
    """Return the user with this e-mail address and password. Raises WrongCredentials, after the same work."""
    user = await users.by_email(email) if email.isprintable() else None
    fits, fresh = await passwords.verify(password, user.password_hash if user else None)
    if user is None or not fits:
        raise WrongCredentials("Wrong e-mail address or password.")
    if fresh is not None:
        user.password_hash = fresh
    return user
