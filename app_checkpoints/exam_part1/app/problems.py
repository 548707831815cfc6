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
    """A JSON response with the media type of RFC 9457."""

    media_type = "application/problem+json"


def problem(
    path: str, status: int, title: str, detail: str, headers: Mapping[str, str] | None = None, **more: Any
) -> ProblemResponse:
    """Create the response with a problem document."""
    document = {"type": "about:blank", "title": title, "status": status, "detail": detail, "instance": path}
    return ProblemResponse(
        {**document, "request_id": request_id.get(), **more}, status_code=status, headers=headers
    )


async def handle_shed_error(request: Request, error: Exception) -> ProblemResponse:
    """Respond to a domain exception."""
    assert isinstance(error, ShedError)
    return problem(request.url.path, error.status, error.title, error.detail, error.headers)


async def handle_http_exception(request: Request, error: Exception) -> ProblemResponse:
    """Respond to an exception of the framework: an unknown path, a wrong method or a missing token."""
    assert isinstance(error, HTTPException)
    title = HTTPStatus(error.status_code).phrase
    return problem(request.url.path, error.status_code, title, str(error.detail), error.headers)


async def handle_validation_error(request: Request, error: Exception) -> ProblemResponse:
    """Respond to an invalid request. The errors say where and why, and do not contain the input."""
    assert isinstance(error, RequestValidationError)
    errors = [{"loc": each["loc"], "msg": each["msg"]} for each in error.errors()]
    return problem(request.url.path, 422, "Not valid", "The request is not valid.", errors=errors)


def install(app: FastAPI) -> None:
    """Register the exception handlers. The middleware handles unexpected exceptions."""
    app.add_exception_handler(ShedError, handle_shed_error)
    app.add_exception_handler(HTTPException, handle_http_exception)
    app.add_exception_handler(RequestValidationError, handle_validation_error)
