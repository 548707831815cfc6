"""Passwords and tokens."""

from datetime import datetime, timedelta

import jwt
from anyio import CapacityLimiter, to_thread
from jwt.types import Options
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


UNTIMED: Options = {"verify_exp": False, "verify_nbf": False, "verify_iat": False}


def read_token(token: str, settings: Settings, now: datetime) -> int | None:
    """The user's ID, or None for a token that this service did not issue, or that has expired."""
    key = settings.secret_key.get_secret_value()
    try:
        claims = jwt.decode(token, key, [ALGORITHM], options=UNTIMED)
        number, until = int(claims["sub"]), float(claims["exp"])
    except (jwt.InvalidTokenError, LookupError, ValueError, TypeError, OverflowError):
        return None
    if claims.keys() != {"sub", "exp"} or not 0 < number < 2**63:
        return None
    return number if now.timestamp() < until else None
