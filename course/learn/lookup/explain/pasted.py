"""Reads what a learner pasted: a message, a traceback, a response's JSON, a checkpoint's report.

A text is cut into pieces. The piece that says most is the last exception of a traceback, the one that nothing
caught; then those that it came from; then the text as a whole.
"""

import re
from dataclasses import dataclass

from course.learn.lookup.explain.older_wording import translated

LONGEST = 60_000
"""Characters that are looked at: of a longer text its end, where a traceback says what happened."""
ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffd\u200b-\u200f\u202a-\u202e]")
QUOTES = str.maketrans(dict.fromkeys('"`´‘’“”', "'"))
SPACED = re.compile(r" ?([\[\](){}:,=]) ?")
HEAD = re.compile(
    r"^[ |+-]*(?:E {2,})?(?P<name>(?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Warning|Disconnect\w*"
    r"|Response|Found|Exit|Interrupt|Group|Timeout|Greenlet|Protocol|Value))(?: +Traceback.*)?(?::|$)",
)
BREAK = re.compile(
    r"^ *(?:Traceback \(most recent call last\)|During handling of the above|The above exception was)"
)
LIBRARIES = ("fastapi", "starlette", "pydantic", "sqlalchemy", "uvicorn", "jwt", "pwdlib", "httpx")


@dataclass(frozen=True)
class Pasted:
    """What was pasted: the text, its pieces with what they are, and the libraries that its lines passed."""

    text: str
    pieces: tuple[tuple[str, str], ...]
    libraries: frozenset[str]
    cut: bool


def _is_warning(piece: str) -> bool:
    head = HEAD.match(piece)
    return head is not None and head["name"].endswith("Warning")


def plain(text: str) -> str:
    """One line in lower case, in which quotes and spaces no longer differ: JSON and its `repr` look alike."""
    line = " ".join(text.split()).translate(QUOTES)
    return SPACED.sub(r"\1", line).lower()


def read(text: str) -> Pasted:
    """Cut a pasted text into pieces, each made plain; the most telling first."""
    cut = len(text) > LONGEST
    text = text[-LONGEST:] if cut else text
    text = CONTROL.sub(" ", ESCAPES.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))
    pieces: list[str] = []
    inside: list[str] | None = None
    for line in text.split("\n"):
        if BREAK.match(line):
            inside = None
        elif HEAD.match(line):
            inside = [line]
            pieces.append("")
        elif inside is not None:
            inside.append(line)
        if inside is not None:
            pieces[-1] = "\n".join(inside)
    pieces.reverse()
    pieces.sort(key=_is_warning)
    told = [
        ("the exception" if not at else "what stands before it", piece) for at, piece in enumerate(pieces)
    ]
    told.append(("the text", text))
    libraries = {name for name in LIBRARIES if re.search(rf"\b{name}[./\\]", text)}
    made = [(name, plain(piece)) for name, piece in told]
    if older := translated(made[-1][1]):
        made.insert(-1, ("the text, in the words of Pydantic 2,", older))
    return Pasted(text, tuple(made), frozenset(libraries), cut)
