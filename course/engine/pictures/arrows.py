"""The path of each arrow on the map: down through the gaps between boxes, never behind one."""

from collections import Counter, defaultdict

from course.engine.pictures.layout import GAP, LEFT, TALL, Place
from course.engine.pictures.svg import WIDTH

CLEAR = 7
"""Pixels that an arrow keeps from a box and from the arrow beside it."""


class Ways:
    """Finds ways one after the other; each remembers where the earlier ones went."""

    def __init__(self, places: dict[str, Place]) -> None:
        self.places = places
        self.rows: dict[float, list[Place]] = defaultdict(list)
        for at in places.values():
            self.rows[at.y].append(at)
        self.taken: dict[float, list[float]] = defaultdict(list)
        self.used: Counter[tuple[str, bool]] = Counter()

    def between(self, source: str, target: str) -> tuple[str, tuple[float, float], bool]:
        """The SVG path of an arrow, the point of its tip, and whether it leads down."""
        start, end = self.places[source], self.places[target]
        x1, x2 = self._port(source, end, leaving=True), self._port(target, start, leaving=False)
        if start.y == end.y:
            low, stop = start.y + TALL, end.y + TALL + 5
            deep = low + GAP / 2
            return (
                f"M{x1:.1f} {low:.1f} C{x1:.1f} {deep:.1f} {x2:.1f} {deep:.1f} {x2:.1f} {stop:.1f}",
                (x2, stop - 5),
                False,
            )
        down = end.y > start.y
        passed = sorted(
            (y for y in self.rows if min(start.y, end.y) < y < max(start.y, end.y)), reverse=not down
        )
        near, far = (0, TALL) if down else (TALL, 0)
        x, y = x1, start.y + far
        path = [f"M{x:.1f} {y:.1f}"]
        for row in passed:
            way = self._gap(row, x1 + (x2 - x1) * (row - start.y) / (end.y - start.y))
            path.append(_bend(x, y, way, row + near))
            path.append(f"L{way:.1f} {row + far:.1f}")
            x, y = way, row + far
        tip = end.y + near
        path.append(_bend(x, y, x2, tip - 5 if down else tip + 5))
        return " ".join(path), (x2, tip), down

    def _port(self, name: str, other: Place, *, leaving: bool) -> float:
        """Where on the edge of a box an arrow begins or ends: towards the other box, never twice the same."""
        at = self.places[name]
        below = other.y > at.y or other.y == at.y
        number = self.used[name, below]
        self.used[name, below] += 1
        side = (other.centre - at.centre) / 600
        room = at.wide / 2 - 12
        shift = max(-0.7, min(0.7, side * 2)) * room + (5 if leaving else -5) + (number % 3 - 1) * 6
        return at.centre + max(-room, min(room, shift))

    def _gap(self, row: float, wish: float) -> float:
        """The free x nearest to `wish` in a row that the arrow passes."""

        def free(x: float, apart: float) -> bool:
            return (
                LEFT - CLEAR <= x <= WIDTH - CLEAR
                and all(not box.x - CLEAR < x < box.x + box.wide + CLEAR for box in self.rows[row])
                and all(abs(x - other) >= apart for other in self.taken[row])
            )

        steps = sorted(range(-600, 601), key=lambda step: (abs(step), step))
        x = next(
            (wish + step for apart in (CLEAR, 4, 2, 1) for step in steps if free(wish + step, apart)), wish
        )
        self.taken[row].append(x)
        return x


def _bend(x1: float, y1: float, x2: float, y2: float) -> str:
    middle = (y1 + y2) / 2
    return f"C{x1:.1f} {middle:.1f} {x2:.1f} {middle:.1f} {x2:.1f} {y2:.1f}"
