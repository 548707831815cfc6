"""Where the caller is, and whether the service is well."""

from fastapi import APIRouter, Request, Response

from ..database import is_alive

router = APIRouter()


@router.get("/")
async def root() -> dict[str, str]:
    """Say what this is and where its documentation stands."""
    return {"service": "Gavel", "docs": "/docs"}


@router.get("/health")
async def health(request: Request, response: Response) -> dict[str, str]:
    """Tell a machine whether the service can do its work: 503 while the database cannot be reached."""
    if await is_alive(request.state.engine):
        return {"status": "ok", "database": "ok"}
    response.status_code = 503
    return {"status": "unavailable", "database": "unreachable"}
