"""An extension of Sphinx: the sections of the site, for the search in `theme/search.js`.

Sphinx's own search knows pages, not sections, and ignores words that are numbers (`404`). So the built pages
are cut at their headings: a result leads to a section and shows a piece of its text, also without a server.
Folded solutions are not searched, nor are pages with `nosearch`.
"""

import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

FILE = "_static/sections.js"
SILENT = {"script", "style", "svg", "nav", "button"}
HEADINGS = {"h1", "h2", "h3", "h4"}
VOID = {"br", "hr", "img", "input", "meta", "link", "source", "wbr", "col", "area", "base", "embed", "track"}


class Sections(HTMLParser):
    """The sections of a page, in order: of each its id, its heading and its own text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[list[str]] = []
        self._open: list[tuple[str, list[str] | None]] = []
        self._hidden = 0
        self._heading = False
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            return
        given = dict(attributes)
        if self._hidden or tag in SILENT or _is_beside(tag, given):
            self._hidden += 1
        section = None
        if tag == "section" and given.get("id") and not self._hidden:
            section = [given["id"] or "", "", ""]
            self.found.append(section)
        self._heading = self._heading or tag in HEADINGS
        self._open.append((tag, section))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID or tag not in [name for name, _ in self._open]:
            return
        while self._open and self._open.pop()[0] != tag:
            self._hidden = max(self._hidden - 1, 0)
        self._hidden = max(self._hidden - 1, 0)
        self._heading = self._heading and tag not in HEADINGS

    def handle_data(self, data: str) -> None:
        section = next((each for _, each in reversed(self._open) if each is not None), None)
        if section is not None and not self._hidden:
            section[1 if self._heading and not section[2].strip() else 2] += data


def _is_beside(tag: str, given: dict[str, str | None]) -> bool:
    """Whether an element is a folded solution, or the link beside a heading."""
    classes = (given.get("class") or "").split()
    return (tag == "details" and "gavel-solution" in classes) or "headerlink" in classes


def sections(html: str) -> list[tuple[str, str, str]]:
    """The id, the heading and the text of each section of a page."""
    return [
        (name, " ".join(heading.split()), " ".join(text.split()))
        for name, heading, text in Sections(html).found
    ]


def rows(folder: Path, names: list[str]) -> list[list[str]]:
    """For each section of these pages: page, title of the page, id, heading, text. The first has no id."""
    found = []
    for name in names:
        of_page = sections((folder / f"{name}.html").read_text(encoding="utf-8"))
        title = of_page[0][1] if of_page else name
        for number, (identity, heading, text) in enumerate(of_page):
            found.append([name, title, identity if number else "", heading, text])
    return found


def setup(app: Any) -> dict[str, bool]:
    """Write the sections when all pages are there."""
    app.connect("build-finished", _write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _write(app: Any, exception: Exception | None) -> None:
    if exception is not None or app.builder.name != "html":
        return
    names = [name for name in sorted(app.env.found_docs) if "nosearch" not in app.env.metadata[name]]
    told = json.dumps(rows(Path(app.outdir), names), ensure_ascii=False, separators=(",", ":"))
    (Path(app.outdir) / FILE).write_text(f"const SECTIONS = {told};\n", encoding="utf-8", newline="\n")
