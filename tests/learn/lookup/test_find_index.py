"""The search below `course find` and `course explain`: what a hit is, and that any input is answered."""

import pytest

from course.learn.lookup.find.index import MOST_WORDS, Document, Index

LAMP = Document("A brass lamp", "It burns oil.\n\nIt was made in Paris.", "room 1", words="light")
CLOCK = Document("A clock", "It strikes the hours, and burns nothing.\n\n    clock.strike(12)", "room 2")


@pytest.fixture
def index() -> Index:
    return Index([LAMP, CLOCK], {"torch": ("lamp",)}, {"the"})


def titles(index: Index, question: str) -> list[str]:
    return [hit.document.title for hit in index.search(question).hits]


def test_a_hit_has_all_the_words(index: Index) -> None:
    assert titles(index, "lamp oil") == ["A brass lamp"]
    assert titles(index, "clock oil") == []


def test_the_words_stand_in_one_paragraph_or_in_the_title(index: Index) -> None:
    assert titles(index, "lamp paris") == ["A brass lamp"]
    assert titles(index, "oil paris") == [], "each stands in a paragraph of its own"


def test_a_word_in_the_title_weighs_more_than_one_in_the_text() -> None:
    said = Document("A vase", "There is a lamp beside it.", "room 3")
    assert titles(Index([said, LAMP]), "lamp") == ["A brass lamp", "A vase"]


def test_other_forms_of_a_word_and_synonyms_are_found(index: Index) -> None:
    assert titles(index, "lamps burning") == ["A brass lamp"]
    assert titles(index, "torch") == ["A brass lamp"]
    assert titles(index, "light") == ["A brass lamp"], "further words count too"


def test_words_that_say_nothing_are_passed_over(index: Index) -> None:
    assert index.search("the lamp").words == ("lamp",)
    assert index.search("the").words == ()


def test_a_word_that_stands_nowhere_is_named_and_nothing_else_is_given(index: Index) -> None:
    found = index.search("lamp submarine")
    assert (found.hits, found.unknown) == ((), ("submarine",))


def test_a_slip_of_the_pen_is_told_and_mended(index: Index) -> None:
    found = index.search("strkies clock")
    assert found.meant == {"strkies": "strikes"}
    assert [hit.document for hit in found.hits] == [CLOCK]
    assert index.search("strkies clock", spell=False).hits == ()


def test_the_context_has_a_word_of_the_question_and_is_no_code(index: Index) -> None:
    (hit,) = index.search("hours").hits
    assert hit.context == "It strikes the hours, and burns nothing."
    assert [each.context for each in index.search("12").hits] == [""]


ODD = """
"|'|"lamp|lamp*|NEAR(lamp, oil)|title:lamp|(|)|lamp AND|-lamp|^lamp|lamp; DROP TABLE parts|{title} : lamp
x_y.z-w|%s %d {0}|lamp OR|* *|lamp + oil
"""
HOSTILE = [
    *(question for line in ODD.strip().splitlines() for question in line.split("|")),
    *("", " ", "\0", "lamp\0oil", "\ud800", "\n\r\t\x1b[31m", "🪔", "лампа"),
    *("a" * 5_000_000, "lamp " * 1_000_000, "+" * 5000),
]


@pytest.mark.parametrize("question", HOSTILE, ids=lambda question: repr(question[:12]))
def test_any_text_may_be_asked(index: Index, question: str) -> None:
    found = index.search(question)
    assert len(found.words) <= MOST_WORDS
    assert all(hit.document is LAMP for hit in found.hits), "where there is a hit, it is the lamp"
