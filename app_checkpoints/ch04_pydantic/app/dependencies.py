"""What a handler may ask for by naming it: the time, a session, the lots, one lot."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, HTTPException, Path, Request
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from .models import Lot
from .repositories.lots import LotRepository


async def get_now() -> datetime:
    """The time of day, aware and in UTC. Within one request everyone is given the same moment."""
    return datetime.now(UTC)


NowDep = Annotated[datetime, Depends(get_now)]


async def get_session(request: Request) -> AsyncIterator[AsyncSession]:
    """One session for one request: committed when the handler was content, rolled back and closed if not."""
    sessions: async_sessionmaker[AsyncSession] = request.state.sessions
    async with sessions.begin() as session:
        yield session


SessionDep = Annotated[AsyncSession, Depends(get_session, scope="function")]


async def get_lots(session: SessionDep) -> LotRepository:
    """The lots of the house, as this request's session sees them."""
    return LotRepository(session)


LotsDep = Annotated[LotRepository, Depends(get_lots)]
LotId = Annotated[int, Path(ge=1, le=2**63 - 1, description="The number of the lot.")]


async def get_lot(lot_id: LotId, lots: LotsDep) -> Lot:
    """The lot that the path names. Answers 404 where there is none."""
    lot = await lots.find(lot_id)
    if lot is None:
        raise HTTPException(404, f"There is no lot {lot_id}.")
    return lot


LotDep = Annotated[Lot, Depends(get_lot)]
