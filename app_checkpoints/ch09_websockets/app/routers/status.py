"""What this service is, and whether it works."""

from fastapi import APIRouter, Request, Response

from ..database import is_alive

router = APIRouter(tags=["status"])


@router.get("/")
async def describe_service(request: Request) -> dict[str, str]:
    """Return the name of the service, and the paths of its documentation and of its live page."""
    prefix = request.scope.get("root_path", "").rstrip("/")
    return {"service": "Gavel", "docs": f"{prefix}/docs", "live": f"{prefix}/watch/"}


@router.get("/health")
async def check_health(request: Request, response: Response) -> dict[str, str]:
    """Tell a load balancer whether the service works: 503 while the database does not respond."""
    if await is_alive(request.state.engine):
        return {"status": "ok", "database": "ok"}
    response.status_code = 503
    return {"status": "unavailable", "database": "unreachable"}
