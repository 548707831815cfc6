"""Documents that have some of the words of a question, ranked: for whole sentences, as people write them.

A word weighs more the fewer documents have it (https://en.wikipedia.org/wiki/Tf-idf), and more if it is a
name in code (`root_path`, `AsyncClient`, `422`). A word that no document has weighs as much as the rarest.
If the question has names, a document must have one of them. A document counts only if the words that it has
weigh enough of the whole question: of a short question nearly all, of a long one less, since a sentence has
many words beside the subject; and less too if it has all the names. Nothing is claimed beyond that: each hit
says which words it has.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

TITLE, FURTHER, BODY, CODE = 1.0, 0.5, 0.3, 0.15
"""What a word counts in each of the four columns of the index."""
LONG_TITLE, LONG_FURTHER, SHORTENED = 8, 20, 0.6
"""A title, and further words, of more words say less with each; what such a word counts."""
TOGETHER = 0.3
"""What a word counts more if it is in the paragraph that has most of the words."""
SYNONYM = 0.7
"""What a synonym counts, where the word itself counts one."""
NAME = 1.6
"""How much more a name in code weighs than another word."""
ENOUGH = {1: 1.0, 2: 0.9, 3: 0.6, 4: 0.5}
"""The part of a question, by the number of its words, that a document must have."""
LEAST = 0.45
"""The same for longer questions."""
SUBJECT = 0.2
"""The part of a question that must be in the title of a document, or in its further words."""
IS_NAME = re.compile(r"\w[_.]\w|[a-z\d][A-Z]|^[A-Z]+[a-z]+[A-Z]|^[1-5]\d\d$")

Places = Mapping[int, Mapping[int, float]]
"""Where a phrase is: document -> paragraph -> what its best column counts."""


@dataclass
class Fit:
    """How a document fits: the words that it has, how much each counts, and in which paragraphs each is."""

    counts: dict[str, float] = field(default_factory=dict)
    parts: dict[int, set[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Ranked:
    """A document by its number: its score, how much of the question it has, and the words that it has."""

    document: int
    score: float
    share: float
    has: tuple[str, ...]


def is_name(word: str) -> bool:
    """Whether a word, as it was typed, is a name in code and not a word of English."""
    return IS_NAME.search(word) is not None


def ranked(
    words: Sequence[str],
    names: frozenset[str],
    find: Callable[[str], tuple[Places, Places]],
    number: int,
    least: float = LEAST,
) -> list[Ranked]:
    """The documents that have enough of the words, best first.

    Args:
        words: the words of the question.
        names: those of them that are names in code.
        find: where a word itself is, and where its synonyms are.
        number: how many documents there are.
        least: the part of a question of five words and more that a document must have.
    """
    fits: dict[int, Fit] = {}
    weights: dict[str, float] = {}
    for word in words:
        itself, synonyms = find(word)
        having = len(itself.keys() | synonyms.keys())
        weights[word] = math.log(1 + number / max(having, 1)) * (NAME if word in names else 1)
        for places, factor in ((itself, 1.0), (synonyms, SYNONYM)):
            for document, parts in places.items():
                fit = fits.setdefault(document, Fit())
                best = max(parts.values()) * factor
                fit.counts[word] = max(fit.counts.get(word, 0), best)
                for part in parts:
                    fit.parts.setdefault(part, set()).add(word)
    whole = sum(weights.values())
    known = {word for word in names if any(word in fit.counts for fit in fits.values())}
    enough = ENOUGH.get(len(words), least) * whole
    found = []
    for document, fit in fits.items():
        weight = sum(weights[word] for word in fit.counts)
        subject = sum(weights[word] for word, count in fit.counts.items() if count > BODY)
        named = not known or bool(known & fit.counts.keys())
        needed = least * whole if known and known <= fit.counts.keys() else enough
        if weight >= needed and subject >= SUBJECT * whole and named:
            together = max(sum(weights[word] for word in part) for part in fit.parts.values())
            score = sum(weights[word] * count for word, count in fit.counts.items()) + TOGETHER * together
            score *= weight / whole
            has = tuple(word for word in words if word in fit.counts)
            found.append(Ranked(document, score, score / whole, has))
    return sorted(found, key=lambda each: -each.score)
