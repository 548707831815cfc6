"""A small search over documents, in memory: SQLite's full-text index, and rules for when a hit is one.

The rules: a hit has all the words of the question, or a synonym of each, in its title, its further words and
one paragraph of its body together. Words that say nothing (`how`, `use`) are passed over. Nothing is guessed:
a word that stands nowhere is named, with the word of the index that is nearest to it, if one is near.

Ranking is bm25 over stems (https://www.sqlite.org/fts5.html, sections 4.3.3 and 5.1.1).
"""

import difflib
import re
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

WORD = re.compile(r"\w+(?:[._+-]\w+)*")
LONGEST_QUESTION = 2000
"""Characters of a question that are read."""
MOST_WORDS = 12
TITLE, FURTHER, BODY, CODE = 8.0, 5.0, 1.0, 0.4
"""What a word weighs in each of the four columns. Code is a paragraph whose first line is indented."""
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
        kind: what sort of thing it is, for whoever shows it.
        words: further words by which people look for it.
    """

    title: str
    body: str
    place: str
    kind: str = ""
    words: str = ""


@dataclass(frozen=True)
class Hit:
    """A document that has all the words: how well it fits (more is better), and a piece of it with them."""

    document: Document
    score: float
    context: str


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
    """

    def __init__(
        self,
        documents: Iterable[Document],
        synonyms: Mapping[str, Sequence[str]] | None = None,
        passed_over: Collection[str] = (),
    ) -> None:
        self._documents = list(documents)
        self._synonyms = synonyms or {}
        self._passed_over = frozenset(passed_over)
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
        if not unknown:
            return Found(self._hits(words, limit), words)
        meant = {word: near for word in unknown if spell and (near := self._nearest(word))}
        if len(meant) == len(unknown):
            hits = self._hits(tuple(meant.get(word, word) for word in words), limit)
            if hits:
                return Found(hits, words, unknown, meant)
        return Found((), words, unknown)

    def words_of(self, question: str) -> tuple[str, ...]:
        """The words of a question that say something, each once, in order."""
        plain = question[:LONGEST_QUESTION].replace("\0", " ").casefold()
        words = dict.fromkeys(word.strip("._+-") for word in WORD.findall(plain))
        telling = [word for word in words if len(word) > 1 and word not in self._passed_over]
        return tuple(telling[:MOST_WORDS])

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
