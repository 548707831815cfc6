"""Where the caller is, and whether the service is well."""

from fastapi import APIRouter, Request, Response

from ..database import is_alive

router = APIRouter()


@router.get("/")
async def root(request: Request) -> dict[str, str]:
    """Name the service, and the paths of its documentation and of its live page."""
    prefix = request.scope.get("root_path", "").rstrip("/")
    return {"service": "Gavel", "docs": f"{prefix}/docs", "live": f"{prefix}/watch/"}


@router.get("/health")
async def health(request: Request, response: Response) -> dict[str, str]:
    """Tell a machine whether the service can do its work: 503 while the database cannot be reached."""
    if await is_alive(request.state.engine):
        return {"status": "ok", "database": "ok"}
    response.status_code = 503
    return {"status": "unavailable", "database": "unreachable"}
