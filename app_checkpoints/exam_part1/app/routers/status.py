"""Whether the shed is open."""

from fastapi import APIRouter
from sqlalchemy import text

from ..dependencies import SessionDep

router = APIRouter(tags=["status"])


@router.get("/health")
async def health(session: SessionDep) -> dict[str, str]:
    """Tell a machine that the shed is open and finds its database."""
    await session.execute(text("SELECT 1"))
    return {"status": "ok"}
