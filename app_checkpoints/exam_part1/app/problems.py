"""Every error is a problem document (RFC 9457)."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from .exceptions import ShedError
from .tracing import request_id


class ProblemResponse(JSONResponse):
    """JSON under the name that RFC 9457 gives to problems."""

    media_type = "application/problem+json"


def problem(
    path: str, status: int, title: str, detail: str, headers: Mapping[str, str] | None = None, **more: Any
) -> ProblemResponse:
    """The document, as an answer."""
    told = {"type": "about:blank", "title": title, "status": status, "detail": detail, "instance": path}
    return ProblemResponse(
        {**told, "request_id": request_id.get(), **more}, status_code=status, headers=headers
    )


async def on_refusal(request: Request, error: Exception) -> ProblemResponse:
    """What the shed itself refuses: the whole family."""
    assert isinstance(error, ShedError)
    return problem(request.url.path, error.status, error.title, error.detail, error.headers)


async def on_http_error(request: Request, error: Exception) -> ProblemResponse:
    """What the framework refuses: an unknown path, a wrong method, a missing token."""
    assert isinstance(error, HTTPException)
    title = HTTPStatus(error.status_code).phrase
    return problem(request.url.path, error.status_code, title, str(error.detail), error.headers)


async def on_invalid(request: Request, error: Exception) -> ProblemResponse:
    """What did not fit a model: where and why, never what was sent."""
    assert isinstance(error, RequestValidationError)
    errors = [{"loc": each["loc"], "msg": each["msg"]} for each in error.errors()]
    return problem(request.url.path, 422, "Not valid", "Something that was sent is not valid.", errors=errors)


def install(app: FastAPI) -> None:
    """Let every error of this app become a problem document; unforeseen ones do so in the middleware."""
    app.add_exception_handler(ShedError, on_refusal)
    app.add_exception_handler(HTTPException, on_http_error)
    app.add_exception_handler(RequestValidationError, on_invalid)
