"""An answer to a question: from the course first, and from the official documentation."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from course.learn.lookup.find.documents import Page, of_official_pages, of_the_course, official
from course.learn.lookup.find.index import Found, Hit, Index
from course.learn.lookup.find.synonyms import PASSED_OVER, SYNONYMS

MOST = {"task": 3, "section": 4, "error": 2, "page": 2}
"""How many hits of a kind are shown."""
PAGES = 3
WEIGHT = {"task": 1.5, "error": 1.2}
"""How much more a kind counts than a section of a chapter: it is an answer in itself."""
HOUSE = {"FastAPI": 1.3}
"""How much more the pages of a library count than those of others."""
FAINT = 0.35
"""A hit that scores less than this part of the best one is left out."""


@dataclass(frozen=True)
class Answer:
    """What was found: hits of the course, best first; official pages; and what the question came to."""

    course: tuple[Hit, ...]
    pages: tuple[Page, ...]
    words: tuple[str, ...]
    unknown: tuple[str, ...] = ()
    meant: tuple[tuple[str, str], ...] = ()

    @property
    def uncovered(self) -> Page | None:
        """The official page to read where the course does not cover what is asked for."""
        first = self.pages[0] if self.pages else None
        return first if first is not None and first.chapter is None and not self._taught else None

    @property
    def _taught(self) -> bool:
        return any(hit.document.kind == "task" for hit in self.course)


@cache
def _course() -> Index:
    return Index(of_the_course(), SYNONYMS, PASSED_OVER)


@cache
def _official() -> Index:
    return Index(of_official_pages(), SYNONYMS, PASSED_OVER)


def answer(question: str) -> Answer:
    """Look for a question's words in the course and in the official index. Nothing is guessed."""
    ours, theirs = _course().search(question, limit=40), _official().search(question, limit=12)
    if not ours.words:
        return Answer((), (), ())
    if (
        ours.meant and theirs.hits and not theirs.meant
    ):  # a word that either of them knows is no slip of the pen
        ours = Found((), ours.words)
    elif theirs.meant and ours.hits and not ours.meant:
        theirs = Found((), theirs.words)
    meant = ours.meant or theirs.meant
    unknown = tuple(word for word in ours.unknown if word in theirs.unknown)
    return Answer(_chosen(ours.hits), _pages(theirs.hits), ours.words, unknown, tuple(meant.items()))


def _chosen(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    ranked = sorted(hits, key=lambda hit: -_score(hit))
    left, chosen = dict(MOST), []
    for hit in ranked:
        if left[hit.document.kind] and _score(hit) >= FAINT * _score(ranked[0]):
            left[hit.document.kind] -= 1
            chosen.append(hit)
    return tuple(chosen)


def _score(hit: Hit) -> float:
    return hit.score * WEIGHT.get(hit.document.kind, 1.0)


def _pages(hits: Iterable[Hit]) -> tuple[Page, ...]:
    by_url = {page.url: page for page in official()}
    weighed = {hit.document.place: hit.score * _house(by_url[hit.document.place]) for hit in hits}
    ranked = sorted(weighed, key=lambda url: -weighed[url])
    return tuple(by_url[url] for url in ranked if weighed[url] >= FAINT * weighed[ranked[0]])[:PAGES]


def _house(page: Page) -> float:
    return HOUSE.get(page.site, 1.0)
