"""Hashes of passwords, and signed tokens."""

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
    """Verify the hashes of the older program. It hashed 72 bytes of a password; bcrypt 5 raises for more."""

    def verify(self, password: str | bytes, hash: str | bytes) -> bool:
        """Compare the first 72 bytes of a password with a hash."""
        encoded = password.encode() if isinstance(password, str) else password
        return super().verify(encoded[:72], hash)


class Passwords:
    """Hash and verify passwords in a worker thread, because Argon2 takes a tenth of a second or more."""

    def __init__(self) -> None:
        self._hashes = PasswordHash((Argon2Hasher(), OldBcrypt()))

    async def hash(self, password: str) -> str:
        """Return the hash of a password, with a new salt."""
        return await asyncio.to_thread(self._hashes.hash, password)

    async def verify(self, password: str, stored: str | None) -> tuple[bool, str | None]:
        """Return whether a password fits the stored hash, if there is one, and a new hash for an old one."""
        return await asyncio.to_thread(self._verify, password, stored)

    @cached_property
    def _dummy_hash(self) -> str:
        return self._hashes.hash(token_urlsafe())

    def _verify(self, password: str, stored: str | None) -> tuple[bool, str | None]:
        dummy = self._dummy_hash
        fits, fresh = self._hashes.verify_and_update(password, stored or dummy)
        return fits and stored is not None, fresh


ALGORITHM = "HS256"
ISSUER = "gavel"
SCOPES = {
    "lots:write": "Create lots, and change and delete your own.",
    "bids:write": "Bid.",
    "lots:manage": "Change and delete the lots of all sellers.",
}
ROLES = {"member": frozenset({"lots:write", "bids:write"}), "staff": frozenset(SCOPES)}


class Claims(NamedTuple):
    """What Gavel reads from a token."""

    user_id: int
    scopes: frozenset[str]
    version: int


def create_token(claims: Claims, key: SecretStr, lifetime: timedelta) -> str:
    """Return a signed token. Issuer and audience are both ISSUER."""
    now = datetime.now(UTC)
    ours = {"sub": str(claims.user_id), "scope": " ".join(sorted(claims.scopes)), "ver": claims.version}
    times = {"iat": now, "exp": now + lifetime}
    return jwt.encode(ours | times | {"iss": ISSUER, "aud": ISSUER}, key.get_secret_value(), ALGORITHM)


class Payload(BaseModel):
    """The claims that are our own. `StrictInt` refuses `true`, which Python takes for 1."""

    sub: Annotated[int, Field(ge=1, lt=2**63)]
    scope: str
    ver: StrictInt


def parse_claims(payload: dict[str, Any]) -> Claims:
    """Return our claims of a verified token. Raises InvalidTokenError if one has the wrong type."""
    try:
        ours = Payload.model_validate(payload)
    except ValidationError as error:
        raise jwt.InvalidTokenError("A claim has the wrong type.") from error
    return Claims(ours.sub, frozenset(ours.scope.split()), ours.ver)


def read_token(token: str, key: SecretStr) -> Claims:
    """Return the claims of a token that Gavel has signed for itself. Raises InvalidTokenError."""
    payload = jwt.decode(
        token,
        key.get_secret_value(),
        algorithms=[ALGORITHM],
        issuer=ISSUER,
        audience=ISSUER,
        options={"require": ["exp", "iat", "sub", "iss", "aud", "scope", "ver"]},
    )
    return parse_claims(payload)
