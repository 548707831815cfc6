"""Endpoints for registration and login."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.security import OAuth2PasswordRequestForm

from ..dependencies import CurrentNeighbour, LimiterDep, NeighboursDep, NowDep, SettingsDep
from ..schemas.neighbours import NeighbourCreate, NeighbourPrivate, Token
from ..security import create_token
from ..services import accounts

router = APIRouter(prefix="/auth", tags=["auth"])


@router.post("/register", status_code=201)
async def register(new: NeighbourCreate, neighbours: NeighboursDep, limiter: LimiterDep) -> NeighbourPrivate:
    """Register a neighbour."""
    neighbour = await accounts.register(new, neighbours, limiter)
    return NeighbourPrivate.model_validate(neighbour, from_attributes=True)


@router.post("/token")
async def log_in(
    form: Annotated[OAuth2PasswordRequestForm, Depends()],
    neighbours: NeighboursDep,
    limiter: LimiterDep,
    settings: SettingsDep,
    now: NowDep,
) -> Token:
    """Log in: get a token for an address and its password."""
    neighbour = await accounts.authenticate(form.username, form.password, neighbours, limiter)
    token = create_token(neighbour.id, settings, now)
    return Token(access_token=token, expires_in=settings.token_minutes * 60)


@router.get("/me")
async def read_me(neighbour: CurrentNeighbour) -> NeighbourPrivate:
    """Read the user of the token."""
    return NeighbourPrivate.model_validate(neighbour, from_attributes=True)
