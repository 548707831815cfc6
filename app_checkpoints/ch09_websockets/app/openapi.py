"""Error responses in the OpenAPI description: which an operation may return, and their schema."""

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
ERROR_FORMATS = """Error responses are problems (RFC 9457), `application/problem+json`. Three come from
middleware, as `text/plain`: 400 for an unknown `Host`, 400 for a refused CORS preflight, and 413 for a body
that is too large."""


def error_responses(operation: dict[str, Any], route: RouteContext) -> dict[str, Any]:
    """The error responses of an operation by status code: what its functions and the framework raise."""
    titles: defaultdict[int, set[str]] = defaultdict(set)
    for kind in declared_errors(route.dependant):
        titles[kind.status].add(kind.title)
    for status in (400, 413) if "requestBody" in operation else ():
        titles[status].add(TITLES[status])
    if "422" in operation["responses"]:
        titles[422].add(TITLES[422])
    return {
        str(status): {
            "description": ". ".join(sorted(words)) + ".",
            "content": CONTENT | {"text/plain": {}} if status == 413 else CONTENT,
        }
        for status, words in sorted(titles.items())
    }


def operations(app: FastAPI) -> Iterator[tuple[str, str, RouteContext]]:
    """Each operation of the OpenAPI description: its path, its method in lower case, and its route."""
    for route in iter_route_contexts(app.routes):
        if isinstance(route.original_route, APIRoute) and route.include_in_schema and route.path_format:
            for method in route.methods or ():
                yield route.path_format, method.lower(), route


def problem_schemas() -> dict[str, Any]:
    """The JSON Schema of `Problem` and of the model inside it, by their names."""
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**schema.pop("$defs"), "Problem": schema}


def declared_errors(dependant: Dependant) -> Iterator[type[GavelError]]:
    """The exceptions that an endpoint and its dependencies may raise, as `raises` declared them."""
    yield from getattr(dependant.call, "raises", ())
    for each in dependant.dependencies:
        yield from declared_errors(each)


def describe(app: FastAPI) -> None:
    """Add the error responses to the OpenAPI description of an application."""
    create_description = app.openapi

    def openapi() -> dict[str, Any]:
        description = create_description()
        info, schemas = description["info"], description["components"]["schemas"]
        if "Problem" not in schemas:
            for path, method, route in operations(app):
                operation = description["paths"][path][method]
                operation["responses"] |= error_responses(operation, route)
            schemas |= problem_schemas()
            for name in ("HTTPValidationError", "ValidationError"):
                schemas.pop(name, None)
            info["description"] = f"{info.get('description', '')}\n\n{ERROR_FORMATS}".strip()
        return description

    app.openapi = openapi  # type: ignore[method-assign]
