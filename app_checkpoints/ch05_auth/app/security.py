"""What Gavel trusts: hashes of passwords, and tokens that it has signed itself."""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import cached_property
from secrets import token_urlsafe
from typing import Annotated, Any, NamedTuple

import jwt
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from pwdlib.hashers.bcrypt import BcryptHasher
from pydantic import BaseModel, Field, SecretStr, StrictInt, ValidationError


class OldBcrypt(BcryptHasher):
    """The hashes of the house's former computer: it read 72 bytes of a password, where bcrypt raises now."""

    def verify(self, password: str | bytes, hash: str | bytes) -> bool:
        """Whether the first 72 bytes are those that were hashed."""
        spelled = password.encode() if isinstance(password, str) else password
        return super().verify(spelled[:72], hash)


class Passwords:
    """Makes and compares hashes of passwords, in a thread: Argon2 takes a tenth of a second and more."""

    def __init__(self) -> None:
        self._hashes = PasswordHash((Argon2Hasher(), OldBcrypt()))

    async def hash(self, password: str) -> str:
        """The hash of a password, with a salt of its own."""
        return await asyncio.to_thread(self._hashes.hash, password)

    async def verify(self, password: str, stored: str | None) -> tuple[bool, str | None]:
        """Whether a password fits, never where none is stored; and a fresh hash where the kept one is old."""
        return await asyncio.to_thread(self._verify, password, stored)

    @cached_property
    def _nobodys(self) -> str:
        return self._hashes.hash(token_urlsafe())

    def _verify(self, password: str, stored: str | None) -> tuple[bool, str | None]:
        nobodys = self._nobodys
        fits, fresh = self._hashes.verify_and_update(password, stored or nobodys)
        return fits and stored is not None, fresh


ALGORITHM = "HS256"
HOUSE = "gavel"
SCOPES = {
    "lots:write": "Put up lots, change them, take them back.",
    "bids:write": "Bid.",
    "house:manage": "Do so with everybody's lots.",
}
ROLES = {"member": frozenset({"lots:write", "bids:write"}), "staff": frozenset(SCOPES)}


class Claims(NamedTuple):
    """What a token of ours says: whose it is, what it is good for, and of which issue it is."""

    user_id: int
    scopes: frozenset[str]
    version: int


def create_token(claims: Claims, key: SecretStr, lifetime: timedelta) -> str:
    """A signed token. Its times are the machine's own, since PyJWT will compare them with that clock."""
    now = datetime.now(UTC)
    said = {"sub": str(claims.user_id), "scope": " ".join(sorted(claims.scopes)), "ver": claims.version}
    times = {"iss": HOUSE, "aud": HOUSE, "iat": now, "exp": now + lifetime}
    return jwt.encode(said | times, key.get_secret_value(), ALGORITHM)


class Payload(BaseModel):
    """The claims that are our own. PyJWT verifies the others."""

    sub: Annotated[int, Field(ge=1, lt=2**63)]
    scope: str
    ver: StrictInt


def claims_of(payload: dict[str, Any]) -> Claims:
    """The claims of a token that was verified. Raises InvalidTokenError if one has the wrong type."""
    try:
        ours = Payload.model_validate(payload)
    except ValidationError as error:
        raise jwt.InvalidTokenError("A claim has the wrong type.") from error
    return Claims(ours.sub, frozenset(ours.scope.split()), ours.ver)


def read_token(token: str, key: SecretStr) -> Claims:
    """What a token says, if Gavel signed it, for Gavel, and it has not expired. Raises InvalidTokenError."""
    said = jwt.decode(
        token,
        key.get_secret_value(),
        algorithms=[ALGORITHM],
        issuer=HOUSE,
        audience=HOUSE,
        options={"require": ["exp", "iat", "sub", "iss", "aud", "scope", "ver"]},
    )
    return claims_of(said)
