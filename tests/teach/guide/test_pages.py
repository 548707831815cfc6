"""The pages of the guide: whole, true to their chapters, and refused where they are not."""

import re

import pytest

from course.engine import chapters, misconceptions
from course.engine.chapters import Chapter
from course.engine.checkpoint import requirements
from course.engine.texts import slug
from course.errors import CourseError
from course.teach import guide
from course.teach.guide import handwritten, lesson, page, pictures

ALL = pytest.mark.parametrize("chapter", chapters.contents(), ids=lambda chapter: chapter.stem)
PARTS = (
    "What it is for",
    "Before the lesson",
    "Minute by minute",
    "When time runs out",
    "Say",
    "Draw",
    "Ask the room",
    "Watch for",
    "What people get wrong",
)


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return guide.pages()


@ALL
def test_a_page_has_all_its_parts(chapter: Chapter, pages: dict[str, str]) -> None:
    text = pages[f"guide/{chapter.stem}"]
    assert text.startswith(f"# Teaching {chapter.called}")
    assert [part for part in PARTS if f"\n## {part}\n" not in text] == []
    assert page.gains(chapter) in text


@ALL
def test_every_misconception_of_the_bank_is_on_the_page_with_its_explanation(
    chapter: Chapter, pages: dict[str, str]
) -> None:
    text = " ".join(pages[f"guide/{chapter.stem}"].split())
    entries = misconceptions.load(chapter.misconceptions)
    assert entries
    assert [each.name for each in entries if f"*{each.title}.*" not in text] == []
    assert [each.name for each in entries if " ".join((each.seen or each.why).split()) not in text] == []


@ALL
def test_every_requirement_is_on_the_page_in_the_order_of_the_checkpoint(
    chapter: Chapter, pages: dict[str, str]
) -> None:
    text = pages[f"guide/{chapter.stem}"]
    places = [
        text.find(f"**{n}. {each.sentence}**") for n, each in enumerate(requirements.read(chapter.tests), 1)
    ]
    assert -1 not in places
    assert places == sorted(places)


@ALL
def test_the_predictions_and_exercises_are_on_the_page(chapter: Chapter, pages: dict[str, str]) -> None:
    text = pages[f"guide/{chapter.stem}"]
    for section in lesson.read(chapter).sections:
        assert all(f"| [{each.cell}] |" in text for each in section.predictions)
        assert all(each.wants in text for each in section.exercises)


@ALL
def test_no_promise_in_brackets_is_left_on_a_page(chapter: Chapter, pages: dict[str, str]) -> None:
    assert "[[" not in re.sub(r"`[^`\n]*`", "", pages[f"guide/{chapter.stem}"].split("## The exercises")[0])


@ALL
def test_links_lead_to_headings_of_the_chapter(chapter: Chapter, pages: dict[str, str]) -> None:
    slugs = {slug(section.heading) for section in lesson.read(chapter).sections}
    linked = re.findall(rf"\(/chapters/{chapter.stem}\.md#([^)]*)\)", pages[f"guide/{chapter.stem}"])
    assert linked
    assert set(linked) <= slugs


def test_a_link_to_a_heading_is_spelled_as_github_spells_it() -> None:
    assert slug("Exercise 2: the lot, or 404") == "exercise-2-the-lot-or-404"


def test_pictures_of_a_chapter_are_on_its_page_and_in_words_in_a_terminal() -> None:
    chapter = chapters.find(3)
    drawn, told = page.markdown(chapter), page.markdown(chapter, drawn=False)
    assert drawn.count("<svg") == len(pictures.of(chapter)) == 4
    assert "<svg" not in told
    assert "POST /bids, status code 201: what ran in which order" in told


def test_a_picture_has_no_empty_line_which_would_end_it_in_markdown() -> None:
    assert all("\n" not in picture.svg for picture in pictures.of(chapters.find(6)))


def test_a_page_has_every_kind_of_question_with_what_one_will_get() -> None:
    for chapter in chapters.contents():
        asked = handwritten.read(chapter).asked
        assert 3 <= len(asked) <= 5
        assert all(each.hoped and each.wrong and each.then for each in asked)


BY_HAND = handwritten.path(chapters.find(0)).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("## Watch for", "## Watch", "parts are not in order"),
        ("[[Without help]]", "[[Without any help]]", "there is no heading `Without any help`"),
        ("[[`%serve`]]", "[[`%service`]]", "no cells have `%service`"),
        ("[[`%serve`]]", "[[`import`]]", "cells have `import`"),
        ("### async def, def and the event loop\n\n> ", "### Who waits\n\n> ", "Say names `Who waits`"),
        (
            "`comment-for-docstring`",
            "`comment-for-a-docstring`",
            "no misconception is `comment-for-a-docstring`",
        ),
        ('- wrong: "Yes', '- false: "Yes', "lacks an answer"),
        ("### Half the time", "### A third of the time", "cuts are not in order"),
        ("- show: `/docs`", "- tell: `/docs`", "the cut `15 minutes short` is not whole"),
        (
            "- after: [[What a path operation function may return]]",
            "- after: the mistakes",
            "follows nothing",
        ),
    ],
)
def test_a_page_that_does_not_fit_its_chapter_is_refused(old: str, new: str, says: str) -> None:
    assert old in BY_HAND
    with pytest.raises(CourseError, match=re.escape(says)):
        handwritten.parse(BY_HAND.replace(old, new), lesson.read(chapters.find(0)))
