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
    """Hash a password in a thread. The limiter bounds how many threads do so at a time."""
    return await to_thread.run_sync(hasher.hash, password, limiter=limiter)


async def verify_password(password: str, stored_hash: str, limiter: CapacityLimiter) -> bool:
    """Whether the stored hash was made from this password."""
    return await to_thread.run_sync(hasher.verify, password, stored_hash, limiter=limiter)


def create_token(neighbour_id: int, settings: Settings, now: datetime) -> str:
    """Create a token for this user. It is valid for `token_minutes`."""
    until = now + timedelta(minutes=settings.token_minutes)
    claims = {"sub": str(neighbour_id), "exp": int(until.timestamp())}
    return jwt.encode(claims, settings.secret_key.get_secret_value(), ALGORITHM)


NO_TIME_CHECKS: Options = {"verify_exp": False, "verify_nbf": False, "verify_iat": False}


def read_token(token: str, settings: Settings, now: datetime) -> int | None:
    """The user's ID, or None for a token that this service did not issue, or that has expired."""
    key = settings.secret_key.get_secret_value()
    try:
        claims = jwt.decode(token, key, [ALGORITHM], options=NO_TIME_CHECKS)
        number, until = int(claims["sub"]), float(claims["exp"])
    except (jwt.InvalidTokenError, LookupError, ValueError, TypeError, OverflowError):
        return None
    if claims.keys() != {"sub", "exp"} or not 0 < number < 2**63:
        return None
    return number if now.timestamp() < until else None
