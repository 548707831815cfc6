"""What a chapter did to the interface of the service."""

from collections.abc import Mapping, Sequence
from typing import Any

from course.engine.pictures.contracts import Change, operations, schemas
from course.engine.pictures.picture import Picture, in_words
from course.engine.pictures.svg import WIDTH, Drawing, width_of
from course.errors import CourseError

COLOURS = {"new": "green", "changed": "amber", "removed": "red"}
TOP, ROW, DETAIL, LEFT = 70, 26, 18, 108


def openapi_changes(before: Any, after: Any) -> Picture:
    """Draw the difference between two interfaces: operations, parameters, bodies, responses and schemas.

    Args:
        before, after: FastAPI apps, or OpenAPI documents as `app.openapi()` gives them.

    Raises:
        CourseError: one of them is neither.
    """
    old, new = _document(before), _document(after)
    changes = [*operations(old, new), *schemas(old, new)]
    counts = [
        f"{count} {state}" for state in COLOURS if (count := sum(change.state == state for change in changes))
    ]
    title = "The interface of the service: " + (", ".join(counts) or "nothing changed")
    lines = tuple(change.words for change in changes)
    return Picture(title, lines, _draw(title, changes, in_words(title, lines)))


def _document(given: Any) -> Mapping[str, Any]:
    document = given.openapi() if callable(getattr(given, "openapi", None)) else given
    if not isinstance(document, Mapping):
        raise CourseError(
            f"An interface is compared from apps or OpenAPI documents, and this is {type(given).__name__}.",
            "Give it two apps, or `app.openapi()` of each.",
        )
    return document


def _draw(title: str, changes: Sequence[Change], words: str) -> str:
    drawing = Drawing()
    drawing.text(18, 28, title, size=15, bold=True, room=WIDTH - 36)
    drawing.text(
        18, 47, "What a client can send, and what it gets in return, before and after.", "faint", size=12
    )
    y = float(TOP)
    if not changes:
        drawing.text(18, y + 8, "A client notices no difference.", "faint")
    for change in changes:
        colour = COLOURS[change.state]
        lines = [line for detail in change.details for line in _folded(detail, WIDTH - LEFT - 30)]
        tall = ROW + len(lines) * DETAIL + (6 if lines else 0)
        drawing.box(12, y - 4, WIDTH - 24, tall, stroke="rim")
        drawing.box(12, y - 4, 5, tall, fill=colour, stroke=colour, radius=2)
        drawing.text(28, y + 13.5, change.state, colour, size=12.5, bold=True)
        drawing.text(LEFT, y + 13.5, change.what, size=13, mono=True, bold=True, room=WIDTH - LEFT - 30)
        for number, line in enumerate(lines):
            drawing.text(LEFT, y + ROW + 5.5 + number * DETAIL, line, "faint", size=12.5)
        y += tall + 6
    return drawing.render(y + (24 if not changes else 8), title=title, words=words)


def _folded(words: str, room: float) -> list[str]:
    """`words` on as many lines as they need, later ones indented."""
    lines = [""]
    for word in words.split(" "):
        longer = f"{lines[-1]} {word}".lstrip() if lines[-1].strip() else lines[-1] + word
        if width_of(longer, 12.5) > room and lines[-1].strip():
            lines.append("\N{NO-BREAK SPACE}" * 4 + word)
        else:
            lines[-1] = longer
    return lines
