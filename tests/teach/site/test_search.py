"""The search of the site: it finds sections, status codes too, and shows a piece of each."""

from collections.abc import Iterator
from typing import Any

import pytest

from course.teach.site import search_index
from tests.fixtures.browser import PATIENCE
from tests.teach.site.conftest import Site

PAGE = """
<nav>menu</nav><article role="main">
<section id="first"><h1>Doors<a class="headerlink" href="#first">#</a></h1>
<p>What is <code>open</code>.<br>It stays.</p>
<details class="gavel-solution"><summary>Show one</summary><p>secret</p></details>
<section id="404"><h2>Status <em>404</em></h2><pre>GET /lots</pre><svg><text>drawn</text></svg></section>
<p>Below.</p></section></article><script>let x;</script>
"""
TALLEST = 10_000
"""Pixels of a page of the reference, at the width of a desk's screen."""


def test_a_page_is_cut_at_its_headings_without_solutions_and_pictures() -> None:
    assert search_index.sections(PAGE) == [
        ("first", "Doors", "What is open.It stays. Below."),
        ("404", "Status 404", "GET /lots"),
    ]


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.set_default_timeout(PATIENCE)
    yield page
    page.close()


def results(page: Any, address: str, words: str) -> list[tuple[str, str, str]]:
    """Of each result: where it leads, what it is called, and the piece of text."""
    page.goto(f"{address}/search.html?q={words.replace(' ', '+')}")
    page.locator("#search-results p").first.wait_for()
    found = []
    for item in page.locator("#search-results ul.search li").all():
        link = item.locator("a")
        found.append((link.get_attribute("href"), link.inner_text(), item.locator("p").inner_text()))
    return found


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("401", "401 Unauthorized"),
        ("404", "404 Not Found"),
        ("405", "405 Method Not Allowed"),
        ("422", "422 Unprocessable Content"),
        ("CORS", "CORS: which pages may read a response"),
        ("CORS policy", "Blocked by CORS policy"),
        ("policies", "CORS policy"),
        ("field required", "Field required [type=missing"),
        ("attached to a different loop", "event loop"),
    ],
)
def test_words_and_status_codes_lead_to_a_section_with_a_piece_of_it(
    page: Any, address: str, words: str, first: str
) -> None:
    found = results(page, address, words)
    link, title, _ = found[0]
    assert first in title
    assert "#" in link
    assert all(len(text) > 40 for _, _, text in found[:3]), "each shows a piece of its text"
    page.goto(f"{address}/{link}")
    heading = page.locator(f'[id="{link.partition("#")[2]}"] :is(h1, h2, h3)').first
    assert first in heading.inner_text()


def test_a_name_in_code_is_not_cut_into_words(page: Any, address: str) -> None:
    found = results(page, address, "exclude_if")
    assert found
    assert all("exclude_if" in f"{title} {piece}" for _, title, piece in found)


def test_without_a_server_there_are_pieces_too(page: Any, site: Site) -> None:
    assert results(page, site.folder.as_uri(), "404")[0][2]


def test_what_is_nowhere_is_said_to_be_nowhere(page: Any, address: str) -> None:
    assert results(page, address, "zebra") == []
    assert page.locator("#search-results").inner_text().endswith("No section has these words.")


def test_no_solution_is_shown_by_the_search(page: Any, site: Site) -> None:
    page.goto(f"{site.folder.as_uri()}/search.html?q=solution")
    pages = page.evaluate("() => [...new Set(SECTIONS.map(([name]) => name))]")
    assert "chapters/exam_part1" in pages
    assert "chapters/exam_part1_solution" not in pages


def test_no_page_of_the_reference_is_very_long(page: Any, address: str, site: Site) -> None:
    names = ["reference", *(f"reference/{path.stem}" for path in (site.folder / "reference").glob("*.html"))]
    assert len(names) > 10
    for name in names:
        page.goto(f"{address}/{name}.html")
        assert page.evaluate("() => document.documentElement.scrollHeight") < TALLEST, name
