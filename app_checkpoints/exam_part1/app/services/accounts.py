"""Registration and login."""

from anyio import CapacityLimiter
from sqlalchemy.exc import IntegrityError

from ..exceptions import EmailTaken, NotAuthenticated
from ..models import Neighbour
from ..repositories.neighbours import NeighbourRepository
from ..schemas.neighbours import NeighbourCreate
from ..security import hash_password, verify_password


async def register(
    new: NeighbourCreate, neighbours: NeighbourRepository, limiter: CapacityLimiter
) -> Neighbour:
    """Register a neighbour. Raises EmailTaken, if the unique column refuses the row."""
    neighbour = Neighbour(
        email=new.email.lower(),
        name=new.name,
        password_hash=await hash_password(new.password.get_secret_value(), limiter),
    )
    try:
        await neighbours.add(neighbour)
    except IntegrityError:
        raise EmailTaken("This address is registered already.") from None
    return neighbour


async def authenticate(
    email: str, password: str, neighbours: NeighbourRepository, limiter: CapacityLimiter
) -> Neighbour:
    """The neighbour who logs in. Raises NotAuthenticated, with the same text for an unknown address."""
    neighbour = await neighbours.find_by_email(email.lower())
    if neighbour is None:
        await hash_password(password, limiter)
    elif await verify_password(password, neighbour.password_hash, limiter):
        return neighbour
    raise NotAuthenticated("The address or the password is wrong.")
