"""What an endpoint may declare: the current time, a session, the repository of lots, one lot."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, HTTPException, Path, Request
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from .models import Lot
from .repositories.lots import LotRepository


async def get_now() -> datetime:
    """Return the current time, aware and in UTC. It is the same everywhere within one request."""
    return datetime.now(UTC)


NowDep = Annotated[datetime, Depends(get_now)]


async def get_session(request: Request) -> AsyncIterator[AsyncSession]:
    """Yield the session of one request: committed if the endpoint returns, otherwise rolled back."""
    sessions: async_sessionmaker[AsyncSession] = request.state.sessions
    async with sessions.begin() as session:
        yield session


SessionDep = Annotated[AsyncSession, Depends(get_session, scope="function")]
LotId = Annotated[int, Path(ge=1, le=2**63 - 1, description="The id of the lot.")]


async def get_lots(session: SessionDep) -> LotRepository:
    """Return the repository of lots, with the session of this request."""
    return LotRepository(session)


LotsDep = Annotated[LotRepository, Depends(get_lots)]


async def get_lot(lot_id: LotId, lots: LotsDep) -> Lot:
    """Return the lot whose id is in the path. Raises HTTPException 404 if there is none."""
    lot = await lots.find(lot_id)
    if lot is None:
        raise HTTPException(404, f"There is no lot {lot_id}.")
    return lot


LotDep = Annotated[Lot, Depends(get_lot)]
