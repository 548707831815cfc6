"""Every error in one shape: a problem, as RFC 9457 describes it."""

from collections.abc import Callable, Coroutine
from http.client import responses
from typing import Any
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException

from .exceptions import BoardError

KINDS = "tag:gavel.example.com,2031:board:"
"""What the names of our problems begin with: a tag (RFC 4151), unique, and no address to visit."""
MOST_FAULTS = 20
LONGEST = 200


class Problem(BaseModel):
    """Why there is no better answer (RFC 9457, section 3). Some kinds of problem say more than this."""

    model_config = ConfigDict(extra="allow")

    type: str = "about:blank"
    title: str
    status: int
    detail: str | None = None
    instance: str | None = None


class ProblemResponse(JSONResponse):
    """A problem on its way."""

    media_type = "application/problem+json"


def problem(
    path: str, status: int, title: str, headers: dict[str, str] | None = None, **facts: Any
) -> Response:
    """The answer that says what is wrong with a request to this path."""
    told = Problem(title=title, status=status, instance=quote(path)[:LONGEST], **facts)
    return ProblemResponse(told.model_dump(mode="json", exclude_none=True), status, headers)


async def refuse(request: Request, error: BoardError) -> Response:
    """A rule of the board said no."""
    path = request.scope["path"]
    kind = KINDS + error.kind
    return problem(
        path, error.status, error.title, error.headers, type=kind, detail=error.detail, **error.facts
    )


async def refuse_http(request: Request, error: HTTPException) -> Response:
    """The framework said no: no such address, no such method, a body that cannot be read."""
    title = responses.get(error.status_code, "Error")
    detail = None if error.detail == title else str(error.detail)
    return problem(request.scope["path"], error.status_code, title, dict(error.headers or {}), detail=detail)


async def refuse_invalid(request: Request, error: RequestValidationError) -> Response:
    """The request does not fit its description. What was sent is not repeated: it may be a token."""
    faults = [
        {"loc": [str(part)[:LONGEST] for part in fault["loc"]], "msg": fault["msg"][:LONGEST]}
        for fault in error.errors()[:MOST_FAULTS]
    ]
    kind = f"{KINDS}invalid-request"
    return problem(request.scope["path"], 422, "The request is not valid", type=kind, errors=faults)


async def refuse_unexpected(request: Request, _: Exception) -> Response:
    """An unexpected exception. The log has its details."""
    return problem(request.scope["path"], 500, responses[500])


HANDLERS: dict[int | type[Exception], Callable[[Request, Any], Coroutine[Any, Any, Response]]] = {
    BoardError: refuse,
    HTTPException: refuse_http,
    RequestValidationError: refuse_invalid,
    Exception: refuse_unexpected,
}
