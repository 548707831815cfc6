"""The modules of a service and who imports whom, read from its files. Nothing of the service is imported."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

LAYERS = ("start", "routers", "dependencies", "services", "repositories", "models", "schemas", "core")
"""From the top of the map down. A module belongs to the layer of its folder; what is left is the core."""


@dataclass(frozen=True)
class Room:
    """One module with something in it: `routers.lots`. `routers` itself is the package's own `__init__`."""

    name: str
    layer: str
    source: str = field(repr=False, default="")

    @property
    def label(self) -> str:
        return self.name.removeprefix(self.layer + ".") if "." in self.name else self.name


@dataclass(frozen=True)
class House:
    """A service: its rooms by name, and the arrows (importer, imported) between them."""

    rooms: dict[str, Room]
    arrows: frozenset[tuple[str, str]]


def read(project: Path | None) -> House:
    """The service in `project/app`; none is an empty house. A file that does not parse has no arrows."""
    app = project / "app" if project is not None else None
    rooms: dict[str, Room] = {}
    for path in sorted(app.rglob("*.py")) if app is not None else ():
        parts = path.relative_to(app or path).with_suffix("").parts
        package = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if package else parts)
        source = path.read_text(encoding="utf-8", errors="replace")
        if name and "__pycache__" not in parts and (not package or _has_code(source)):
            rooms[name] = Room(name, _layer(name), source)
    packages = {
        ".".join(path.parent.relative_to(app or path).parts)
        for path in (app.rglob("__init__.py") if app else ())
    }
    arrows = {
        (room.name, target)
        for room in rooms.values()
        for target in _imported(room, rooms, room.name in packages)
        if target != room.name
    }
    return House(rooms, frozenset(arrows))


def _layer(name: str) -> str:
    top = name.partition(".")[0]
    if top == "main":
        return "start"
    return top if top in LAYERS[1:] else "core"


def _has_code(source: str) -> bool:
    tree = _parsed(source)
    return tree is None or any(not isinstance(part, ast.Expr) for part in tree.body)


def _parsed(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError):
        return None


def _imported(room: Room, rooms: dict[str, Room], is_package: bool) -> Iterator[str]:
    """The rooms that a module's imports lead to: a package's module if there is one, else the package."""
    here = room.name.split(".")
    for node in ast.walk(_parsed(room.source) or ast.Module([], [])):
        if isinstance(node, ast.ImportFrom):
            if node.level:
                up = node.level - 1 if is_package else node.level
                base = here[: len(here) - up] if up <= len(here) else None
                if base is None:
                    continue
                base = base + (node.module.split(".") if node.module else [])
            elif node.module and node.module.split(".")[0] == "app":
                base = node.module.split(".")[1:]
            else:
                continue
            for alias in node.names:
                yield from _nearest([*base, alias.name], rooms)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.startswith("app."):
                    yield from _nearest(alias.name.split(".")[1:], rooms)


def _nearest(parts: list[str], rooms: dict[str, Room]) -> Iterator[str]:
    for name in (".".join(parts), ".".join(parts[:-1])):
        if name in rooms:
            yield name
            return
