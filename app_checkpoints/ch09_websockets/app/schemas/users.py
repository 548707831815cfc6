"""Request and response models of users and tokens."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, EmailStr, Field, Secret

from .types import Title


class UserCreate(BaseModel):
    """What a client sends to register. The password is used exactly as it was sent."""

    model_config = ConfigDict(extra="forbid")

    email: EmailStr
    name: Title
    password: Secret[Annotated[str, Field(min_length=12, max_length=128)]]


class UserRead(BaseModel):
    """What every client may read of a user."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str


class Me(UserRead):
    """What only the user may read."""

    email: str
    role: Literal["member", "staff"]


class Token(BaseModel, json_schema_serialization_defaults_required=True):
    """The response that contains a token (RFC 6749, section 5.1)."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"
    expires_in: Annotated[int, Field(description="In seconds.")]
    scope: str
