"""Where the modules of a service stand on its map: in rows by layer, one domain below another."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum

from course.engine.pictures.modules import LAYERS, Module, Service
from course.engine.pictures.svg import WIDTH, width_of

LEFT, RIGHT, TOP, TALL, GAP, APART = 118, WIDTH - 18, 72, 34, 40, 22


@dataclass(frozen=True)
class Place:
    """A module's box in pixels; all boxes are `TALL`."""

    x: float
    y: float
    wide: float

    @property
    def centre(self) -> float:
        return self.x + self.wide / 2


def place(service: Service, states: dict[str, str]) -> tuple[dict[str, Place], dict[str, float], float]:
    """The place of each module, the height of each layer's first row, and the height below all rows."""
    places: dict[str, Place] = {}
    heights: dict[str, float] = {}
    y = float(TOP)
    for layer in LAYERS:
        modules = [module for module in service.modules.values() if module.layer == layer]
        if modules:
            heights[layer] = y
        for row in _rows([(module, _width(module, states[module.name])) for module in modules]):
            wishes = _wishes([module for module, _ in row], service, places)
            order = sorted(range(len(row)), key=lambda at: (wishes[at], row[at][0].name))
            widths = [row[at][1] for at in order]
            for at, x in zip(order, _spread([wishes[at] for at in order], widths), strict=True):
                module, wide = row[at]
                places[module.name] = Place(x, y, wide)
            y += TALL + GAP
    return places, heights, y - GAP


def _width(module: Module, state: str) -> float:
    said = width_of(state, 12, bold=True) + 14 if state else 0
    return min(24 + width_of(module.label, 12.5, mono=True) + said, 210)


def _rows(modules: Sequence[tuple[Module, float]]) -> list[list[tuple[Module, float]]]:
    """As many modules in a row as fit."""
    rows: list[list[tuple[Module, float]]] = []
    used = 0.0
    for module, wide in modules:
        if not rows or used + wide > RIGHT - LEFT:
            rows.append([])
            used = 0
        rows[-1].append((module, wide))
        used += wide + APART
    return rows


def _wishes(row: Sequence[Module], service: Service, places: dict[str, Place]) -> list[float]:
    """The centre each module would like: below its domain, else below its importers, else its share."""
    share = (RIGHT - LEFT) / len(row)
    wishes = []
    for number, module in enumerate(row):
        domain = [places[name].centre for name in places if name.rpartition(".")[2] == _domain(module)]
        above = [
            places[source].centre
            for source, target in service.arrows
            if target == module.name and source in places
        ]
        even = LEFT + share * (number + 0.5)
        if domain:
            wishes.append(domain[0])
        elif len(set(above)) > 1:
            wishes.append((fsum(above) / len(above) + even) / 2)  # exact: an order of a set is chance
        else:
            wishes.append(even)
    return wishes


def _domain(module: Module) -> str:
    """`lots` for `routers.lots`, `models.lot` and `services.lots` alike."""
    name = module.label
    return name if name.endswith("s") or "." not in module.name else name + "s"


def _spread(wishes: Sequence[float], widths: Sequence[float]) -> list[float]:
    """Left edges as near the wishes as boxes that keep apart and inside allow."""
    edges: list[float] = []
    free = float(LEFT)
    for wish, wide in zip(wishes, widths, strict=True):
        edges.append(max(free, wish - wide / 2))
        free = edges[-1] + wide + APART
    limit = float(RIGHT)
    for at in range(len(edges) - 1, -1, -1):
        edges[at] = min(edges[at], limit - widths[at])
        limit = edges[at] - APART
    return edges
