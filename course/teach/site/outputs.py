"""Saved outputs, made ready for a page that has its own style sheet and its own switch for dark and light.

A notebook's output brings its style along, and a picture follows the system's theme. On the site, styles of
every output stand once in `styles()`, and pictures stand in the page, where the site's theme reaches them.
"""

import re
from typing import Any

from course.engine.pictures.svg import PALETTE
from course.engine.report.style import STYLE
from course.learn import display

STYLES = re.compile(r"<style>.*?</style>", re.DOTALL)
NOTEBOOK = re.compile(r'href="((?:ch\d\d|exam)_[a-z0-9_]+)\.ipynb"')
SVG = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
SCREEN = "@media screen{%s}"
AUTO = "@media screen and (prefers-color-scheme:dark){%s}"
DARK, UNLESS_LIGHT = 'body[data-theme="dark"]', 'body:not([data-theme="light"])'


def tidied(results: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The outputs of a cell with pictures as a part of the page, and without styles of their own."""
    return [{**result, "data": _data(result["data"])} if "data" in result else result for result in results]


def _data(data: dict[str, Any]) -> dict[str, Any]:
    kept = {mime: "".join(value) if isinstance(value, list) else value for mime, value in data.items()}
    if picture := kept.pop("image/svg+xml", None):
        kept["text/html"] = f'<div class="gavel-picture">{plain(picture)}</div>'
    elif "text/html" in kept:
        kept["text/html"] = plain(kept["text/html"])
    return kept


def framed(text: str) -> str:
    """A written page whose drawings stand in a frame of their own, without their own style sheets."""
    return SVG.sub(r'<div class="gavel-picture">\g<0></div>', plain(text))


def plain(html: str) -> str:
    """HTML or SVG without its own style sheets; a link to a notebook leads to the chapter's page."""
    return NOTEBOOK.sub(r'href="\1.html"', STYLES.sub("", html))


def styles() -> str:
    """What the outputs' own style sheets said, once for the whole site."""
    own = [
        style.removeprefix("<style>").removesuffix("</style>")
        for style in (display.STYLE, display.DIFF_STYLE)
    ]
    return "\n".join([STYLE, *own, *_pictures()])


def _pictures() -> list[str]:
    """The dark palette of pictures, where the site is dark; what is printed stays light."""
    return [
        frame % "".join(_role(where, role, dark) for role, (_, dark) in PALETTE.items())
        for frame, where in ((SCREEN, DARK), (AUTO, UNLESS_LIGHT))
    ]


def _role(where: str, role: str, colour: str) -> str:
    return f"{where} .gavel-f-{role}{{fill:{colour}}}{where} .gavel-s-{role}{{stroke:{colour}}}"
