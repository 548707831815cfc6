"""What of a chapter stands in its deck."""

import re

from course.learn.predictions import predict
from course.teach.slides import book, looks, markup
from course.teach.slides.book import Cell
from tests.teach.slides.conftest import Deck, squeezed


def code_cells(deck: Deck) -> list[Cell]:
    found = [cell for cell in book.cells(deck.chapter) if cell.kind == "code" and not cell.silent]
    assert len(found) > 50
    return found


def rendered(markdown: str) -> str:
    """Markdown as a reader sees it."""
    return squeezed(re.sub(r"<[^>]+>", "", markup.html(markdown)).replace("&quot;", '"'))


def test_every_heading_stands_on_a_slide(deck: Deck) -> None:
    found = deck.read.within("header") + deck.read.within("h1")
    for cell in book.cells(deck.chapter):
        for heading, _ in markup.parts(cell.source) if cell.kind == "markdown" else []:
            title = heading.source.lstrip("# ").split(" · ")[-1]
            assert rendered(title) in found


def test_every_paragraph_stands_on_a_slide_or_in_the_speakers_notes(deck: Deck) -> None:
    found = deck.read.within("section").replace("&lt;", "<")
    for cell in book.cells(deck.chapter):
        for block in markup.blocks(cell.source) if cell.kind == "markdown" else []:
            if block.kind == "words" and "details>" not in block.source and "**Exercise" not in block.source:
                said = rendered(block.source).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
                assert said in found, block.source


def test_every_line_of_code_stands_on_a_slide_but_what_only_loads_the_course(deck: Deck) -> None:
    found = deck.read.within("pre", "code")
    for cell in code_cells(deck):
        source = cell.stub.partition("predict(")[0] if cell.predicts else cell.source
        assert squeezed(source) in found, cell.source
    assert "%load_ext" not in found


def test_every_picture_stands_on_a_slide_with_its_words_as_alternative(deck: Deck) -> None:
    drawn = [each[2] for cell in code_cells(deck) for each in looks.pictures(cell.outputs)]
    assert drawn
    for said in drawn:
        assert squeezed(said) in map(squeezed, deck.read.pictures)


def test_a_prediction_is_asked_first_and_answered_by_the_next_step(deck: Deck) -> None:
    asked = deck.read.within("pre", "code")
    answered = deck.read.within("fragment", "answer")
    for cell in code_cells(deck):
        if cell.predicts:
            text = "".join(cell.outputs[-1]["data"]["text/plain"])
            why = text.partition("Why: ")[2].replace("`", "")
            assert squeezed(why) in answered
            assert squeezed(why) not in asked
    assert "guess=404" not in asked


def test_an_exercise_says_what_must_be_true_and_the_solution_comes_after_it(deck: Deck) -> None:
    badges = re.findall(r'<p class="badge">(Exercise|Solution)', deck.html)
    tasks = deck.chapter.text.read_text(encoding="utf-8").count("\n**Exercise ")
    assert badges.count("Exercise") == tasks
    assert badges[:1] == ["Exercise"] * bool(tasks)


def test_what_a_cell_showed_is_the_next_step_and_a_checkpoint_is_reported_whole(deck: Deck) -> None:
    shown = deck.read.within("body")
    reports = 0
    for cell in code_cells(deck):
        for output in cell.outputs:
            text = "".join(output.get("data", {}).get("text/plain", ""))
            for line in text.split("\n"):
                if line.startswith("[holds] "):
                    reports += 1
                    assert squeezed(line.removeprefix("[holds] ").replace("`", "")) in shown
    assert reports > 10


def test_a_deck_asks_nothing_of_anybody(deck: Deck) -> None:
    before, _, scripts = deck.html.partition("<script>")
    assert not re.search(r'src(?:set)?="(?!data:)|<link|@import|url\((?!data:)', before)
    assert "<script src" not in scripts
    assert "MIT licensed" in deck.html


def test_a_question_keeps_its_cell_but_for_the_reason() -> None:
    source = (
        '%serve\nx = "é"; predict(\n    guess,\n    ask("é", why=1),\n    why="since\\n" "so",\n)\nafter()'
    )
    assert looks.question(source) == '%serve\nx = "é"; predict(guess, ask("é", why=1))\nafter()'
    assert predict(1, 1, why="so").text.endswith("Why: so")  # as `looks` reads it
