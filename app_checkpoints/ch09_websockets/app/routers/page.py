"""The page in the browser, at /watch/: its files, and its Content-Security-Policy."""

from pathlib import Path

from fastapi import APIRouter, Depends, Response

WEB = Path(__file__).parent.parent / "web"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)


async def set_page_headers(response: Response) -> None:
    """Allow files of this service only (CSP, level 3). The browser always checks for a new version."""
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cache-Control"] = "no-cache"


router = APIRouter(dependencies=[Depends(set_page_headers)])
router.frontend("/watch", directory=WEB, fallback=None)
