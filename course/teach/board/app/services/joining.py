"""Who joins a room, and under which name."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime

from ..exceptions import NameTaken
from ..models import Member
from ..repositories.members import MemberRepository
from ..schemas.types import LONGEST_NAME, same

TOKEN_BYTES = 24


def hashed(token: str) -> str:
    """What is kept of a token. It is random and long, so one round of SHA-256 is enough."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def free_name(name: str, taken: Collection[str]) -> str:
    """A name like this one that is free: `Ada 2`. `taken` holds what `same` makes of names."""
    number = 2
    while same(candidate := f"{name[: LONGEST_NAME - 5]} {number}") in taken:
        number += 1
    return candidate


async def join(members: MemberRepository, room_id: int, name: str, now: datetime) -> tuple[Member, str]:
    """Add a member, and return their token, which is shown only this once. Raises NameTaken."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    member = Member(room_id=room_id, name=name, name_key=same(name), token_hash=hashed(token), joined_at=now)
    if not await members.add(member):
        taken = {each.name_key for each in await members.of(room_id)}
        suggestion = free_name(name, taken)
        raise NameTaken(f"{name} is in the room already. {suggestion} is free.", suggestion=suggestion)
    return member, token
