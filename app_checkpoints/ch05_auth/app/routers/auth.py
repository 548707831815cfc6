"""Registering, and getting the token with which one is known."""

from collections.abc import AsyncIterator
from datetime import timedelta
from ipaddress import IPv6Network
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.requests import HTTPConnection
from fastapi.security import OAuth2PasswordRequestForm

from ..dependencies import CurrentUser, NowDep, PasswordsDep, SettingsDep, UsersDep
from ..models import User
from ..schemas.users import Me, Token, UserCreate
from ..security import ROLES, Claims, create_token
from ..services import accounts
from ..throttle import Throttle

router = APIRouter(prefix="/auth", tags=["auth"])


def network_of(connection: HTTPConnection) -> str:
    """The network that a connection comes from: an IPv4 address, or the first 64 bits of an IPv6 address."""
    host = connection.client.host.removeprefix("::ffff:") if connection.client else "nowhere"
    try:
        return str(IPv6Network(f"{host}/64", strict=False))
    except ValueError:
        return host


def too_many(wait: int) -> HTTPException:
    """429, and after how many seconds to come again."""
    return HTTPException(429, "Too many attempts. Try again later.", {"Retry-After": str(wait)})


async def take_registration(request: Request, settings: SettingsDep, now: NowDep) -> None:
    """Let one network register so many users within the window. Responds with 429 to any more."""
    throttle: Throttle = request.state.throttle
    if wait := throttle.take({f"register from {network_of(request)}": settings.registrations}, now):
        raise too_many(wait)


@router.post("/register", status_code=201, response_model=Me, dependencies=[Depends(take_registration)])
async def register(new: UserCreate, users: UsersDep, passwords: PasswordsDep, now: NowDep) -> User:
    """Become somebody whom the house knows."""
    user = await accounts.register(new, users, passwords, now)
    if user is None:
        raise HTTPException(409, "Somebody has registered with this e-mail address already.")
    return user


@router.get("/me", response_model=Me)
async def read_me(user: CurrentUser) -> User:
    """Who you are, as the house knows you."""
    return user


@router.post("/revoke", status_code=204)
async def revoke(user: CurrentUser) -> None:
    """Make every token worthless that you were ever given, this one too."""
    user.token_version += 1


Form = Annotated[OAuth2PasswordRequestForm, Depends()]


async def take_attempt(
    form: Form, request: Request, settings: SettingsDep, now: NowDep
) -> AsyncIterator[OAuth2PasswordRequestForm]:
    """The form, while this e-mail address has attempts left from this network; else 429. Success is free."""
    throttle: Throttle = request.state.throttle
    network = network_of(request)
    pair = f"login as {form.username.lower()[:254]} from {network}"
    limits = {pair: settings.login_attempts}
    if not throttle.knows(pair):
        limits[f"login from {network}"] = settings.network_attempts
    if wait := throttle.take(limits, now):
        raise too_many(wait)
    yield form
    throttle.give_back(limits, now)
    throttle.remember(pair)


LoginForm = Annotated[OAuth2PasswordRequestForm, Depends(take_attempt, scope="function")]


@router.post("/token", response_model=Token)
async def login(
    form: LoginForm, users: UsersDep, passwords: PasswordsDep, settings: SettingsDep, response: Response
) -> Token:
    """Log in: `username` is the e-mail address. Without a scope the token is good for all that one may."""
    user = await accounts.authenticate(form.username, form.password, users, passwords)
    if user is None:
        raise HTTPException(401, "Wrong e-mail address or password.", {"WWW-Authenticate": "Bearer"})
    scopes = ROLES[user.role] & set(form.scopes) if form.scopes else ROLES[user.role]
    lifetime = timedelta(minutes=settings.token_minutes)
    token = create_token(Claims(user.id, scopes, user.token_version), settings.secret_key, lifetime)
    response.headers["Cache-Control"] = "no-store"
    return Token(access_token=token, expires_in=int(lifetime.total_seconds()), scope=" ".join(sorted(scopes)))
