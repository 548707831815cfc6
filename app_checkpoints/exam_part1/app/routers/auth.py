"""Register, and log in."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.security import OAuth2PasswordRequestForm

from ..dependencies import CurrentNeighbour, LimiterDep, NeighboursDep, NowDep, SettingsDep
from ..schemas.neighbours import Me, NeighbourCreate, Token
from ..security import create_token
from ..services import accounts

router = APIRouter(prefix="/auth", tags=["auth"])


@router.post("/register", status_code=201)
async def register(new: NeighbourCreate, neighbours: NeighboursDep, limiter: LimiterDep) -> Me:
    """Move in."""
    neighbour = await accounts.register(new, neighbours, limiter)
    return Me.model_validate(neighbour, from_attributes=True)


@router.post("/token")
async def log_in(
    form: Annotated[OAuth2PasswordRequestForm, Depends()],
    neighbours: NeighboursDep,
    limiter: LimiterDep,
    settings: SettingsDep,
    now: NowDep,
) -> Token:
    """A token for an address and its password."""
    neighbour = await accounts.authenticate(form.username, form.password, neighbours, limiter)
    token = create_token(neighbour.id, settings, now)
    return Token(access_token=token, expires_in=settings.token_minutes * 60)


@router.get("/me")
async def read_me(caller: CurrentNeighbour) -> Me:
    """Whose token this is."""
    return Me.model_validate(caller, from_attributes=True)
