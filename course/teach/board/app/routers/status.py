"""Whether the board is well."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from ..dependencies import ReaderDep

router = APIRouter(tags=["status"])


async def get_state_of_database(session: ReaderDep) -> bool:
    """Whether the database answers."""
    try:
        await session.execute(text("SELECT 1"))
    except (SQLAlchemyError, OSError):
        return False
    return True


AliveDep = Annotated[bool, Depends(get_state_of_database)]


@router.get("/health")
async def health(response: Response, alive: AliveDep) -> dict[str, str]:
    """Whether the board and its database answer; 503 where the database does not."""
    if not alive:
        response.status_code = 503
        return {"status": "unavailable", "database": "unreachable"}
    return {"status": "ok", "database": "ok"}
