"""What the OpenAPI description says of errors: which of them a route may answer with, and their shape."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts

from .exceptions import GavelError
from .problems import Problem

TITLES = {400: "The body cannot be read", 413: "The body is too large", 422: "The request is not valid"}
CONTENT: dict[str, Any] = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}


def refusals(dependant: Dependant) -> Iterator[type[GavelError]]:
    """What a handler, and all that it depends on, may raise: as `raises` has noted it."""
    yield from getattr(dependant.call, "raises", ())
    for each in dependant.dependencies:
        yield from refusals(each)


def describe_errors(operation: dict[str, Any], route: RouteContext) -> None:
    """Name the errors of one operation: what its functions raise, and what reading a request can come to."""
    titles: defaultdict[int, set[str]] = defaultdict(set)
    for kind in refusals(route.dependant):
        titles[kind.status].add(kind.title)
    for status in (400, 413) if "requestBody" in operation else ():
        titles[status].add(TITLES[status])
    if "422" in operation["responses"]:
        titles[422].add(TITLES[422])
    for status, words in sorted(titles.items()):
        content = CONTENT | {"text/plain": {}} if status == 413 else CONTENT
        told = {"description": ". ".join(sorted(words)) + ".", "content": content}
        operation["responses"][str(status)] = told


PLAIN = """Error responses are problems (RFC 9457), `application/problem+json`. Three come from middleware,
as `text/plain`: 400 for a `Host` that the service does not have, 400 for a refused CORS preflight, 413 for a
body that is too large."""


def describe(app: FastAPI) -> None:
    """Let the description of this service tell of its errors."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        described = plain()
        described["info"]["description"] = PLAIN
        schemas = described["components"]["schemas"]
        if "Problem" not in schemas:
            for route in iter_route_contexts(app.routes):
                if isinstance(route.original_route, APIRoute) and route.include_in_schema:
                    for method in route.methods or ():
                        describe_errors(described["paths"][route.path_format][method.lower()], route)
            told = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas |= {**told.pop("$defs"), "Problem": told}
            for name in ("HTTPValidationError", "ValidationError"):
                schemas.pop(name, None)
        return described

    app.openapi = openapi  # type: ignore[method-assign]
