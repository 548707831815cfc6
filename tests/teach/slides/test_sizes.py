"""What does not fit on one slide is split where it hurts least."""

from course.teach.slides import markup, sizes
from course.teach.slides.sizes import Piece


def texts(pages: list[list[Piece]]) -> list[str]:
    return ["".join(piece.html for piece in page) for page in pages]


def test_what_fits_is_not_split() -> None:
    assert texts(sizes.pages([Piece("a", 40), Piece("b", 60)], 100)) == ["ab"]


def test_pages_are_about_equally_full() -> None:
    assert texts(sizes.pages([Piece(letter, 30) for letter in "abcd"], 100)) == ["ab", "cd"]


def test_a_page_begins_at_a_good_place() -> None:
    code = [Piece("a", 30), Piece("b", 30), Piece("c", 30, 0), Piece("d", 30, 0)]
    assert texts(sizes.pages(code, 100)) == ["a", "bcd"]


def test_what_is_higher_than_a_slide_has_one_of_its_own() -> None:
    assert texts(sizes.pages([Piece("a", 30), Piece("b", 300), Piece("c", 30)], 100)) == ["a", "b", "c"]


def test_a_table_that_is_split_keeps_its_head_on_both_slides() -> None:
    rows = "\n".join(f"| {number} | `x` |" for number in range(40))
    pages = sizes.pages(markup.pieces(markup.blocks(f"| one | two |\n|---|---|\n{rows}")[0]))
    drawn = [markup.joined(page) for page in pages]
    assert len(drawn) > 1
    assert [page.count("<thead>") for page in drawn] == [1] * len(drawn)
    assert sum(page.count("<td>") for page in drawn) == 80


def test_a_full_stop_in_code_or_in_stress_ends_no_sentence() -> None:
    assert markup.sentences("Write `a. b` here. **Then. Go.** Done.") == [
        "Write `a. b` here.",
        "**Then. Go.**",
        "Done.",
    ]
