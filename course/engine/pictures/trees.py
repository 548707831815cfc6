"""The dependencies of one route, as FastAPI resolves them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from course.engine.pictures.names import name_of
from course.engine.pictures.picture import Picture, in_words
from course.engine.pictures.svg import WIDTH, Drawing
from course.engine.pictures.wrapping import sort_of
from course.errors import CourseError

if TYPE_CHECKING:
    from fastapi.dependencies.models import Dependant

ROW, TOP, STEP = 34, 64, 26


@dataclass(frozen=True)
class Node:
    """One line of the tree. `again` is the number of the node whose value is used once more."""

    number: int
    name: str
    depth: int
    parent: int
    notes: tuple[str, ...]
    again: int | None = None

    @property
    def words(self) -> str:
        needed_by = f", for {self.parent}" if self.depth > 1 else ""
        notes = f" ({'; '.join(self.notes)})" if self.notes else ""
        return f"{self.name}{needed_by}{notes}"


def dependency_tree(app_or_route: Any, method: str = "GET", path: str = "/") -> Picture:
    """Draw what a route depends on: from its endpoint down, in the order in which FastAPI resolves.

    `path` is a route's template (`/lots/{lot_id}`) or a path that matches it (`/lots/7`). A dependency
    that is shared stands once; where it is used again, the line says whose value that is.

    Args:
        app_or_route: a FastAPI app, an APIRouter, or one route.
        method: as in HTTP, or WEBSOCKET.

    Raises:
        CourseError: no route matches; the message lists those there are.
    """
    dependant, method, path = _find(app_or_route, method.upper(), path)
    overrides = getattr(app_or_route, "dependency_overrides", {})
    nodes = _nodes(dependant, overrides)
    count = sum(node.again is None for node in nodes) - 1
    what = "no dependency" if count == 0 else f"{count} {'dependency' if count == 1 else 'dependencies'}"
    title = f"{method} {path}: {what}"
    lines = tuple(node.words for node in nodes)
    return Picture(title, lines, _draw(title, nodes, in_words(title, lines)))


def _find(place: Any, method: str, path: str) -> "tuple[Dependant, str, str]":
    from fastapi.dependencies.models import Dependant

    if isinstance(getattr(place, "dependant", None), Dependant):
        methods = _methods(place)
        return place.dependant, method if method in methods else methods[0], place.path
    if not hasattr(place, "routes"):
        raise CourseError(
            f"A dependency tree needs an app, a router or a route, and this is {type(place).__name__}.",
            "Give it the app, a method and a path: `dependency_tree(app, 'GET', '/lots/{lot_id}')`.",
        )
    routes = list(_routes(place.routes))
    for matches in (_named(path), _matched(path)):
        for route, whole in routes:
            if method in _methods(route) and matches(route, whole):
                return route.dependant, method, whole
    there = ", ".join(f"{'/'.join(_methods(route))} {whole}" for route, whole in routes)
    raise CourseError(
        f"No route matches {method} {path}.", f"Choose one of: {there}." if there else "Add a route first."
    )


def _methods(route: Any) -> list[str]:
    return sorted(getattr(route, "methods", None) or ["WEBSOCKET"])


def _named(path: str) -> Callable[[Any, str], bool]:
    return lambda route, whole: whole == path


def _matched(path: str) -> Callable[[Any, str], bool]:
    def match(route: Any, whole: str) -> bool:
        prefix = whole.removesuffix(route.path)
        return path.startswith(prefix) and route.path_regex.match(path.removeprefix(prefix)) is not None

    return match


def _routes(routes: Any, prefix: str = "") -> "Iterator[tuple[Any, str]]":
    """Each route that has a dependant, with its whole path, those of mounted apps too."""
    from fastapi.dependencies.models import Dependant
    from fastapi.routing import iter_route_contexts
    from starlette.routing import Mount

    for route in iter_route_contexts(routes):
        if isinstance(route.original_route, Mount):
            yield from _routes(route.original_route.routes, prefix + (route.path or ""))
        elif hasattr(route.original_route, "dependant") and isinstance(route.dependant, Dependant):
            yield route, prefix + (route.path or "")


def _nodes(dependant: "Dependant", overrides: dict[Any, Any]) -> list[Node]:
    nodes: list[Node] = []
    first: dict[Any, int] = {}

    def visit(this: "Dependant", depth: int, parent: int) -> None:
        number = len(nodes) + 1
        sort = sort_of(this.call) if this.call is not None else "plain"
        scope = this.scope or ("request" if "generator" in sort else None)
        key = (this.call, scope, tuple(sorted(_oauth_scopes(this))))
        if depth and this.use_cache and key in first:
            notes: tuple[str, ...] = (f"the value of {first[key]} again, it does not run twice",)
            nodes.append(Node(number, name_of(this.call), depth, parent, notes, first[key]))
            return
        first.setdefault(key, number)
        notes = tuple(_notes(this, sort, scope, overrides, top=depth == 0))
        nodes.append(Node(number, name_of(this.call), depth, parent, notes))
        for below in this.dependencies:
            visit(below, depth + 1, number)

    visit(dependant, 0, 0)
    return nodes


def _oauth_scopes(dependant: "Dependant") -> set[str]:
    """The OAuth scopes that make two uses differ: none where nothing from here down looks at scopes."""
    if not _looks_at_scopes(dependant):
        return set()
    return {*(dependant.parent_oauth_scopes or ()), *(dependant.own_oauth_scopes or ())}


def _looks_at_scopes(dependant: "Dependant") -> bool:
    from fastapi.security.base import SecurityBase

    return bool(
        dependant.own_oauth_scopes
        or dependant.security_scopes_param_name
        or isinstance(dependant.call, SecurityBase)
        or any(_looks_at_scopes(below) for below in dependant.dependencies)
    )


def _notes(
    this: "Dependant", sort: str, scope: str | None, overrides: dict[Any, Any], *, top: bool
) -> Iterator[str]:
    from fastapi.security.base import SecurityBase

    if top:
        yield "the endpoint"
    if isinstance(this.call, SecurityBase):
        yield f"security scheme {this.call.scheme_name}"
    if this.own_oauth_scopes:
        yield f"needs {', '.join(this.own_oauth_scopes)}"
    if "generator" in sort and not top:
        yield f"yield, scope {scope}: exits {'before' if scope == 'function' else 'after'} the response"
    if not this.use_cache:
        yield "not cached, runs each time"
    if this.call in overrides:
        yield f"overridden by {name_of(overrides[this.call])}"
    read = [
        f"{where} {', '.join(field.alias for field in fields)}"
        for where, fields in (
            ("path", this.path_params),
            ("query", this.query_params),
            ("header", this.header_params),
            ("cookie", this.cookie_params),
            ("body", this.body_params),
        )
        if fields
    ]
    if read:
        yield "reads " + ", ".join(read)


def _draw(title: str, nodes: list[Node], words: str) -> str:
    drawing = Drawing()
    drawing.text(18, 28, title, size=15, bold=True, room=WIDTH - 36)
    legend = "A dependency is indented below what depends on it, and runs first. "
    legend += "A dashed box is a value that is used again."
    drawing.text(18, 47, legend, "faint", size=12)
    for row, node in enumerate(nodes):
        middle = TOP + (row + 0.5) * ROW
        left = 48 + node.depth * STEP
        if node.depth:
            up = TOP + (node.parent - 0.5) * ROW + 12
            drawing.line([(left - 14, up), (left - 14, middle), (left, middle)], "faint", thick=1.25)
        again = node.again is not None
        colour = "green" if not node.depth else "faint" if again else "blue"
        notes = "; ".join(node.notes)
        room = WIDTH - 30 - left
        wide = min(22 + 8 * len(node.name), room * 0.55)
        drawing.text(34, middle + 4.5, str(node.number), "faint", size=12, mono=True, anchor="end")
        drawing.box(left, middle - 12, wide, 24, stroke=colour, thick=1.5, dash=again)
        drawing.text(left + 10, middle + 4.5, node.name, size=12.5, mono=True, room=wide - 14)
        drawing.text(left + wide + 10, middle + 4.5, notes, "faint", size=12.5, room=room - wide - 4)
    return drawing.render(TOP + len(nodes) * ROW + 14, title=title, words=words)
