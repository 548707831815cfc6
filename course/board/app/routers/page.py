"""The teacher's page: its files, and what a browser may do with them. Nothing of the room is in them."""

from pathlib import Path

from fastapi import APIRouter, Depends, Response

WEB = Path(__file__).parent.parent / "web"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)


async def seal(response: Response) -> None:
    """Let the page use what comes from this board, and nothing else (CSP, level 3)."""
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cache-Control"] = "no-cache"


router = APIRouter(dependencies=[Depends(seal)])
router.frontend("/", directory=WEB, fallback=None)
