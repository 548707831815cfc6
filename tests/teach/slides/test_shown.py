"""Decks in Chromium, opened as files."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.axe import serious
from tests.fixtures.browser import windows
from tests.teach.slides.conftest import Deck, squeezed

MEASURE = """() => {
    document.documentElement.classList.add("measuring");
    const found = [...document.querySelectorAll(".slide")].map(slide => {
        const parts = [slide, ...slide.querySelectorAll(".body, pre, table, figure, .answer")];
        const spills = parts.some(part => part.getClientRects().length
            && (part.scrollHeight > part.clientHeight + 2 || part.scrollWidth > part.clientWidth + 2));
        return {size: Number(slide.dataset.size), spills, words: slide.innerText.slice(0, 80),
                height: slide.offsetHeight, width: slide.offsetWidth};
    });
    document.documentElement.classList.remove("measuring");
    return found;
}"""
SMALLEST = 0.85
"""Of 24 px for code and 29 px for words: 20 and 25 px at 1280 by 720."""


@contextmanager
def opened(browser: Any, deck: Deck) -> Iterator[Any]:
    """The deck, opened by its path."""
    path = deck.path.as_uri()
    with windows(browser, path) as shown:
        page = shown(path, viewport={"width": 1280, "height": 720})
        page.wait_for_function("window.Reveal && Reveal.isReady()")
        yield page


@pytest.fixture(scope="module")
def third(decks: Callable[[str], Deck]) -> Deck:
    return decks("3")


@pytest.fixture(scope="module")
def page(browser: Any, third: Deck) -> Iterator[Any]:
    with opened(browser, third) as shown:
        yield shown


def test_nothing_is_higher_or_wider_than_its_slide_or_too_small(browser: Any, deck: Deck) -> None:
    with opened(browser, deck) as page:
        slides = page.evaluate(MEASURE)
    assert len(slides) == deck.html.count('<div class="slide ')
    assert {(each["width"], each["height"]) for each in slides} == {(1280, 720)}
    assert [each for each in slides if each["spills"] or each["size"] < SMALLEST] == []


def test_space_shows_the_answer_and_then_the_next_slide(page: Any) -> None:
    seen = "getComputedStyle(Reveal.getCurrentSlide().querySelector('.fragment')).visibility"
    page.evaluate("Reveal.slide(1, 1, -1)")
    assert page.evaluate(seen) == "hidden"
    page.keyboard.press("Space")
    assert page.evaluate(seen) == "visible"
    assert page.evaluate("Reveal.getIndices().v") == 1
    page.keyboard.press("Space")
    assert page.evaluate("Reveal.getIndices().v") == 2


def test_the_key_d_makes_it_dark_and_light_again(page: Any) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.keyboard.press("d")
    assert page.evaluate(ground) != light
    page.keyboard.press("d")
    assert page.evaluate(ground) == light


def test_the_speakers_window_opens_from_the_file_and_shows_the_notes(page: Any, third: Deck) -> None:
    page.evaluate("Reveal.slide(2, 0)")
    with page.context.expect_page() as opening:
        page.keyboard.press("s")
    speaker = opening.value
    notes = "document.querySelector('.speaker-controls-notes .value').innerText"
    speaker.wait_for_function(f"{notes}.length > 40")
    said = squeezed(speaker.evaluate(notes))
    assert said[:40] in third.read.within("aside", "notes")
    speaker.close()


def test_every_slide_is_a_page_of_the_printed_deck(page: Any, third: Deck) -> None:
    paper = page.context.new_page()
    paper.goto(f"{third.path.as_uri()}?print-pdf")
    paper.wait_for_selector(".pdf-page:not(.backgrounds)")
    paper.wait_for_function("Reveal.isReady()")
    printed = paper.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == third.html.count('<div class="slide ')
    paper.close()


def test_axe_finds_nothing_serious_on_the_slides(page: Any) -> None:
    for place in ("0, 0", "1, 1", "3, 0"):
        page.evaluate(f"Reveal.slide({place}, 99)")
        page.keyboard.press("d")  # dark, light, dark
        assert serious(page) == []
    page.keyboard.press("d")
