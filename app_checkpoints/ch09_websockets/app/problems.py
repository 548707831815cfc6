"""Every error response in one format: problem details, RFC 9457."""

from collections.abc import Callable, Coroutine, Mapping
from http.client import responses
from typing import Any
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException

from .exceptions import GavelError
from .logs import request_id


class Fault(BaseModel):
    """One error of a request: where and what. `loc` can contain the name of an unknown field."""

    loc: list[str | int]
    msg: str
    type: str


class Problem(BaseModel):
    """An error response (RFC 9457, section 3). Some types of problem have extension members."""

    model_config = ConfigDict(extra="allow")

    type: str = "about:blank"
    title: str
    status: int
    detail: str | None = None
    instance: str | None = None
    request_id: str | None = None
    errors: list[Fault] | None = None


class ProblemResponse(JSONResponse):
    """A response whose body is a problem."""

    media_type = "application/problem+json"


def problem(
    request: Request, status: int, title: str, headers: Mapping[str, str] | None = None, **members: Any
) -> Response:
    """Create the error response to a request. `members` are the other members of the problem."""
    members |= {"instance": quote(request.scope["path"]), "request_id": request_id.get()}
    body = Problem(title=title, status=status, **members)
    return ProblemResponse(body.model_dump(mode="json", exclude_none=True), status, headers)


TYPE_PREFIX = "tag:gavel.example.com,2031:"
"""The beginning of the `type` of each problem: a tag URI (RFC 4151)."""


async def handle_gavel_error(request: Request, error: GavelError) -> Response:
    """Respond to one of Gavel's exceptions with a problem."""
    kind = TYPE_PREFIX + error.kind
    return problem(
        request, error.status, error.title, error.headers, type=kind, detail=error.detail, **error.facts
    )


def allowed_methods(request: Request) -> str:
    """Every method of the path: Starlette names those of one route (RFC 9110, section 15.5.6)."""
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    routes = [each for each in iter_route_contexts(request.app.routes) if each.methods]
    ours = next(each.path for each in routes if each.path_regex.match(path))
    return ", ".join(sorted({name for each in routes if each.path == ours for name in each.methods or ()}))


async def handle_http_exception(request: Request, error: HTTPException) -> Response:
    """Respond to an error of the framework: an unknown path, a wrong method, a body that is not readable."""
    title = responses.get(error.status_code, "Error")
    detail = None if error.detail == title else str(error.detail)
    headers = dict(error.headers or {})
    if "Allow" in headers:
        headers["Allow"] = allowed_methods(request)
    return problem(request, error.status_code, title, headers, detail=detail)


async def handle_unexpected_error(request: Request, _: Exception) -> Response:
    """Respond to an exception without a handler of its own. The log has its traceback and the request ID."""
    return problem(request, 500, responses[500])


def shorten(text: str) -> str:
    """The first 200 characters of a text."""
    return text[:200]


def safe_message(fault: Mapping[str, Any]) -> str:
    """The message of a validation error, without what some of Pydantic's messages say about the value.

    That is the tag that selects no model, characters of an e-mail address, and the length of a text or list.
    """
    facts = fault.get("ctx", {})
    if fault["type"] == "union_tag_invalid":
        return f"One of {facts['expected_tags']} is expected"
    message: str = fault["msg"]
    for about_value in (f": {facts.get('reason')}", f", not {facts.get('actual_length')}"):
        message = message.removesuffix(about_value)
    return shorten(message)


MAX_FAULTS = 20


async def handle_validation_error(request: Request, error: RequestValidationError) -> Response:
    """Respond to a request that does not fit the models. No value is repeated: it may be a password."""
    faults = [
        Fault(
            loc=[part if isinstance(part, int) else shorten(part) for part in fault["loc"]],
            msg=safe_message(fault),
            type=fault["type"],
        )
        for fault in error.errors()[:MAX_FAULTS]
    ]
    kind = f"{TYPE_PREFIX}invalid-request"
    return problem(request, 422, "The request is not valid", type=kind, errors=faults)


HANDLERS: dict[int | type[Exception], Callable[[Request, Any], Coroutine[Any, Any, Response]]] = {
    GavelError: handle_gavel_error,
    HTTPException: handle_http_exception,
    RequestValidationError: handle_validation_error,
    Exception: handle_unexpected_error,
}
