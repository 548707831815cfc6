"""The health of the service."""

from fastapi import APIRouter
from sqlalchemy import text

from ..dependencies import SessionDep

router = APIRouter(tags=["status"])


@router.get("/health")
async def check_health(session: SessionDep) -> dict[str, str]:
    """Check that the service runs and reaches its database."""
    await session.execute(text("SELECT 1"))
    return {"status": "ok"}
