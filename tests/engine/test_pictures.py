"""What all pictures share: the drawing, and the same in words."""

from typing import Annotated
from xml.etree import ElementTree

import pytest
from fastapi import Depends, FastAPI, HTTPException

from course.engine.pictures import Picture, dependency_tree, openapi_changes, timeline
from course.engine.pictures.svg import PALETTE, WIDTH, Drawing, clean, elided, width_of

SVG = "{http://www.w3.org/2000/svg}"


def refuse_guest() -> str:
    raise HTTPException(403)


def pictures() -> list[Picture]:
    app = FastAPI()

    @app.get("/lots/{name}")
    def read_lot(name: str, max_price: int = 3) -> str:
        return name

    return [
        timeline(app, "GET", "/lots/<&\"'>"),
        dependency_tree(app, "GET", "/lots/{name}"),
        openapi_changes(FastAPI(), app),
    ]


@pytest.mark.parametrize("number", range(3))
def test_a_picture_is_well_formed_and_fits_a_notebook(number: int) -> None:
    picture = pictures()[number]
    root = ElementTree.fromstring(picture.svg)
    assert root.tag == f"{SVG}svg"
    assert int(root.attrib["width"]) == WIDTH <= 760
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"] == clean(picture.title) == root.findtext(f"{SVG}title")


@pytest.mark.parametrize("number", range(3))
def test_the_description_of_a_picture_says_all_its_lines_in_order(number: int) -> None:
    picture = pictures()[number]
    described = ElementTree.fromstring(picture.svg).findtext(f"{SVG}desc") or ""
    assert [line.partition(". ")[2] for line in described.splitlines()[1:]] == [
        clean(line) for line in picture.lines
    ]
    assert described.splitlines()[0] == picture.title


@pytest.mark.parametrize("number", range(3))
def test_two_drawings_of_the_same_are_the_same_to_the_byte(number: int) -> None:
    first, second = pictures()[number], pictures()[number]
    assert first.svg == second.svg
    assert first.text == second.text


@pytest.mark.parametrize("number", range(4))
def test_no_text_of_a_picture_is_cut_off_or_overlaps_the_next(number: int) -> None:
    app = FastAPI()

    @app.get("/lots/{lot_id}")
    def read_lot(lot_id: int, seller: Annotated[str, Depends(refuse_guest)]) -> str:
        return seller

    drawn = [timeline(app, "GET", "/lots/7"), *pictures()][number]
    ends: dict[str, float] = {}
    for text in ElementTree.fromstring(drawn.svg).iter(f"{SVG}text"):
        words, left, line = text.text or "", float(text.attrib["x"]), text.attrib["y"]
        assert not words.endswith("…")
        if text.attrib.get("text-anchor") == "end":
            continue
        wide = width_of(
            words,
            float(text.attrib["font-size"]),
            mono="font-family" in text.attrib,
            bold="font-weight" in text.attrib,
        )
        assert ends.get(line, 0) < left, words
        ends[line] = left + wide
        assert ends[line] < WIDTH - 8, words


def test_a_picture_gives_a_notebook_svg_and_words() -> None:
    picture = Picture("A door", ("it opens", "it closes"), "<svg/>")
    assert picture._repr_mimebundle_() == {
        "image/svg+xml": "<svg/>",
        "text/plain": "A door\n1. it opens\n2. it closes",
    }
    assert str(picture) == repr(picture) == picture.text


def test_the_words_are_shown_folded_below_the_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[dict[str, str]] = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, raw: shown.append(bundle))
    Picture("A <door>", ("it opens & closes",), "<svg/>")._ipython_display_()
    assert [sorted(bundle) for bundle in shown] == [
        ["image/svg+xml", "text/plain"],
        ["text/html", "text/plain"],
    ]
    assert "A &lt;door&gt;" in shown[1]["text/html"]
    assert "<li>it opens &amp; closes</li>" in shown[1]["text/html"]


def test_words_that_xml_forbids_or_uses_are_harmless_in_a_drawing() -> None:
    drawing = Drawing()
    drawing.text(0, 0, "a < b & \x00 \ud800 \x1b c")
    root = ElementTree.fromstring(drawing.render(10, title='"<&>"', words="<&>\x00"))
    assert root.findtext(f"{SVG}text") == "a < b & � � � c"


def test_long_words_end_in_an_ellipsis_inside_their_room() -> None:
    short = elided("a_very_long_name_of_a_dependency", 100, mono=True)
    assert short.endswith("…")
    assert width_of(short, mono=True) <= 100
    assert elided("short", 100) == "short"


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("role", sorted(set(PALETTE) - {"panel", "rim", "band"}))
def test_every_text_colour_can_be_read_on_panel_and_band(role: str, theme: int) -> None:
    """Contrast of at least 4.5:1 (WCAG 2.2, success criterion 1.4.3)."""
    for ground in ("panel", "band"):
        low, high = sorted([_luminance(PALETTE[role][theme]), _luminance(PALETTE[ground][theme])])
        assert (high + 0.05) / (low + 0.05) >= 4.5


def test_a_dark_page_changes_every_colour_of_the_palette() -> None:
    style = ElementTree.fromstring(Drawing().render(10, title="t", words="w")).findtext(f"{SVG}style") or ""
    assert style.startswith("@media (prefers-color-scheme: dark)")
    assert all(f".gavel-f-{role}{{fill:{dark}}}" in style for role, (_, dark) in PALETTE.items())
