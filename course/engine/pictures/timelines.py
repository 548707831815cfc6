"""The timeline of one request: what ran in which order, from a real run."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from course.engine.pictures.picture import Picture, in_words
from course.engine.pictures.request_log import Event, Log
from course.engine.pictures.request_recording import COMPLETE, watch
from course.engine.pictures.svg import WIDTH, Drawing, width_of

if TYPE_CHECKING:
    from fastapi import FastAPI

COLOURS = {
    "middleware": "violet",
    "dependency": "blue",
    "endpoint": "green",
    "response": "amber",
    "background task": "teal",
    "exception handler": "red",
    "validation": "red",
    "exception": "red",
}
ROW, TOP, LANE, KIND = 26, 62, 13, 142


@dataclass
class Row:
    event: Event
    words: str
    lane: int | None = None
    ends_at: int | None = None


def timeline(app: "FastAPI", method: str = "GET", path: str = "/", **request: Any) -> Picture:
    """Send one request through `app`, lifespan included, and draw the order in which everything ran.

    `request` goes to the client as it is: `json=`, `params=`, `headers=`, and so on. The steps are
    numbered; there are no times, so the picture is the same on every run. `pictures.request_recording` says
    how the order is found.

    Raises:
        CourseError: `app` is not a FastAPI app.
    """
    method = method.upper()
    status, log = watch(app, method, path, **request)
    rows = _rows(log)
    title = f"{method} {path}, status code {status}: what ran in which order"
    lines = tuple(row.words for row in rows)
    return Picture(title, lines, _draw(title, rows, in_words(title, lines)))


def _rows(log: Log) -> list[Row]:
    """One row an event; a begin with its end right behind it becomes one row."""
    rows: list[Row] = []
    events = log.events
    position = 0
    at: dict[int, Row] = {}
    while position < len(events):
        event = events[position]
        following = events[position + 1] if position + 1 < len(events) else None
        if event.whole and following is not None and following.closes is event:
            what = following.what if following.raised else event.whole
            event = Event(event.kind, event.who, what, raised=following.raised)
            position += 1
        row = Row(event, event.words)
        opened = at.get(id(event.closes))
        if opened is not None:
            opened.ends_at = len(rows)
        at[id(event)] = row
        rows.append(row)
        position += 1
    _lanes(rows)
    return rows


def _sends(event: Event) -> bool:
    return event.kind == "response" and event.what.endswith(COMPLETE)


def _lanes(rows: list[Row]) -> None:
    """Give each row that something else ends a lane that is free until then."""
    busy: dict[int, int] = {}
    for number, row in enumerate(rows):
        if row.ends_at is not None:
            lane = next(lane for lane in range(len(rows)) if busy.get(lane, -1) < number)
            row.lane, busy[lane] = lane, row.ends_at


def _draw(title: str, rows: list[Row], words: str) -> str:
    drawing = Drawing()
    drawing.text(18, 28, title, size=15, bold=True, room=WIDTH - 36)
    drawing.text(
        18,
        47,
        "The order of one real request, from top to bottom. A bracket joins a beginning to its end.",
        "faint",
        size=12,
    )
    lanes = 1 + max((row.lane for row in rows if row.lane is not None), default=-1)
    left = 52 + lanes * LANE + 8
    for number, row in enumerate(rows):
        if _sends(row.event):
            drawing.box(8, TOP + number * ROW + 1, WIDTH - 16, ROW - 2, stroke=COLOURS["response"], thick=1.5)
    for number, row in enumerate(rows):
        middle = TOP + (number + 0.5) * ROW
        colour = COLOURS[row.event.kind]
        drawing.text(38, middle + 4.5, str(number + 1), "faint", size=12, mono=True, anchor="end")
        drawing.dot(left, middle, 4, colour)
        drawing.text(left + 12, middle + 4.5, row.event.kind, colour, size=12, bold=True)
        at: float = left + KIND
        if row.event.who:
            room = max(90.0, WIDTH - 26 - at - width_of(row.event.said))
            at = drawing.text(at, middle + 4.5, row.event.who, size=12.5, mono=True, room=room) + 10
        drawing.text(at, middle + 4.5, row.event.said, size=13, room=WIDTH - 14 - at)
        if row.lane is not None and row.ends_at is not None:
            x, low = 52.0 + row.lane * LANE, TOP + (row.ends_at + 0.5) * ROW
            drawing.line([(left - 6, middle), (x, middle), (x, low), (left - 6, low)], colour, thick=1.5)
    return drawing.render(TOP + len(rows) * ROW + 14, title=title, words=words)
