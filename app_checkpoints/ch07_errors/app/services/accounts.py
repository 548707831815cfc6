"""Who may come in: registering, and proving that one is who one says."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError

from ..exceptions import EmailTaken, WrongCredentials
from ..models import User
from ..repositories.users import UserRepository
from ..schemas.users import UserCreate
from ..security import Passwords


async def register(new: UserCreate, users: UserRepository, passwords: Passwords, now: datetime) -> User:
    """Somebody new. Raises EmailTaken, which the database decides, between two at once too."""
    facts = new.model_dump(exclude={"password"}) | {"email": new.email.lower()}
    hashed = await passwords.hash(new.password.get_secret_value())
    user = User(**facts, password_hash=hashed, created_at=now)
    try:
        await users.add(user)
    except IntegrityError as error:
        raise EmailTaken("Somebody has registered with this e-mail address already.") from error
    return user


async def authenticate(email: str, password: str, users: UserRepository, passwords: Passwords) -> User:
    """The person with this e-mail address and password. Raises WrongCredentials, after the same work."""
    user = await users.by_email(email) if email.isprintable() else None
    fits, fresh = await passwords.verify(password, user.password_hash if user else None)
    if user is None or not fits:
        raise WrongCredentials("Wrong e-mail address or password.")
    if fresh is not None:
        user.password_hash = fresh
    return user
