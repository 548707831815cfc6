"""Where decks are written, and what is never lost by it."""

from pathlib import Path

import pytest

from course.errors import CourseError
from course.teach.slides import saving
from tests.teach.slides.conftest import Deck, Slides


def test_the_same_chapter_gives_the_same_bytes(deck: Deck, slides: Slides, tmp_path: Path) -> None:
    again = tmp_path / "again.html"
    assert slides(deck.chapter.typed, "--output", str(again)).returncode == 0
    assert again.read_bytes() == deck.path.read_bytes()


def test_an_unknown_chapter_is_said_to_be_none_and_the_others_are_listed(slides: Slides) -> None:
    done = slides("17")
    assert done.returncode == 1
    assert "There is no chapter 17. Choose one of: 0 (start_here)" in done.stderr
    assert "Traceback" not in done.stderr


def test_eleven_decks_are_not_put_in_one_file(slides: Slides, tmp_path: Path) -> None:
    done = slides("all", "--output", str(tmp_path / "deck.html"))
    assert done.returncode == 1
    assert "Name a folder." in done.stderr
    assert not (tmp_path / "deck.html").exists()


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CourseError, match=r"cannot be written: .* Choose another place with --output\."):
        saving.save(tmp_path / "file" / "deck.html", "deck")


def test_a_deck_of_ours_is_replaced_and_nothing_lies_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "deck.html"
    for text in ("one", "two"):
        saving.save(path, text)
    assert path.read_text().startswith("two\n<!-- Gavel slides")
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("change", [lambda ours: "mine", lambda ours: ours.replace("deck", "my deck")])
def test_another_file_and_a_deck_that_somebody_changed_stay(tmp_path: Path, change: object) -> None:
    assert callable(change)
    path = tmp_path / "deck.html"
    saving.save(path, "deck")
    path.write_text(change(path.read_text()))
    before = path.read_bytes()
    with pytest.raises(CourseError, match="Move it away"):
        saving.save(path, "deck, new")
    assert path.read_bytes() == before
