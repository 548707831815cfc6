"""Who may come in."""

from anyio import CapacityLimiter
from sqlalchemy.exc import IntegrityError

from ..exceptions import EmailTaken, NotLoggedIn
from ..models import Neighbour
from ..repositories.neighbours import NeighbourRepository
from ..schemas.neighbours import NeighbourCreate
from ..security import hash_password, verify_password


async def register(
    new: NeighbourCreate, neighbours: NeighbourRepository, limiter: CapacityLimiter
) -> Neighbour:
    """Take somebody in. Raises EmailTaken; the unique column decides, not a question asked before."""
    neighbour = Neighbour(
        email=new.email.lower(),
        name=new.name,
        password_hash=await hash_password(new.password.get_secret_value(), limiter),
    )
    try:
        await neighbours.add(neighbour)
    except IntegrityError:
        raise EmailTaken("Somebody has registered with this address.") from None
    return neighbour


async def authenticate(
    email: str, password: str, neighbours: NeighbourRepository, limiter: CapacityLimiter
) -> Neighbour:
    """Who this is. Raises NotLoggedIn, in the same words and after as much work for an unknown address."""
    neighbour = await neighbours.with_email(email.lower())
    if neighbour is None:
        await hash_password(password, limiter)
    elif await verify_password(password, neighbour.password_hash, limiter):
        return neighbour
    raise NotLoggedIn("The address or the password is wrong.")
