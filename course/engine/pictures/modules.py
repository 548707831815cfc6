"""The modules of a service and their imports, read from its files. Nothing of the service is imported."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from course.engine import project_files

LAYERS = ("start", "routers", "dependencies", "services", "repositories", "models", "schemas", "core")
"""From the top of the map down. A module belongs to the layer of its folder; what is left is the core."""


@dataclass(frozen=True)
class Module:
    """One module with something in it: `routers.lots`. `routers` itself is the package's own `__init__`."""

    name: str
    layer: str
    source: str = field(repr=False, default="")

    @property
    def label(self) -> str:
        return self.name.removeprefix(self.layer + ".") if "." in self.name else self.name


@dataclass(frozen=True)
class Service:
    """A service: its modules by name, and the arrows (importer, imported) between them."""

    modules: dict[str, Module]
    arrows: frozenset[tuple[str, str]]


def read(project: Path | None) -> Service:
    """The service in `project/app`; none is an empty service. A file that does not parse has no arrows."""
    modules: dict[str, Module] = {}
    packages = set()
    for path, source in project_files.modules(project).items() if project is not None else ():
        parts = PurePosixPath(path).with_suffix("").parts[1:]
        package = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if package else parts)
        if package:
            packages.add(name)
        if name and (not package or _has_code(source)):
            modules[name] = Module(name, _layer(name), source)
    arrows = {
        (module.name, target)
        for module in modules.values()
        for target in _imported(module, modules, module.name in packages)
        if target != module.name
    }
    return Service(modules, frozenset(arrows))


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


def _imported(module: Module, modules: dict[str, Module], is_package: bool) -> Iterator[str]:
    """The modules that a module's imports lead to: a package's module if there is one, else the package."""
    here = module.name.split(".")
    for node in ast.walk(_parsed(module.source) or ast.Module([], [])):
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
                yield from _nearest([*base, alias.name], modules)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.startswith("app."):
                    yield from _nearest(alias.name.split(".")[1:], modules)


def _nearest(parts: list[str], modules: dict[str, Module]) -> Iterator[str]:
    for name in (".".join(parts), ".".join(parts[:-1])):
        if name in modules:
            yield name
            return
