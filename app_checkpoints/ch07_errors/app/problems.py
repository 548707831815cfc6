"""Every error in one shape: a problem, as RFC 9457 describes it."""

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
    """One thing that is wrong with a request: where and what. It repeats no value of the request.

    `loc` names the field, and the name of an unknown field comes from the client too.
    """

    loc: list[str | int]
    msg: str
    type: str


class Problem(BaseModel):
    """Why there is no better answer (RFC 9457, section 3). Some kinds of problem say more than this."""

    model_config = ConfigDict(extra="allow")

    type: str = "about:blank"
    title: str
    status: int
    detail: str | None = None
    instance: str | None = None
    request_id: str | None = None
    errors: list[Fault] | None = None


class ProblemResponse(JSONResponse):
    """A problem on its way."""

    media_type = "application/problem+json"


def problem(
    request: Request, status: int, title: str, headers: Mapping[str, str] | None = None, **facts: Any
) -> Response:
    """The answer that says what is wrong with this request."""
    facts |= {"instance": quote(request.scope["path"]), "request_id": request_id.get()}
    told = Problem(title=title, status=status, **facts)
    return ProblemResponse(told.model_dump(mode="json", exclude_none=True), status, headers)


KINDS = "tag:gavel.example.com,2031:"
"""What the names of our problems begin with: a tag (RFC 4151), unique, and no address to visit."""


async def refuse(request: Request, error: GavelError) -> Response:
    """A rule of the house said no."""
    kind = KINDS + error.kind
    return problem(
        request, error.status, error.title, error.headers, type=kind, detail=error.detail, **error.facts
    )


def methods_of(request: Request) -> str:
    """Every method of this address: Starlette names one route's alone (RFC 9110, section 15.5.6)."""
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    routes = [each for each in iter_route_contexts(request.app.routes) if each.methods]
    ours = next(each.path for each in routes if each.path_regex.match(path))
    return ", ".join(sorted({name for each in routes if each.path == ours for name in each.methods or ()}))


async def refuse_http(request: Request, error: HTTPException) -> Response:
    """The framework said no: no such address, no such method, a body that cannot be read."""
    title = responses.get(error.status_code, "Error")
    detail = None if error.detail == title else str(error.detail)
    headers = dict(error.headers or {})
    if "Allow" in headers:
        headers["Allow"] = methods_of(request)
    return problem(request, error.status_code, title, headers, detail=detail)


def brief(text: str) -> str:
    """A text that ends somewhere, whoever wrote it."""
    return text[:200]


def message_of(fault: Mapping[str, Any]) -> str:
    """What is wrong, without what some of pydantic's messages tell of the value.

    That is the tag that selects no model, characters of an e-mail address, and the length of a text or list.
    """
    facts = fault.get("ctx", {})
    if fault["type"] == "union_tag_invalid":
        return f"One of {facts['expected_tags']} is expected"
    message: str = fault["msg"]
    for of_value in (f": {facts.get('reason')}", f", not {facts.get('actual_length')}"):
        message = message.removesuffix(of_value)
    return brief(message)


MOST_FAULTS = 20


async def refuse_invalid(request: Request, error: RequestValidationError) -> Response:
    """The request does not fit its description. What was sent is not repeated: it may be a password."""
    faults = [
        Fault(
            loc=[part if isinstance(part, int) else brief(part) for part in fault["loc"]],
            msg=message_of(fault),
            type=fault["type"],
        )
        for fault in error.errors()[:MOST_FAULTS]
    ]
    return problem(request, 422, "The request is not valid", type=f"{KINDS}invalid-request", errors=faults)


async def refuse_unexpected(request: Request, _: Exception) -> Response:
    """Something broke that nobody thought of. What it was stands in the log, under the request's id."""
    return problem(request, 500, responses[500])


HANDLERS: dict[int | type[Exception], Callable[[Request, Any], Coroutine[Any, Any, Response]]] = {
    GavelError: refuse,
    HTTPException: refuse_http,
    RequestValidationError: refuse_invalid,
    Exception: refuse_unexpected,
}
