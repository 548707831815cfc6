"""Passwords and tokens."""

from datetime import datetime, timedelta

import jwt
from anyio import CapacityLimiter, to_thread
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from .config import Settings

ALGORITHM = "HS256"
hasher = PasswordHash((Argon2Hasher(),))


async def hash_password(password: str, limiter: CapacityLimiter) -> str:
    """The hash to keep. It takes a while, so it is made in a thread, and only so many at a time."""
    return await to_thread.run_sync(hasher.hash, password, limiter=limiter)


async def verify_password(password: str, kept: str, limiter: CapacityLimiter) -> bool:
    """Whether this password made this hash."""
    return await to_thread.run_sync(hasher.verify, password, kept, limiter=limiter)


def create_token(neighbour_id: int, settings: Settings, now: datetime) -> str:
    """A token that says who somebody is, for as long as the settings say."""
    until = now + timedelta(minutes=settings.token_minutes)
    claims = {"sub": str(neighbour_id), "exp": int(until.timestamp())}
    return jwt.encode(claims, settings.secret_key.get_secret_value(), ALGORITHM)


def read_token(token: str, settings: Settings, now: datetime) -> int | None:
    """Whose token it is, or None: made with another key, changed, or over by the clock of the shed."""
    key = settings.secret_key.get_secret_value()
    try:
        claims = jwt.decode(token, key, [ALGORITHM], options={"require": ["sub", "exp"], "verify_exp": False})
        return int(claims["sub"]) if now.timestamp() < claims["exp"] else None
    except (jwt.InvalidTokenError, ValueError, TypeError):
        return None
