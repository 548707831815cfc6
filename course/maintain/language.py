"""The words that the course does not write, and what it writes in their place.

A reader searches the official documentation with the words that they read here. So a thing has its official
name every time, and no other. Read are prose, captions, comments, docstrings, and texts of at least three
words in code, such as messages, hints, the sentences of requirements and the reasons of predictions; in the
code of chapters, names too.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from course import paths
from course.maintain import language_sources as sources
from course.maintain.language_sources import Piece

MACHINERY = r"course/(?!chapters|misconceptions|pages)"
ABOUT_CLASSES = rf"{MACHINERY}|course/pages/(?!errors|changed|official)|README|\.github"
"""Where `room` is the room of a class."""


@dataclass(frozen=True)
class Rule:
    """A word that is not written: as a pattern, and what to write. A space matches any white space.

    `unless` is what may stand there after all, with the word in it. `nowhere_in` are the paths of files in
    which the word is the right one.
    """

    pattern: str
    write: str
    unless: str = ""
    nowhere_in: str = ""


RULES = (
    Rule(r"answer(?:s|ed|ing)?", "response; responds with, returns",
         unless=r"(?:your|right|wrong|correct|folded|hoped for|expected|three|teacher's|learner's) answers?"
         r"|answers? (?:to|of|for) (?:\w+ )?(?:questions?|predictions?|guess\w*)|answers? aloud"
         r"|questions?,? (?:and|with|has|have|is|are|that|which) .{0,30}answer\w*"
         r"|answer\w* (?:\w+ )?questions?|answers? of a prediction|predictions?.{0,20}answers?",
         nowhere_in=rf"{MACHINERY}|course/pages/(?:guide|board|workshop|grades|slides|hub)|\.github"),
    Rule(r"what goes out", "the response"),
    Rule(r"ask(?:s|ed|ing)? (?:the|a) database|questions? (?:to|of|for) (?:the|a) database", "query"),
    Rule(r"ask(?:s|ed|ing)? for (?:a |an |the |its |their )?(?:dependenc\w+|session|settings|store|clock|`+)",
         "declare, depend on"),
    Rule(r"filed", "registered"),
    Rule(r"hung up|hangs? (?:under|up)|stands? under", "is registered, is mounted, has the path",
         nowhere_in="ch01"),
    Rule(r"handlers?", "path operation function; endpoint",
         unless=r"(?:exception|error|log|logging|signal|event|default|stream|file)[- ]handlers?"
         r"|handlers? (?:for|of) (?:an? |the |every |all |its )?(?:`+|exceptions?|errors?|\w+Error)",
         nowhere_in=rf"{MACHINERY}|ch07|errors/middleware|errors/answers|exam_part1"),
    Rule(r"callers?", "client; user; bidder", nowhere_in=MACHINERY),
    Rule(r"whoever", "the client, the user, the bidder"),
    Rule(r"somebody|nobody", "name the actor: the client, a user, no bidder"),
    Rule(r"the (?:front )?(?:house|desk|hall|door)s?", "the service; the application; the endpoint"),
    Rule(r"conversations?", "the connection"),
    Rule(r"the line (?:is|was|stays) (?:open|closed|cut|dead|busy)|hang(?:s|ing)? up", "the connection",
         nowhere_in="ch01"),
    Rule(r"(?:says?|sends?|sent|hears?|receives?) (?:a|each|every|the|one) (?:word|sentence)", "message"),
    Rule(r"news", "event"),
    Rule(r"post offices?", "SMTP server"),
    Rule(r"letters?", "e-mail",
         unless=r"(?:single|one|two|three) letters?|letters?,? (?:a to|digits)|letter by letter",
         nowhere_in=rf"{MACHINERY}|ch0[0-7]|pages/(?!errors|guide|reference)|errors/(?!background)"),
    Rule(r"errands?", "background task"),
    Rule(r"rooms?", "channel", unless=r"(?:no|more|much|enough|make|leave|leaves) room|room (?:for|to)",
         nowhere_in=ABOUT_CLASSES),
    Rule(r"seats?|mailrooms?|the floor", "subscription; the name of what it holds",
         nowhere_in=MACHINERY),
    Rule(r"hand(?:s|ed|ing)? (?:over|out|back|you|it|them)|handed|lent|lends?", "injected, yielded, passed",
         unless=r"handed in"),
    Rule(r"what was sent", "the request; the request body", nowhere_in=MACHINERY),
    Rule(r"names? of (?:a|the|each|every) request", "request ID"),
    Rule(r"(?:write|writes|wrote|written|writing) (?:\w+ )?down", "logged; stored",
         unless=r"guess\w* (?:that )?(?:you )?wrote down|write down (?:what|which|for|a guess|your)"),
    Rule(r"believ(?:e|es|ed|ing)", "accepted, verified", unless=r"believes? that"),
    Rule(r"(?:throws?|threw|thrown|throwing) (?:\w+ )?away|forgotten", "discarded, rolled back, evicted"),
    Rule(r"puts? (?:up (?:a|the|your|this) lot|(?:a|the|your) lots? up)", "create a lot"),
    Rule(r"shapes?", "schema, model", nowhere_in=MACHINERY),
    Rule(r"(?:naive|aware) moments?|a moment", "a datetime",
         unless=r"(?:for|at|in|within|after) a moment|a moment (?:ago|later|before|when)",
         nowhere_in=MACHINERY),
    Rule(r"(?:small|capital) letters?|capitals", "lower case, upper case"),
    Rule(r"(?:leave|leaves|left|leaving) (?:\w+ )?away|lets? out", "omits"),
    Rule(r"(?:is|was|are|were|not|be) content", "returns normally; raises", unless=r"is content too large"),
    Rule(r"good (?:for )?once", "single-use"),
    Rule(r"dear|engaged|ere|of (?:it|them) is known|betake|hitherto", "a plain word"),
    Rule(r"(?:house|door|line|words|facts)\.js|(?:conversation|letters|errands)\.py",
         "a name whose content a newcomer can predict"),
)  # fmt: skip
NAMES = {
    "answer": "response", "answers": "responses", "errand": "task", "errands": "tasks",
    "floor": "what it holds", "mailroom": "what it holds", "seat": "subscription", "seats": "subscriptions",
    "goodbye": "what it means", "trouble": "what it means", "shown": "to_lot_read", "hear": "receive",
    "letter": "email", "letters": "emails", "news": "event", "whoever": "user", "somebody": "user",
    "nobody": "what it means", "house": "service", "conversation": "connection",
}  # fmt: skip
"""Parts of names in the code of chapters that say nothing to a newcomer, and what says it."""
APP = re.compile(r"(?:app|demo)(?:_\w+)?|\w+_(?:app|demo)")
"""What an application is called that a cell makes."""
PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


@dataclass(frozen=True)
class Finding:
    """A word that should not be there."""

    path: str
    line: int
    word: str
    write: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: `{self.word}`; write: {self.write}"


def findings(path: Path) -> list[Finding]:
    """What a file should say otherwise, in the order of its lines."""
    name = path.relative_to(paths.ROOT).as_posix()
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py" and not ANY.search(text):
        return []
    rules = [each for each in COMPILED if not each.nowhere_in or not re.search(each.nowhere_in, name)]
    found = {
        (line, word): Finding(name, line, word, write)
        for piece in sources.pieces(path, text)
        for line, word, write in (_in_prose(piece, rules) if piece.kind == "prose" else _in_code(piece))
    }
    return [found[key] for key in sorted(found)]


def every() -> list[Finding]:
    """What all files of the course should say otherwise."""
    return [finding for path in sources.files() for finding in findings(path)]


def _in_prose(piece: Piece, rules: list["Compiled"]) -> Iterator[tuple[int, str, str]]:
    if not ANY.search(piece.text):
        return
    for rule in rules:
        spans: list[tuple[int, int]] | None = None
        for found in rule.pattern.finditer(piece.text):
            if spans is None:
                spans = [each.span() for each in rule.unless.finditer(piece.text)] if rule.unless else []
            if not any(begin <= found.start() and found.end() <= end for begin, end in spans):
                line = piece.line + piece.text.count("\n", 0, found.start())
                yield line, " ".join(found[0].split()), rule.write


def _in_code(piece: Piece) -> Iterator[tuple[int, str, str]]:
    if piece.kind == "app":
        if not APP.fullmatch(piece.text):
            yield piece.line, piece.text, "app or demo, for an application"
        return
    for part in PART.findall(piece.text):
        if part.lower() in NAMES:
            yield piece.line, piece.text, NAMES[part.lower()]


class Compiled(NamedTuple):
    """A rule with its patterns ready."""

    pattern: re.Pattern[str]
    write: str
    unless: re.Pattern[str] | None
    nowhere_in: str


def _pattern(words: str) -> re.Pattern[str]:
    spaced = words.replace(" ", r"\s+")
    return re.compile(rf"(?<![\w-])(?:{spaced})(?![\w-])", re.IGNORECASE)


COMPILED = [
    Compiled(
        _pattern(rule.pattern), rule.write, _pattern(rule.unless) if rule.unless else None, rule.nowhere_in
    )
    for rule in RULES
]
ANY = _pattern("|".join(rule.pattern for rule in RULES))
"""Most texts hold none of the words: one look is enough."""
