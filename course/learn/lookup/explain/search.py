"""Finds the entries that fit a text: exact messages first, then requirements, then words.

Saying that nothing fits is a good result: the words of Python's own messages (`got an unexpected keyword
argument`) are no likeness, and the names in a message (`'lot' object`, `read_lot()`) must be in an entry too.
"""

import builtins
import math
import re
from dataclasses import dataclass
from functools import cache

from course.learn.lookup.explain.entries import Entry, entries, is_message
from course.learn.lookup.explain.misconception_entries import Mistake, mistakes
from course.learn.lookup.explain.pasted import Pasted, plain, read

MOST = 3
"""How many are shown at most."""
WORD = re.compile(r"[a-z_][a-z0-9_]+|\d{3,4}")
STOP = frozenset(
    WORD.findall(
        "the and for not with that this from are was were has have had but you your its his her our can "
        "cannot will does did into what which when where who why how than then there here it is in on of to "
        "as at by be an or if no so do my me we us they them out up all any some one "
        "error errors exception wrong fails failed problem"
    )
)
KINDS = frozenset(name.lower() for name, kind in vars(builtins).items() if isinstance(kind, type))
"""Python's own exceptions, and types: their names alone do not say what went wrong."""
TITLE = 20
"""A title longer than this is known by itself."""
LONG = 12
"""A message longer than this is not a word by chance."""
NAME = re.compile(r"[\w.]*(?:Error|Exception|Warning)")
ALONE = 25
"""A message of at least so many characters is known without the name of its exception."""
PARTS = 0.5
"""The part of a message that a text must be to count as a piece of it."""
TOGETHER = 8
"""Fewer characters are no piece of a message, but a word."""
BOILERPLATE = frozenset(
    WORD.findall(
        "got unexpected keyword argument arguments object attribute missing required positional field fields "
        "type types value valid invalid expected input module name named defined import call called function "
        "method class instance list str string dict int integer status code line number takes given return "
        "returned typeerror valueerror nameerror attributeerror runtimeerror keyerror importerror detail loc "
        "msg body query path unable able header found none true false set default parameter "
        "value_error type_error"
    )
)
"""Words of which messages are made. They say nothing about what went wrong unless others fit too."""
QUOTED = re.compile(r"'([^'\s]{2,60})'|([\w.]+)\(\)")
"""A name in a message: in quotes, or with the brackets of a call."""
JSON = frozenset(WORD.findall("detail type loc msg input ctx url body query path header cookie"))
STATUS = re.compile(r"(?:[a-z ]{0,40}\s|^)([1-5]\d\d)(?:\s[a-z ]{0,40})?")
"""A short text about one status code."""
ENOUGH = 0.6
"""The part of a question's words, weighed by how rare they are, that an entry must have."""


@dataclass(frozen=True)
class Hit:
    """One thing found, and why: what of the text fits it. `exact` is False for likeness of words."""

    found: Entry | Mistake
    why: str
    exact: bool
    rank: tuple[float, ...]
    message: str = ""


def search(text: str) -> list[Hit]:
    """What explains a text, the best first, at most three; exact hits leave no room for likely ones."""
    pasted = read(text)
    hits = [*_mistakes(pasted), *messages(pasted)]
    hits = hits or pieces(pasted) or _statuses(pasted) or _words(pasted)
    best: dict[str, Hit] = {}
    for hit in sorted(hits, key=lambda hit: hit.rank):
        best.setdefault(hit.found.address, hit)
    return list(best.values())[:MOST]


@cache
def pattern(message: str) -> re.Pattern[str]:
    """A message as a pattern for plain text; `…` stands for up to 200 characters, in quotes for no quote."""
    parts = re.split("(?<=')…(?=')", loose(message))
    return re.compile("[^']{0,200}".join(".{0,200}?".join(map(re.escape, part.split("…"))) for part in parts))


def loose(message: str) -> str:
    """A message made plain, without a full stop, and without spaces around what varies, as in a list."""
    return re.sub(" ?… ?", "…", plain(message)).rstrip(".")


def weight(message: str) -> int:
    """How much a message says: its characters without what varies."""
    return len(loose(message).replace("…", ""))


def messages(pasted: Pasted) -> list[Hit]:
    """The entries of which a message, or the title, is in a text."""
    hits = []
    whole_text = pasted.pieces[-1][1]
    for entry in entries():
        title = plain(entry.title)
        if not is_message(entry.heading) and len(title) > TITLE and title in whole_text:
            hits.append(Hit(entry, "it is named in the text", True, (1, 0, -len(title))))
        for message in entry.messages:
            for variant in variants(message):
                found = _found(variant, pasted)
                if found is not None:
                    depth, name = found
                    why = f"{name} says `{variant}`"
                    hits.append(Hit(entry, why, True, (2, depth, -weight(variant)), message))
                    break
    return hits


@cache
def variants(message: str) -> tuple[str, ...]:
    """A message, and the same without the exception's name in front, if enough of it is left."""
    name, _, rest = message.partition(": ")
    alone = NAME.fullmatch(name) is not None and weight(rest) >= ALONE
    return (message, rest) if alone else (message,)


def _found(message: str, pasted: Pasted) -> tuple[int, str] | None:
    """The first piece that has a message: its number and what it is."""
    longest = max(loose(message).split("…"), key=len)
    for depth, (name, piece) in enumerate(pasted.pieces):
        if longest in piece and (match := pattern(message).search(piece)):
            return (depth, name) if weight(message) > LONG or _whole(piece, match) else None
    return None


def _whole(piece: str, match: re.Match[str]) -> bool:
    """Whether what was found is not a part of a longer word."""
    return not re.match(r"\w", piece[match.end() :]) and not re.search(r"[\w']$", piece[: match.start()])


def pieces(pasted: Pasted) -> list[Hit]:
    """The entries with a message of which the whole text is a piece: `object is not callable`."""
    text = pasted.pieces[-1][1].strip(".! ")
    if len(text) < TOGETHER or len(WORD.findall(text)) < 2:
        return []
    hits = []
    for entry in entries():
        for message in entry.messages:
            at = loose(message).find(text)
            part = len(text) / weight(message) if weight(message) else 0
            if at >= 0 and part >= PARTS:
                hits.append(Hit(entry, f"it is a part of the message `{message}`", True, (3, -part), message))
    return hits


def _statuses(pasted: Pasted) -> list[Hit]:
    """The entries whose message begins with the status code that a short text is about."""
    match = STATUS.fullmatch(pasted.pieces[-1][1].strip(".:!? "))
    if match is None:
        return []
    code = re.compile(rf"{match[1]}\b")
    return [
        Hit(entry, f"it is about the status code {match[1]}", True, (3, order))
        for order, entry in enumerate(entries())
        if any(code.match(message) for message in entry.messages[:1])
    ]


def _mistakes(pasted: Pasted) -> list[Hit]:
    whole = pasted.pieces[-1][1]
    hits = []
    for order, one in enumerate(mistakes()):
        told = bool(one.sentence) and plain(one.sentence) in whole and not one.in_every_chapter
        if (title := plain(one.entry.title)) in whole and (told or len(title) > TITLE):
            hits.append(Hit(one, "it is named in the text", True, (0 if told else 1, 0, -len(title), order)))
        elif told and one.seen_in(pasted.text):
            shown = len("".join(one.entry.symptoms))
            why = "the requirement and what was expected fit" if shown else "the requirement fits"
            hits.append(Hit(one, why, True, (1, 1, bool(one.entry.code), -shown, order)))
        elif told:
            hits.append(Hit(one, "the requirement fits; the rest may differ", True, (3, order)))
    return hits


def tokens(text: str) -> frozenset[str]:
    """The words of a plain text that say something."""
    return frozenset(WORD.findall(text)) - STOP


@cache
def _table() -> tuple[list[tuple[Entry | Mistake, frozenset[str], frozenset[str]]], dict[str, float]]:
    """All entries with the words of their headings and of the rest, and how rare each word is."""
    rows: list[tuple[Entry | Mistake, frozenset[str], frozenset[str]]] = []
    for entry in entries():
        head = tokens(plain(f"{entry.title} {' '.join(entry.messages)}"))
        rows.append((entry, head, tokens(plain(f"{entry.printed} {entry.means} {entry.do}"))))
    for one in mistakes():
        head = tokens(plain(one.entry.title))
        rows.append((one, head, tokens(plain(f"{one.sentence} {one.entry.why}"))))
    count: dict[str, int] = {}
    for _, head, rest in rows:
        for word in head | rest:
            count[word] = count.get(word, 0) + 1
    return rows, {word: math.log(1 + len(rows) / number) for word, number in count.items()}


def names(piece: str) -> frozenset[str]:
    """The words of the names in a plain message: of classes, functions, arguments, fields."""
    found = {name for pair in QUOTED.findall(piece) for name in pair if name}
    return frozenset(word for name in found for word in WORD.findall(name)) - JSON


def _words(pasted: Pasted) -> list[Hit]:
    piece = pasted.pieces[0][1]
    asked = tokens(piece)
    rows, rare = _table()
    unknown = math.log(1 + len(rows))
    whole = sum(rare.get(word, unknown) for word in asked)
    if not asked or len(asked) > 60 or max(rare.get(word, 0) for word in asked) < 2:
        return []
    named, subjects = names(piece), asked - KINDS - BOILERPLATE
    hits = []
    for found, head, rest in rows:
        fits = asked & (head | rest)
        share = sum(rare[word] for word in fits) / whole
        telling = fits & subjects
        # A mistake is told by its title: the words of an explanation are about many things.
        mistake = isinstance(found, Mistake)
        where, least = (head, 2) if mistake else (head | rest, min(2, len(subjects)))
        if not named <= where or not telling & head or len(telling & where) < least:
            continue
        if share >= ENOUGH:
            score = sum(rare[word] * (3 if word in head else 1) for word in fits)
            known = isinstance(found, Entry) and pasted.libraries & head
            why = "these words stand in it: " + ", ".join(sorted(fits, key=lambda word: -rare[word])[:5])
            hits.append(Hit(found, why, False, (4, -score - bool(known))))
    return hits
