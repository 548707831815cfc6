"""Register, log in, and revoke tokens."""

from collections.abc import AsyncIterator
from datetime import timedelta
from ipaddress import IPv6Network
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.requests import HTTPConnection
from fastapi.security import OAuth2PasswordRequestForm

from ..dependencies import CurrentUser, NowDep, PasswordsDep, SettingsDep, UsersDep
from ..exceptions import EmailTaken, TooManyAttempts, WrongCredentials, raises
from ..models import User
from ..schemas.users import Me, Token, UserCreate
from ..security import ROLES, Claims, create_token
from ..services import accounts
from ..throttle import Throttle

router = APIRouter(prefix="/auth", tags=["auth"])


def network_of(connection: HTTPConnection) -> str:
    """Return the network of a connection: an IPv4 address, or the first 64 bits of an IPv6 address."""
    host = connection.client.host.removeprefix("::ffff:") if connection.client else "unknown"
    try:
        return str(IPv6Network(f"{host}/64", strict=False))
    except ValueError:
        return host


def too_many_attempts(wait: int) -> TooManyAttempts:
    """Make a 429 that says after how many seconds to try again."""
    return TooManyAttempts("Too many attempts. Try again later.", headers={"Retry-After": str(wait)})


async def limit_registrations(request: Request, settings: SettingsDep, now: NowDep) -> None:
    """Let one network register a number of users within the window. Responds with 429 to any more."""
    throttle: Throttle = request.state.throttle
    if wait := throttle.take({f"register from {network_of(request)}": settings.registrations}, now):
        raise too_many_attempts(wait)


PasswordForm = Annotated[OAuth2PasswordRequestForm, Depends()]


async def limit_login_attempts(
    form: PasswordForm, request: Request, settings: SettingsDep, now: NowDep
) -> AsyncIterator[OAuth2PasswordRequestForm]:
    """Yield the login form while there are attempts left, else respond with 429. Only failed logins count."""
    throttle: Throttle = request.state.throttle
    network = network_of(request)
    pair = f"login as {form.username.lower()[:254]} from {network}"
    limits = {pair: settings.login_attempts}
    if not throttle.has_succeeded(pair):
        limits[f"login from {network}"] = settings.network_attempts
    if wait := throttle.take(limits, now):
        raise too_many_attempts(wait)
    yield form
    throttle.give_back(limits, now)
    throttle.note_success(pair)


LoginForm = Annotated[OAuth2PasswordRequestForm, Depends(limit_login_attempts, scope="function")]


@router.post("/register", status_code=201, response_model=Me, dependencies=[Depends(limit_registrations)])
@raises(EmailTaken, TooManyAttempts)
async def register(new: UserCreate, users: UsersDep, passwords: PasswordsDep, now: NowDep) -> User:
    """Register a user."""
    return await accounts.register(new, users, passwords, now)


@router.get("/me", response_model=Me)
async def read_current_user(user: CurrentUser) -> User:
    """Read your own name, e-mail address and role."""
    return user


@router.post("/revoke", status_code=204)
async def revoke_tokens(user: CurrentUser) -> None:
    """Make all your tokens invalid, this one too."""
    user.token_version += 1


@router.post("/token", response_model=Token)
@raises(TooManyAttempts, WrongCredentials)
async def login(
    form: LoginForm, users: UsersDep, passwords: PasswordsDep, settings: SettingsDep, response: Response
) -> Token:
    """Log in with your e-mail address as `username`. Without `scope` you get all scopes of your role."""
    user = await accounts.authenticate(form.username, form.password, users, passwords)
    scopes = ROLES[user.role] & set(form.scopes) if form.scopes else ROLES[user.role]
    lifetime = timedelta(minutes=settings.token_minutes)
    token = create_token(Claims(user.id, scopes, user.token_version), settings.secret_key, lifetime)
    response.headers["Cache-Control"] = "no-store"
    return Token(access_token=token, expires_in=int(lifetime.total_seconds()), scope=" ".join(sorted(scopes)))
