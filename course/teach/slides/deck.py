"""A deck: one HTML file with all that it needs inside."""

import re
from functools import cache
from html import escape
from importlib.util import find_spec
from pathlib import Path

from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped]

from course.engine.chapters import Chapter
from course.engine.report.style import STYLE
from course.errors import CourseError
from course.teach.slides import markup, story
from course.teach.slides.story import Section, Slide

HERE = Path(__file__).parent
LIGHT, DARK = "a11y-high-contrast-light", "a11y-high-contrast-dark"
"""Pygments styles whose every colour has a contrast of 7 to 1 (accessible-pygments)."""


def html(chapter: Chapter, *, dark: bool = False) -> str:
    """The deck of a chapter. The same chapter gives the same bytes.

    Raises:
        CourseError: the chapter's solved notebook is missing or old, or reveal.js is not where it should be.
    """
    slides = "\n".join(_section(chapter, each) for each in story.sections(chapter) if each.slides)
    parts = {
        "theme": "dark" if dark else "light",
        "title": escape(f"{chapter.label}: {chapter.title}"),
        "style": "\n".join([_reveal("dist/reveal.css"), *_colours(), STYLE, _own("deck.css")]),
        "slides": slides,
        "script": "\n".join(
            f"<script>{_inside(text)}</script>"
            for text in (_reveal("dist/reveal.js"), _reveal("plugin/notes/notes.js"), _own("deck.js"))
        ),
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda gap: parts[gap[1]], _own("deck.html"))


def _section(chapter: Chapter, section: Section) -> str:
    inside = "\n".join(_slide(chapter, section, slide, at == 0) for at, slide in enumerate(section.slides))
    return f"<section>\n{inside}\n</section>"


def _slide(chapter: Chapter, section: Section, slide: Slide, first: bool) -> str:
    heading = markup.inline(section.heading)
    if first and heading:
        title = f"<h2>{heading}</h2>"
    elif slide.title:
        title = f"<h3>{slide.title}</h3>"
    else:
        title = f'<p class="again">{heading}</p>' if heading else ""
    badge = f'<p class="badge">{slide.badge}</p>' if slide.badge else ""
    head = f"<header>{title}{badge}</header>" if title or badge else ""
    notes = f'<aside class="notes">{markup.html(slide.notes)}</aside>' if slide.notes else ""
    foot = f"<footer>{escape(chapter.label)} · {escape(chapter.title)}</footer>"
    body = f'<div class="body">{slide.body}</div>'
    return f'<section><div class="slide {slide.kind}">{head}{body}{foot}</div>{notes}</section>'


def _colours() -> list[str]:
    """Rules for the classes of coloured code, light and dark."""
    return [
        HtmlFormatter(style=style).get_style_defs(f"html.{theme} pre.code")
        for theme, style in (("light", LIGHT), ("dark", DARK))
    ]


@cache
def _own(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


@cache
def _reveal(name: str) -> str:
    """A file of reveal.js, which sphinx-revealjs carries, with its licence's comment."""
    found = find_spec("sphinx_revealjs")
    path = Path(found.origin or "").parent / "_static" / "revealjs" / name if found else None
    if path is None or not path.is_file():
        raise CourseError(
            f"sphinx-revealjs has no {name} for the slides.",
            "Delete the folder .venv-teach and run the same command again.",
        )
    return path.read_text(encoding="utf-8")


def _inside(script: str) -> str:
    """A script as it may stand in a page: what would end it there is spelled otherwise."""
    return re.sub(r"<(?=/script|!--|script)", r"\\x3c", script)
