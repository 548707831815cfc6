"""The teacher's page: its files, and what a browser may do with them. Nothing of the room is in them."""

import mimetypes
from hashlib import sha256
from pathlib import Path

from fastapi import APIRouter, Request, Response

WEB = Path(__file__).parent.parent / "web"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
TYPES = {".js": "text/javascript", ".svg": "image/svg+xml", ".css": "text/css", ".html": "text/html"}
"""Said here, because Windows lets other programs change what `mimetypes` knows."""


class File:
    """One file, read once: from memory it is served without a thread, however busy the board is."""

    def __init__(self, path: Path) -> None:
        self._content = path.read_bytes()
        self._type = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0]
        self._headers = {
            "Content-Security-Policy": POLICY,
            "Cache-Control": "no-cache",
            "ETag": f'"{sha256(self._content).hexdigest()[:32]}"',
        }

    async def __call__(self, request: Request) -> Response:
        """The file, or 304 where the browser has it."""
        if request.headers.get("if-none-match") == self._headers["ETag"]:
            return Response(status_code=304, headers=self._headers)
        return Response(self._content, media_type=self._type, headers=self._headers)


def pages() -> APIRouter:
    """A route for each file; the first page is at `/`."""
    router = APIRouter(include_in_schema=False)
    for path in sorted(WEB.rglob("*.*")):
        name = path.relative_to(WEB).as_posix()
        address = "/" if name == "index.html" else f"/{name}"
        router.add_api_route(address, File(path), methods=["GET", "HEAD"], response_model=None)
    return router
