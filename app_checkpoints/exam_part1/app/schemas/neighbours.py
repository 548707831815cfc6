"""Models of neighbours and tokens."""

from typing import Annotated

from pydantic import BaseModel, EmailStr, Field, SecretStr

from .types import SingleLine, StrictModel


class NeighbourCreate(StrictModel):
    """The body of a registration. The password keeps its spaces."""

    email: EmailStr
    name: SingleLine
    password: Annotated[SecretStr, Field(min_length=12, max_length=128)]


class NeighbourRead(BaseModel):
    """The public fields of a neighbour."""

    id: int
    name: str


class NeighbourPrivate(NeighbourRead):
    """The fields that only the neighbour sees."""

    email: str


class Token(BaseModel):
    """The response of the login (RFC 6749, section 5.1)."""

    access_token: str
    token_type: str = "bearer"
    expires_in: int
