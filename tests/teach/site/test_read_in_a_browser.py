"""The site in a real browser: wide and narrow, dark and light, searched, printed; nothing from elsewhere."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from course.engine import chapters
from tests import axe
from tests.fixtures.browser import PATIENCE, windows
from tests.teach.site.conftest import Site

LONG = "chapters/ch07_errors"
PAGES = (
    "index",
    "chapters/ch00_start_here",
    "reference",
    "reference/dependencies",
    "guide/ch03_dependency_injection",
    "errors/dependencies",
    "search",
)
FOLDED = "details => details.filter(each => !each.open).length"


@pytest.fixture
def visit(browser: Any, address: str) -> Iterator[Callable[..., Any]]:
    """Open a page of the site."""
    with windows(browser, address) as opened:
        yield lambda name="index", **options: opened(f"{address}/{name}.html", **options)


def test_every_page_is_as_wide_as_a_phone(site: Site, visit: Callable[..., Any], address: str) -> None:
    page = visit(viewport={"width": 360, "height": 740})
    wide = []
    for path in site.pages:
        name = path.relative_to(site.folder).as_posix()
        page.goto(f"{address}/{name}")
        page.evaluate("() => document.querySelectorAll('details').forEach(each => each.open = true)")
        sizes = page.evaluate(
            "() => [document.documentElement, document.querySelector('.content')].map(it => it.scrollWidth)"
        )
        if max(sizes) > 360:
            wide.append((name, sizes))
    assert wide == []


def test_who_has_no_mouse_can_scroll_what_is_too_wide(visit: Callable[..., Any]) -> None:
    page = visit(LONG, viewport={"width": 360, "height": 740})
    unreachable = """all => all.filter(each => each.checkVisibility() && each.scrollWidth > each.clientWidth
        && getComputedStyle(each).overflowX === 'auto' && each.tabIndex !== 0).map(each => each.className)"""
    assert page.locator("article pre, article div").evaluate_all(unreachable) == []


def find(page: Any, word: str) -> Any:
    """Type a word into the search and wait for what is found."""
    page.locator("input.sidebar-search").fill(word)
    page.locator("input.sidebar-search").press("Enter")
    found = page.locator("#search-results ul.search a", has_text=chapters.find(1).title).first
    found.wait_for()
    return found


def test_search_finds_a_chapter(visit: Callable[..., Any]) -> None:
    page = visit()
    find(page, "lifespan").click()
    page.locator("h1", has_text="Lifespan").wait_for()


def test_search_works_without_a_server(browser: Any, site: Site) -> None:
    page = browser.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto((site.folder / "index.html").as_uri())
    find(page, "lifespan")
    page.close()


@pytest.mark.parametrize("system", ["light", "dark"])
def test_the_switch_turns_page_and_pictures_dark_and_light(visit: Callable[..., Any], system: str) -> None:
    page = visit("chapters/ch00_start_here", color_scheme=system)
    colours = """theme => {
        document.body.dataset.theme = theme;
        const panel = document.querySelector(".gavel-picture .gavel-f-panel");
        return [getComputedStyle(document.body).backgroundColor, getComputedStyle(panel).fill];
    }"""
    light, dark = page.evaluate(colours, "light"), page.evaluate(colours, "dark")
    assert light == ["rgb(255, 255, 255)", "rgb(246, 248, 250)"]
    assert dark == ["rgb(19, 20, 22)", "rgb(27, 31, 36)"]
    assert page.evaluate(colours, "auto") == (light if system == "light" else dark)


def test_on_paper_there_is_the_text_with_its_folds_open(visit: Callable[..., Any]) -> None:
    page = visit("chapters/ch00_start_here", color_scheme="dark")
    solutions = page.locator("details.gavel-solution")
    folded = solutions.evaluate_all(FOLDED)
    assert folded == solutions.count() > 0
    page.emulate_media(media="print", color_scheme="dark")
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    assert solutions.evaluate_all(FOLDED) == 0
    for part in (".sidebar-drawer", ".toc-drawer", ".related-pages", ".skip-to-content"):
        assert not page.locator(part).is_visible()
    assert page.evaluate("() => getComputedStyle(document.body).backgroundColor") != "rgb(19, 20, 22)"
    cut = "all => all.filter(each => each.scrollWidth > each.clientWidth + 1).length"
    assert page.locator("article pre").evaluate_all(cut) == 0
    page.evaluate("() => dispatchEvent(new Event('afterprint'))")
    assert solutions.evaluate_all(FOLDED) == folded


@pytest.mark.parametrize("name", PAGES)
def test_a_page_keeps_nobody_out(visit: Callable[..., Any], name: str) -> None:
    page = visit(name, viewport={"width": 1000, "height": 800})
    assert axe.serious(page) == []
    page.evaluate("() => document.body.dataset.theme = 'dark'")
    assert axe.serious(page, "color-contrast") == []


def test_axe_sees_what_keeps_people_out(visit: Callable[..., Any]) -> None:
    page = visit()
    page.evaluate("() => document.querySelector('article').append(document.createElement('img'))")
    (found,) = axe.serious(page)
    assert found.startswith("critical image-alt")
