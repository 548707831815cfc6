"""`course slides`: a chapter as slides in one file, or live in JupyterLab."""

import argparse
from pathlib import Path

from course import paths
from course.engine import chapters
from course.engine.chapters import Chapter
from course.errors import CourseError


def command(argv: list[str]) -> int:
    """Write the decks, or present a chapter live until it is stopped.

    Raises:
        CourseError: there is no such chapter, or a deck cannot be written.
    """
    parser = argparse.ArgumentParser(prog="course slides", description=__doc__)
    parser.add_argument("chapter", nargs="?", default="all", help="a chapter, such as 3, or all (all)")
    parser.add_argument(
        "--output", type=Path, metavar="PLACE", help="the file, or the folder (my_service/slides)"
    )
    parser.add_argument("--dark", action="store_true", help="light letters on a dark ground")
    parser.add_argument(
        "--live", action="store_true", help="present the notebook in JupyterLab, with cells that run"
    )
    parser.add_argument("--no-browser", action="store_true", help="with --live: open no browser")
    parser.add_argument("--port", type=int, metavar="N", help="with --live: JupyterLab's port")
    chosen = parser.parse_args(argv)
    wanted = list(chapters.contents()) if chosen.chapter == "all" else [chapters.find(chosen.chapter)]
    if chosen.live:
        if chosen.chapter == "all":
            raise CourseError("One chapter at a time is live.", "Name it: course slides 3 --live")
        from course.teach.slides.live import present

        return present(wanted[0], browser=not chosen.no_browser, port=chosen.port)
    _write(wanted, chosen.output or paths.workspace() / "slides", dark=chosen.dark)
    return 0


def _write(wanted: list[Chapter], place: Path, *, dark: bool) -> None:
    is_file = place.suffix == ".html" and not place.is_dir()
    if is_file and len(wanted) > 1:
        raise CourseError(f"{place} is one file, and there are {len(wanted)} decks.", "Name a folder.")
    from course.teach.slides import deck, saving

    for chapter in wanted:
        html = deck.html(chapter, dark=dark)
        path = place if is_file else place / f"{chapter.stem}.html"
        saving.save(path, html)
        count = html.count('<div class="slide ')
        print(f"{paths.shown(path)}: {count} slides, {len(html.encode()) / 1000:.0f} kB", flush=True)
