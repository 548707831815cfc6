"""What stands on the pages, read without a browser."""

import json
import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from course.engine import chapters, texts
from course.engine.chapters import Chapter
from course.teach.site import checking
from tests.teach.site.conftest import Site

BY_STEM = pytest.mark.parametrize("chapter", chapters.contents(), ids=lambda chapter: str(chapter.stem))
LOADED = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src"}


class Page(HTMLParser):
    """Headings (level and words), folds of solutions (their attributes), and what the page loads."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.headings: list[tuple[int, str]] = []
        self.folds: list[dict[str, str | None]] = []
        self.loads: list[str] = []
        self.language: str | None = None
        self._in: str | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if re.fullmatch("h[1-6]", tag):
            self._in = tag
            self.headings.append((int(tag[1]), ""))
        elif tag == "html":
            self.language = given.get("lang")
        elif tag == "details" and given.get("class") == "gavel-solution":
            self.folds.append(given)
        elif tag == "a" and given.get("class") == "headerlink":
            self._in = None
        if tag in LOADED and (place := given.get(LOADED[tag])):
            self.loads.append(place)

    def handle_data(self, data: str) -> None:
        if self._in:
            level, words = self.headings[-1]
            self.headings[-1] = level, words + data

    def handle_endtag(self, tag: str) -> None:
        if tag == self._in:
            self._in = None


def letters(words: str) -> str:
    """Words without marks, which the site sets in its own way (`code`, “quotes”)."""
    return re.sub(r"\W+", " ", words).strip()


def cells(path: Path) -> dict[str, dict[str, object]]:
    return {cell["id"]: cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]}


def test_building_says_where_the_site_is(site: Site) -> None:
    assert f"The site is in {site.folder}." in site.printed.splitlines()[-1]


@BY_STEM
def test_a_chapter_has_each_heading_of_its_text(site: Site, chapter: Chapter) -> None:
    text = re.sub(
        r"^```.*?^```", "", chapter.text.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE
    )
    wanted = [letters(found) for found in re.findall(r"^##+ (.+)", text, re.MULTILINE)]
    shown = [letters(words) for _, words in Page(site.read(f"chapters/{chapter.stem}")).headings]
    missing = [heading for heading in wanted if heading not in shown]
    assert chapter.is_exam or missing == []


@BY_STEM
def test_a_chapter_has_each_picture_that_was_saved(site: Site, chapter: Chapter) -> None:
    name = f"chapters/{chapter.stem}_solution" if chapter.is_exam else f"chapters/{chapter.stem}"
    saved = chapter.solution.read_text(encoding="utf-8").count('"image/svg+xml"')
    assert site.read(name).count('<div class="gavel-picture"><svg') == saved


@BY_STEM
def test_each_solution_is_there_and_folded(site: Site, chapter: Chapter) -> None:
    folds = Page(site.read(f"chapters/{chapter.stem}")).folds
    assert [fold for fold in folds if "open" in fold] == []
    if chapter.is_exam:
        assert folds == []  # it has a page of its own
        return
    mine, ours = cells(chapter.notebook), cells(chapter.solution)
    assert len(folds) == sum(cell["source"] != ours[name]["source"] for name, cell in mine.items()) > 0


@BY_STEM
def test_a_page_keeps_the_marks_of_a_text_to_itself(site: Site, chapter: Chapter) -> None:
    html = site.read(f"chapters/{chapter.stem}")
    assert not any(mark in html for mark in (texts.BEGIN, texts.STUB, texts.END))


def test_headings_of_every_page_go_down_step_by_step(site: Site) -> None:
    for path in site.pages:
        levels = [level for level, _ in Page(path.read_text(encoding="utf-8")).headings]
        assert levels.count(1) == 1, f"{path.name}: one first heading"
        assert all(after <= before + 1 for before, after in pairwise(levels)), path.name


def test_every_page_says_its_language_and_loads_nothing_from_elsewhere(site: Site) -> None:
    for path in site.pages:
        page = Page(path.read_text(encoding="utf-8"))
        assert page.language == "en", path.name
        assert [place for place in page.loads if place.startswith(("http", "//"))] == [], path.name


def test_every_page_names_both_licenses(site: Site) -> None:
    for path in site.pages:
        footer = (
            path.read_text(encoding="utf-8").partition('<p class="gavel-license">')[2].partition("</p>")[0]
        )
        assert "MIT License" in footer, path.name
        assert "CC BY 4.0" in footer, path.name


def test_every_link_within_the_site_leads_somewhere(site: Site) -> None:
    assert checking.broken(site.folder) == []


def test_broken_links_and_ids_given_twice_are_found(tmp_path: Path) -> None:
    (tmp_path / "one.html").write_text(
        '<p id="a"></p><p id="a"></p><a href="two.html#b"></a><a href="two.html#no"></a><img src="no.png">'
        '<a href="#a"></a><a href="#no"></a><a href="https://example.org/no"></a><a href="../one.html"></a>',
        encoding="utf-8",
    )
    (tmp_path / "two.html").write_text('<p id="b"></p>', encoding="utf-8")
    assert checking.broken(tmp_path) == [
        "one.html: two elements have the id a",
        "one.html: two.html#no leads to no place on its page",
        "one.html: no.png leads to no file",
        "one.html: #no leads to no place on its page",
        "one.html: ../one.html leads to no file",
    ]
