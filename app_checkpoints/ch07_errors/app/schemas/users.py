"""The shapes of people: what one sends to register, what everyone may know, what only they may know."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, EmailStr, Field, SecretStr

from .types import Title


class UserCreate(BaseModel):
    """What somebody sends to register. A password is taken as it is, spaces and all."""

    model_config = ConfigDict(extra="forbid")

    email: EmailStr
    name: Title
    password: Annotated[SecretStr, Field(min_length=12, max_length=128)]


class UserRead(BaseModel):
    """What everyone may know of somebody."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str


class Me(UserRead):
    """What somebody is told of themselves."""

    email: str
    role: Literal["member", "staff"]


class Token(BaseModel):
    """A token, as OAuth2 wants it told (RFC 6749, section 5.1)."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"
    expires_in: Annotated[int, Field(description="In seconds.")]
    scope: str
