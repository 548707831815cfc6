"""An answer to a question: from the course first, and from the official documentation."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache

from course.learn.lookup.explain.entries import Entry
from course.learn.lookup.explain.pasted import read
from course.learn.lookup.explain.search import messages, pieces, weight
from course.learn.lookup.find.documents import Page, of_official_pages, of_the_course, official
from course.learn.lookup.find.index import Found, Hit, Index
from course.learn.lookup.find.synonyms import PASSED_OVER, SYNONYMS

MOST = {"task": 3, "section": 4, "error": 2, "page": 2}
"""How many hits of a kind are shown."""
PAGES = 3
WEIGHT = {"task": 1.5, "error": 1.2}
"""How much more a kind that has all the words counts than a section of a chapter: it answers by itself."""
HOUSE = {"FastAPI": 1.3}
"""How much more the pages of a library count than those of others."""
MESSAGE = 15
"""A message of at least so many characters is no chance."""
NEARLY = 0.5
"""A hit that has less than this part of what the best one has is left out."""
GOOD = 0.4
"""What a hit that has some of the words must have of the question to be shown beside those that have all."""
MOST_PARTIAL = 3
FAINT = 0.35
"""A hit that scores less than this part of the best one is left out."""


@dataclass(frozen=True)
class Answer:
    """What was found: hits of the course, best first; official pages; and what the question came to.

    `complete`: a hit has all the words. `named`: the first hit is an error whose message is in the question.
    """

    course: tuple[Hit, ...]
    pages: tuple[Page, ...]
    words: tuple[str, ...]
    unknown: tuple[str, ...] = ()
    meant: tuple[tuple[str, str], ...] = ()
    complete: bool = True
    named: bool = False

    @property
    def partial(self) -> bool:
        """Whether no hit, of the course or of the official pages, has all the words."""
        return not self.complete and bool(self.course or self.pages)

    @property
    def uncovered(self) -> Page | None:
        """The official page to read where the course does not cover what is asked for."""
        if self.partial:
            return None
        first = self.pages[0] if self.pages else None
        return first if first is not None and first.chapter is None and not self._taught else None

    @property
    def _taught(self) -> bool:
        return self.named or any(hit.document.kind == "task" for hit in self.course)


@cache
def _course() -> Index:
    return Index(of_the_course(), SYNONYMS, PASSED_OVER)


@cache
def _official() -> Index:
    return Index(of_official_pages(), SYNONYMS, PASSED_OVER, least=0.3)


def answer(question: str) -> Answer:
    """Look for a question's words in the course and in the official index. Nothing is guessed.

    An entry whose message is in the question comes first. Hits that have only some of the words are given
    where few have all of them.
    """
    ours, theirs = _course().search(question, limit=40), _official().search(question, limit=12)
    if not ours.words:
        return Answer((), (), ())
    if ours.meant and theirs.hits and not theirs.meant and not _is_partial(theirs):
        ours = Found((), ours.words)  # a word that either of them knows is no slip of the pen
    elif theirs.meant and ours.hits and not ours.meant and not _is_partial(ours):
        theirs = Found((), theirs.words)
    named = _named(question)
    complete = bool(named) or any(found.hits and not _is_partial(found) for found in (ours, theirs))
    best = max((hit.share for hit in (*ours.hits, *theirs.hits) if hit.has), default=0.0)
    ours, theirs = (replace(each, hits=_near(each.hits, best, complete)) for each in (ours, theirs))
    meant = ours.meant or theirs.meant
    unknown = tuple(word for word in ours.unknown if word in theirs.unknown)
    chosen = _chosen(ours.hits)
    first = tuple(hit for hit in named if hit.document not in [each.document for each in chosen[:1]])
    rest = tuple(hit for hit in chosen if hit.document not in [each.document for each in first])
    return Answer(
        course=(*first, *rest),
        pages=_pages(theirs.hits),
        words=ours.words,
        unknown=unknown,
        meant=tuple(meant.items()),
        complete=complete,
        named=bool(named),
    )


def _near(hits: Iterable[Hit], best: float, complete: bool) -> tuple[Hit, ...]:
    """The hits without those that have much less of the question than the best of them."""
    least = max(NEARLY * best, GOOD if complete else 0)
    return tuple(hit for hit in hits if not hit.has or hit.share >= least)


def _is_partial(found: Found) -> bool:
    """Whether the hits have only some of the words."""
    return bool(found.hits) and bool(found.hits[0].has)


def _named(question: str) -> tuple[Hit, ...]:
    """The entry of the index of errors whose message is in the question: the one that says most."""
    pasted = read(question)
    hits = [
        hit for hit in messages(pasted) or pieces(pasted) if hit.message and weight(hit.message) >= MESSAGE
    ]
    best = min(hits, key=lambda hit: hit.rank, default=None)
    if best is None or not isinstance(best.found, Entry):
        return ()
    title = best.found.heading
    documents = [each for each in of_the_course() if each.kind == "error" and each.title == title]
    return tuple(Hit(each, 0.0, "") for each in documents[:1])


def _chosen(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    ranked = sorted(hits, key=lambda hit: (bool(hit.has), -_score(hit)))
    best: dict[bool, float] = {}
    left = dict(MOST)
    chosen: list[Hit] = []
    for hit in ranked:
        faintest = FAINT * best.setdefault(bool(hit.has), _score(hit))
        room = left[hit.document.kind] and not (hit.has and len(chosen) >= MOST_PARTIAL)
        if room and _score(hit) >= faintest:
            left[hit.document.kind] -= 1
            chosen.append(hit)
    return tuple(chosen)


def _score(hit: Hit) -> float:
    return hit.score * (1.0 if hit.has else WEIGHT.get(hit.document.kind, 1.0))


def _pages(hits: Iterable[Hit]) -> tuple[Page, ...]:
    by_url = {page.url: page for page in official()}
    weighed = {hit.document.place: hit.score * _house(by_url[hit.document.place]) for hit in hits}
    ranked = sorted(weighed, key=lambda url: -weighed[url])
    return tuple(by_url[url] for url in ranked if weighed[url] >= FAINT * weighed[ranked[0]])[:PAGES]


def _house(page: Page) -> float:
    return HOUSE.get(page.site, 1.0)
