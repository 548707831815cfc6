"""A small search over documents, in memory: SQLite's full-text index, and rules for when a hit is one.

The rules: a hit has all the words of the question, or a synonym of each, in its title, its further words and
one paragraph of its body together. Words that say nothing (`how`, `use`) are passed over. Nothing is guessed:
a word that is not in the index is named, with the word of the index that is nearest to it, if one is near.
Where no document has all the words, those that have the most telling ones are given, and which words each has
(see `course.learn.lookup.find.partial`).

Ranking is bm25 over stems (https://www.sqlite.org/fts5.html, sections 4.3.3 and 5.1.1).
"""

import difflib
import re
import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from course.learn.lookup.find import partial
from course.learn.lookup.find.partial import Places, is_name, ranked

WORD = re.compile(r"\w+(?:[._+'’-]\w+)*")
OWNED = re.compile(r"['’]s$")
LONGEST_QUESTION = 2000
"""Characters of a question that are read."""
MOST_WORDS = 16
TITLE, FURTHER, BODY, CODE = 8.0, 5.0, 1.0, 0.4
"""What a word weighs in each of the four columns. Code is a paragraph whose first line is indented."""
COLUMNS = {"title": partial.TITLE, "further": partial.FURTHER, "body": partial.BODY, "code": partial.CODE}
FEW = 3
"""Fewer hits that have all the words are joined by some that have most of them."""
BRACES = re.compile(r"\{\w+\}")
"""A parameter in a path, as in `/lots/{lot_id}`."""
TYPED = re.compile(r"[\w.]*\w")
CUTOFF = 0.85
"""How much alike a word and the one that was meant are, as difflib counts it."""
BEGIN, END = "\x02", "\x03"
"""What SQLite puts around a word that was found, so that a piece of text without one is known."""
MARKS = re.compile(f"[{BEGIN}{END}]|\\*\\*")


@dataclass(frozen=True)
class Document:
    """Something that can be found.

    Args:
        title: what it is called; words in it weigh most.
        body: its text; paragraphs are parted by blank lines, and code is indented.
        place: where it is, in words for a person.
        kind: what sort of thing it is, to display it.
        words: further words by which people look for it.
    """

    title: str
    body: str
    place: str
    kind: str = ""
    words: str = ""


@dataclass(frozen=True)
class Hit:
    """A document that fits: how well (more is better), a piece of it, and which words of the question it has.

    `has` is empty where it has all of them; `share` then is 1, and otherwise how much of the question it has.
    """

    document: Document
    score: float
    context: str
    has: tuple[str, ...] = ()
    share: float = 1.0


@dataclass(frozen=True)
class Found:
    """What a search gives: hits, best first; its words; those that stand nowhere; what was meant."""

    hits: tuple[Hit, ...] = ()
    words: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    meant: Mapping[str, str] = field(default_factory=dict)


class Index:
    """Documents, ready to be searched.

    Args:
        documents: what can be found.
        synonyms: for a word, the phrases that count as that word.
        passed_over: words of a question that say nothing about what is looked for.
        least: the part of a long question that a document must have.
    """

    def __init__(
        self,
        documents: Iterable[Document],
        synonyms: Mapping[str, Sequence[str]] | None = None,
        passed_over: Collection[str] = (),
        least: float = partial.LEAST,
    ) -> None:
        self._documents = list(documents)
        self._synonyms = synonyms or {}
        self._passed_over = frozenset(passed_over)
        self._least = least
        self._long = {column: frozenset[int]() for column in COLUMNS} | {
            "title": self._longer_than(partial.LONG_TITLE, lambda each: each.title),
            "further": self._longer_than(partial.LONG_FURTHER, lambda each: each.words),
        }
        self._table = sqlite3.connect(":memory:")
        self._table.execute(
            "CREATE VIRTUAL TABLE parts USING fts5(title, further, body, code, number UNINDEXED,"
            ' tokenize = "porter unicode61 remove_diacritics 2")'
        )
        rows = (
            (each.title, each.words, *(("", part) if part.startswith("    ") else (part, "")), number)
            for number, each in enumerate(self._documents)
            for part in re.split(r"\n\s*\n", each.body.strip("\n"))
        )
        self._table.executemany("INSERT INTO parts VALUES (?, ?, ?, ?, ?)", rows)

    def search(self, question: str, *, limit: int = 10, spell: bool = True) -> Found:
        """The documents that answer a question, best first. Any text may be asked, however odd."""
        words = self.words_of(question)
        if not words:
            return Found()
        unknown = tuple(word for word in words if not self._stands(word))
        if not unknown and (hits := self._hits(words, limit)):
            others = self._partial(question, words, limit, hits) if len(hits) < FEW else ()
            return Found((*hits, *others), words)
        meant = {word: near for word in unknown if spell and (near := self._nearest(word))}
        mended = tuple(dict.fromkeys(meant.get(word, word) for word in words))
        if unknown and len(meant) == len(unknown) and (hits := self._hits(mended, limit)):
            return Found(hits, words, unknown, meant)
        hits = self._partial(question, mended, limit)
        return Found(hits, words, unknown, meant if hits else {})

    def _partial(
        self, question: str, words: Sequence[str], limit: int, besides: Sequence[Hit] = ()
    ) -> tuple[Hit, ...]:
        """The documents, besides those that have all the words, that have most of them."""
        typed = TYPED.findall(question[:LONGEST_QUESTION])
        names = frozenset(word.casefold() for word in typed if is_name(word))
        best = ranked(words, names, self._places, len(self._documents), self._least)[:limit]
        known = {id(hit.document) for hit in besides}
        return tuple(
            Hit(self._documents[it.document], it.score, self._context(it.document, it.has), it.has, it.share)
            for it in best
            if id(self._documents[it.document]) not in known
        )

    def words_of(self, question: str) -> tuple[str, ...]:
        """The words of a question that say something, each once, in order."""
        plain = BRACES.sub(" path parameter ", question[:LONGEST_QUESTION].replace("\0", " ")).casefold()
        found = (OWNED.sub("", word).replace("’", "'").strip("._+-'") for word in WORD.findall(plain))
        words = dict.fromkeys(found)
        telling = [word for word in words if len(word) > 1 and word not in self._passed_over]
        return tuple(telling[:MOST_WORDS])

    def _longer_than(self, most: int, text: Callable[[Document], str]) -> frozenset[int]:
        numbered = enumerate(self._documents)
        return frozenset(number for number, each in numbered if len(WORD.findall(text(each))) > most)

    def _places(self, word: str) -> tuple[Places, Places]:
        """Where a word is in each document, and where a synonym of it is."""
        return self._counted([word]), self._counted(self._synonyms.get(word, ()))

    def _counted(self, phrases: Iterable[str]) -> Places:
        places: dict[int, dict[int, float]] = {}
        quoted = " OR ".join(f'"{phrase}"' for phrase in phrases)
        for column, counts in COLUMNS.items() if quoted else ():
            query = f"{column} : ({quoted})"
            for part, number in self._table.execute(
                "SELECT rowid, number FROM parts WHERE parts MATCH ?", (query,)
            ):
                parts = places.setdefault(number, {})
                long = number in self._long[column]
                parts[part] = max(parts.get(part, 0), counts * (partial.SHORTENED if long else 1))
        return places

    def _context(self, number: int, words: Sequence[str]) -> str:
        """A piece of the paragraph that has most of the words."""
        query = "body : (" + " OR ".join(self._match(word) for word in words) + ")"
        row = self._table.execute(
            "SELECT snippet(parts, 2, ?, ?, ' … ', 30) FROM parts WHERE parts MATCH ? AND number = ?"
            " ORDER BY rank LIMIT 1",
            (BEGIN, END, query, number),
        ).fetchone()
        return " ".join(MARKS.sub("", row[0]).split()) if row else ""

    def _match(self, word: str) -> str:
        phrases = dict.fromkeys((word, *self._synonyms.get(word, ())))
        return "(" + " OR ".join(f'"{phrase}"' for phrase in phrases) + ")"

    def _stands(self, word: str) -> bool:
        """Whether the word, or a synonym of it, stands anywhere."""
        asked = self._table.execute("SELECT 1 FROM parts WHERE parts MATCH ? LIMIT 1", (self._match(word),))
        return asked.fetchone() is not None

    def _hits(self, words: Sequence[str], limit: int) -> tuple[Hit, ...]:
        query = " AND ".join(self._match(word) for word in words)
        rows = self._table.execute(
            f"SELECT number, bm25(parts, {TITLE}, {FURTHER}, {BODY}, {CODE}) AS rank,"
            " snippet(parts, 2, ?, ?, ' … ', 30) FROM parts WHERE parts MATCH ? ORDER BY rank LIMIT 600",
            (BEGIN, END, query),
        )
        scores: dict[int, float] = {}
        contexts: dict[int, str] = {}
        for number, rank, piece in rows:
            scores.setdefault(number, -rank)
            if BEGIN in piece and number not in contexts:
                contexts[number] = " ".join(MARKS.sub("", piece).split())
        best = list(scores)[:limit]
        return tuple(Hit(self._documents[each], scores[each], contexts.get(each, "")) for each in best)

    def _nearest(self, word: str) -> str | None:
        """The word of the index that this one may be a slip of."""
        near = difflib.get_close_matches(word, self._near_in_length(len(word)), n=1, cutoff=CUTOFF)
        return near[0] if near and len(word) > 4 else None

    def _near_in_length(self, length: int) -> list[str]:
        return [word for word in self._vocabulary if abs(len(word) - length) <= 2]

    @cached_property
    def _vocabulary(self) -> list[str]:
        told = " ".join(f"{each.title} {each.words} {each.body}" for each in self._documents).casefold()
        return sorted(set(re.findall(r"[a-z]+", told)))
