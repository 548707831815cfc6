"""The modules of the service, and what a chapter added to them."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from course.engine.pictures.arrows import Ways
from course.engine.pictures.layout import TALL, Place, place
from course.engine.pictures.modules import LAYERS, Module, Service, read
from course.engine.pictures.picture import Picture, in_words
from course.engine.pictures.svg import WIDTH, Drawing, width_of
from course.errors import CourseError

if TYPE_CHECKING:
    from course.engine.chapters import Chapter


def service_map(project_or_chapter: Any = None, before: Any = None) -> Picture:
    """Draw the modules of a service by layer, with an arrow from each to those that it imports.

    Without arguments: the project in the current folder, beside the checkpoint of the chapter before it. What
    is new or changed is marked, in words too. Only files are read.

    Args:
        project_or_chapter: a project's folder, or a chapter (3, "ch03", "routing") for its checkpoint.
        before: the same; what the first is compared with. None is the chapter before it, where that is known.

    Raises:
        CourseError: there is no `app` folder, or no such chapter.
    """
    project, chapter = _folder(Path.cwd() if project_or_chapter is None else project_or_chapter)
    if not (project / "app").is_dir():
        raise CourseError(
            f"There is no folder `app` in {project.name or 'this folder'}, so there is no service to draw.",
            "Give `service_map` a project's folder, or a chapter's number.",
        )
    earlier: Path | None = None
    if before is not None:
        earlier = _folder(before)[0]
    elif chapter is not None and chapter.previous is not None:
        earlier = chapter.previous.checkpoint
    compared = earlier is not None and (earlier / "app").is_dir()
    return _picture(project.name, read(project), read(earlier) if compared else None)


def _folder(which: Any) -> "tuple[Path, Chapter | None]":
    from course.engine.chapters import Chapter, find

    if isinstance(which, Chapter):
        return which.checkpoint, which
    if isinstance(which, Path) or (isinstance(which, str) and Path(which).is_dir()):
        folder = Path(which).resolve()
        try:
            return folder, find(folder.name)
        except CourseError:
            return folder, None
    chapter = find(which)
    return chapter.checkpoint, chapter


def _picture(name: str, now: Service, before: Service | None) -> Picture:
    states = {module.name: _state(module, before) for module in now.modules.values()}
    news = {arrow for arrow in now.arrows if before is not None and arrow not in before.arrows}
    gone = sorted(set(before.modules) - set(now.modules)) if before is not None else []
    count = len(now.modules)
    title = f"Map of {name}: {count} {'module' if count == 1 else 'modules'}"
    fresh = sum(state == "new" for state in states.values())
    if before is not None:
        title += f", {fresh} new, {sum(state == 'changed' for state in states.values())} changed"
        title += f", {len(gone)} removed" if gone else ""
    modules = sorted(now.modules.values(), key=lambda module: (LAYERS.index(module.layer), module.name))
    lines = (
        *(_line(module, states, now, news) for module in modules),
        *(f"{each} (removed)" for each in gone),
    )
    return Picture(title, lines, _draw(title, states, now, news, gone, in_words(title, lines)))


def _state(module: Module, before: Service | None) -> str:
    if before is None:
        return ""
    old = before.modules.get(module.name)
    return "new" if old is None else "changed" if old.source != module.source else ""


def _line(module: Module, states: dict[str, str], now: Service, news: set[tuple[str, str]]) -> str:
    state = f" ({states[module.name]})" if states[module.name] else ""
    known = sorted(target for source, target in now.arrows if source == module.name)
    if not known:
        return f"{module.name}{state} imports nothing of the service"
    named = [
        f"{target} (new import)" if (module.name, target) in news and states[module.name] != "new" else target
        for target in known
    ]
    return f"{module.name}{state} imports {', '.join(named)}"


def _draw(
    title: str, states: dict[str, str], now: Service, news: set[tuple[str, str]], gone: list[str], words: str
) -> str:
    drawing = Drawing()
    drawing.text(18, 28, title, size=15, bold=True, room=WIDTH - 36)
    legend = "An arrow leads from a module to one that it imports"
    legend += ", thick where it is new; dashed where it leads up." if news else "; dashed where it leads up."
    drawing.text(18, 47, legend, "faint", size=12)
    places, heights, low = place(now, states)
    ways = Ways(places)
    for arrow in sorted(now.arrows, key=lambda arrow: (arrow in news, arrow)):
        new = arrow in news
        path, tip, down = ways.between(*arrow)
        drawing.path(
            path,
            "green" if new else "faint",
            thick=2 if new else 1,
            dash=places[arrow[1]].y < places[arrow[0]].y,
        )
        drawing.head(*tip, "green" if new else "faint", down=down)
    for layer, top in heights.items():
        drawing.text(18, top + TALL / 2 + 4.5, layer, "faint", size=12.5, bold=True)
    for module in now.modules.values():
        _module(drawing, module, states[module.name], places[module.name])
    if gone:
        low += 30
        drawing.text(18, low, f"removed: {', '.join(gone)}", "red", size=12.5, room=WIDTH - 36)
    return drawing.render(low + 26, title=title, words=words)


def _module(drawing: Drawing, module: Module, state: str, at: Place) -> None:
    colour = {"new": "green", "changed": "amber"}.get(state, "faint")
    drawing.box(at.x, at.y, at.wide, TALL, stroke=colour, thick=2 if state else 1, dash=state == "changed")
    said = width_of(state, 12, bold=True) + 14 if state else 0
    drawing.text(
        at.x + 10, at.y + TALL / 2 + 4.5, module.label, size=12.5, mono=True, room=at.wide - 18 - said
    )
    if state:
        right = at.x + at.wide - 9
        drawing.text(right, at.y + TALL / 2 + 4.5, state, colour, size=12, bold=True, anchor="end")
