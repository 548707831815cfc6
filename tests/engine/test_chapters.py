from itertools import pairwise

import pytest

from course.engine import chapters
from course.errors import CourseError


@pytest.mark.parametrize("name", [0, "0", "00", "ch00", "ch00_start_here", "START_HERE"])
def test_a_chapter_is_found_under_each_of_its_names(name: int | str) -> None:
    assert chapters.find(name).stem == "ch00_start_here"


def test_an_unknown_chapter_is_refused_with_the_choices() -> None:
    with pytest.raises(CourseError, match=r"0 \(start_here\)"):
        chapters.find("99")


def test_chapters_are_numbered_without_gaps_and_know_their_neighbours() -> None:
    numbered = chapters.numbered()
    assert [chapter.number for chapter in numbered] == list(range(len(numbered)))
    assert numbered[0].previous is None
    assert numbered[-1].following is None
    assert numbered[-1].road == numbered
    for before, after in pairwise(numbered):
        assert after.previous == before
        assert before.following == after


@pytest.mark.parametrize("chapter", chapters.contents(), ids=lambda chapter: chapter.stem)
def test_all_files_of_a_chapter_share_its_stem(chapter: chapters.Chapter) -> None:
    for path in (chapter.text, chapter.misconceptions, chapter.tests, chapter.alternatives):
        assert path.exists(), path
        assert chapter.stem in path.stem
