"""Neighbours, as they register and as they are seen."""

from typing import Annotated

from pydantic import BaseModel, EmailStr, Field, SecretStr

from .types import Incoming, Line


class NeighbourCreate(Incoming):
    """Somebody who moves in. The password is taken as it is, blanks and all."""

    email: EmailStr
    name: Line
    password: Annotated[SecretStr, Field(min_length=12, max_length=128)]


class NeighbourRead(BaseModel):
    """A neighbour, as everyone sees them."""

    id: int
    name: str


class Me(NeighbourRead):
    """A neighbour, as they see themselves."""

    email: str


class Token(BaseModel):
    """What the login gives out (RFC 6749, section 5.1)."""

    access_token: str
    token_type: str = "bearer"
    expires_in: int
