"""Every misconception is caught by the requirement it names, and explained in its own words."""

from pathlib import Path

import pytest

from course import paths
from course.engine import chapters, misconceptions
from course.engine.chapters import Chapter
from course.engine.misconceptions import Misconception
from course.engine.report import as_text
from course.learn.lookup.explain.entries import slug
from course.learn.lookup.explain.search import search
from tests.fixtures.wrong_services import first_failure, told_of

CASES = [
    pytest.param(chapter, entry, id=f"{chapter.stem}-{entry.name}")
    for chapter in chapters.contents()
    for entry in misconceptions.load(chapter.misconceptions)
] + [
    pytest.param(chapters.find(entry.chapter), entry, id=f"in_every_chapter-{entry.name}")
    for entry in misconceptions.load(paths.IN_EVERY_CHAPTER)
]


@pytest.mark.parametrize(("chapter", "wrong"), CASES)
def test_a_misconception_fails_first_where_it_says_and_is_explained(
    chapter: Chapter, wrong: Misconception, tmp_path: Path
) -> None:
    first = first_failure(chapter, wrong, tmp_path)
    told = told_of(first)
    assert first.misconception is not None, f"the failure is not explained; {told}"
    assert first.misconception.name == wrong.name, f"another misconception explains the failure; {told}"
    explained = first.misconception
    read = " ".join(" ".join([as_text.verdict(first), explained.why, *explained.hints]).split())
    missing = [words for words in wrong.words if words not in read]
    assert not missing, f"the explanation lacks {missing}; {told}"
    found = [hit.found.address for hit in search(as_text.verdict(first))]
    page = "in_every_chapter" if wrong.chapter else chapter.stem
    address = f"errors/mistakes_{page}#{slug(wrong.title)}"
    assert found[:1] == [address], f"`course explain` does not find it first by what is read; {told}"


def test_the_names_of_a_bank_differ() -> None:
    for chapter in chapters.contents():
        names = [entry.name for entry in misconceptions.load(chapter.misconceptions)]
        assert len(names) == len(set(names)), f"{chapter.misconceptions.name} uses a name twice"
        assert all(names), f"an entry of {chapter.misconceptions.name} has no name"


def test_the_names_of_what_explains_every_chapter_are_in_no_bank() -> None:
    general = [entry.name for entry in misconceptions.load(paths.IN_EVERY_CHAPTER)]
    assert len(general) == len(set(general))
    own = {
        entry.name for chapter in chapters.contents() for entry in misconceptions.load(chapter.misconceptions)
    }
    assert not own & set(general)
