"""What differs between two OpenAPI documents, in words that a client's author would use.

The documents are OpenAPI 3.1 as FastAPI writes them: https://spec.openapis.org/oas/v3.1.0
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

METHODS = ("get", "post", "put", "patch", "delete", "head", "options", "trace")

FORM = "Body_"
"""How FastAPI begins the name of the schema that it makes for the fields of one form."""

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Change:
    """One operation or schema. `state` is new, changed or removed; `details` say what about it."""

    state: str
    what: str
    details: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        return f"{self.state}: {self.what}" + (f" ({'; '.join(self.details)})" if self.details else "")


def operations(before: Document, after: Document) -> list[Change]:
    """By path, as the later document has them; what is removed stands at the end."""
    return list(_compare(_operations(before), _operations(after), _shape, _between_operations))


def schemas(before: Document, after: Document) -> list[Change]:
    """By name. What FastAPI adds of its own is left out: validation errors, and one schema a form."""
    old, new = (document.get("components", {}).get("schemas", {}) for document in (before, after))
    return list(_compare(_named(old), _named(new), _fields, _between_schemas))


def _named(schemas: Mapping[str, Any]) -> dict[str, Any]:
    own = ("HTTPValidationError", "ValidationError")
    return {
        f"schema {name}": schema
        for name, schema in sorted(schemas.items())
        if name not in own and not name.startswith(FORM)
    }


def _compare(
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    describe: Callable[[Any], Iterator[str]],
    between: Callable[[Any, Any], Iterator[str]],
) -> Iterator[Change]:
    for name, value in new.items():
        if name not in old:
            yield Change("new", name, tuple(describe(value)))
        elif details := tuple(between(old[name], value)):
            yield Change("changed", name, details)
    for name in old:
        if name not in new:
            yield Change("removed", name)


def _operations(document: Document) -> dict[str, Any]:
    forms = {
        f"#/components/schemas/{name}": schema
        for name, schema in document.get("components", {}).get("schemas", {}).items()
        if name.startswith(FORM)
    }
    return {
        f"{method.upper()} {path}": {
            **item[method],
            "forms": forms,
            "parameters": [*item.get("parameters", []), *item[method].get("parameters", [])],
        }
        for path, item in document.get("paths", {}).items()
        for method in METHODS
        if method in item
    }


def _shape(operation: Document) -> Iterator[str]:
    """The parameters, the body and the responses of a new operation."""
    parameters = _parameters(operation)
    if parameters:
        yield "takes " + ", ".join(parameters)
    if body := _body(operation):
        yield f"body {body}"
    yield "responses " + ", ".join(
        f"{status} {kind}".rstrip() for status, kind in _responses(operation).items()
    )


def _between_operations(old: Document, new: Document) -> Iterator[str]:
    yield from _differences("", _parameters(old), _parameters(new))
    yield from _differences("body", {"": _body(old)}, {"": _body(new)})
    yield from _differences("response", _responses(old), _responses(new))
    yield from _differences("", _security(old), _security(new))
    if not old.get("deprecated") and new.get("deprecated"):
        yield "is deprecated"


def _between_schemas(old: Document, new: Document) -> Iterator[str]:
    yield from _differences("field", _properties(old), _properties(new))
    values = [value for value in new.get("enum", []) if value not in old.get("enum", [])]
    if values:
        yield "new value " + ", ".join(str(value) for value in values)
    lost = [value for value in old.get("enum", []) if value not in new.get("enum", [])]
    if lost:
        yield "removed value " + ", ".join(str(value) for value in lost)


def _fields(schema: Document) -> Iterator[str]:
    if properties := _properties(schema):
        yield "fields " + ", ".join(properties)
    if "enum" in schema:
        yield "one of " + ", ".join(str(value) for value in schema["enum"])


def _differences(what: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    for name in [*new, *(name for name in old if name not in new)]:
        called = " ".join(part for part in (what, name) if part)
        before, after = old.get(name), new.get(name)
        if before == after:
            continue
        if not before:
            yield f"new {called}: {after}"
        elif not after:
            yield f"removed {called}" + (f" {before}" if not name else "")
        else:
            yield f"{called}: {before} becomes {after}"


def _parameters(operation: Document) -> dict[str, str]:
    """`query limit`: `integer, optional`."""
    return {
        f"{each['in']} {each['name']}": _kind(each.get("schema", {}))
        + (", required" if each.get("required") else ", optional")
        for each in operation.get("parameters", [])
    }


def _body(operation: Document) -> str:
    body = operation.get("requestBody")
    if not body:
        return ""
    needed = "" if body.get("required") else ", optional"
    for media, value in body.get("content", {}).items():
        form = operation["forms"].get(value.get("schema", {}).get("$ref"))
        if form is not None:
            fields = (f"{name} ({kind})" for name, kind in _properties(form).items())
            return f"{media} with {', '.join(fields)}{needed}"
    return _content(body) + needed


def _responses(operation: Document) -> dict[str, str]:
    """Status: schema. The 422 that FastAPI writes by itself is left out."""
    found = {
        str(status): _content(response) or "no body"
        for status, response in operation.get("responses", {}).items()
    }
    return {
        status: kind for status, kind in found.items() if (status, kind) != ("422", "HTTPValidationError")
    }


def _security(operation: Document) -> dict[str, str]:
    return {
        f"security {name}": ", ".join(scopes) or "any scope"
        for requirement in operation.get("security", [])
        for name, scopes in requirement.items()
    }


def _content(holder: Document) -> str:
    content = holder.get("content", {})
    return " or ".join(
        _kind(value.get("schema", {})) + ("" if media == "application/json" else f" as {media}")
        for media, value in content.items()
    )


def _properties(schema: Document) -> dict[str, str]:
    required = schema.get("required", [])
    return {
        name: _kind(value) + (", required" if name in required else ", optional")
        for name, value in schema.get("properties", {}).items()
    }


def _kind(schema: Document) -> str:
    """A schema in a word or three: `LotRead`, `list of LotRead`, `string or null`, `integer 1 to 100`."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    for word in ("anyOf", "oneOf", "allOf"):
        if word in schema:
            return " or ".join(dict.fromkeys(_kind(each) for each in schema[word]))
    if "const" in schema:
        return f"the value {schema['const']}"
    if "enum" in schema:
        return "one of " + ", ".join(str(value) for value in schema["enum"])
    kind = schema.get("type", "anything")
    if kind == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    if isinstance(kind, list):
        kind = " or ".join(kind)
    if "format" in schema:
        kind = f"{kind} ({schema['format']})"
    low = schema.get("minimum", schema.get("minLength"))
    high = schema.get("maximum", schema.get("maxLength"))
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    limits = [
        f"{words} {value}"
        for words, value in (("from", low), ("above", above), ("to", high), ("below", below))
        if value is not None
    ]
    return " ".join([kind, *limits])
