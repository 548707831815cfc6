"""What is written by hand for a chapter, in `course/pages/guide/chNN_slug.md`, in fixed parts.

A name in double brackets is a promise: `[[A heading]]` is a heading of the chapter, and ``[[`some code`]]``
is text of one of its cells. A page that names what is not there is refused: so a guide goes stale loudly.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from course import paths
from course.engine import misconceptions
from course.engine.chapters import Chapter
from course.errors import CourseError
from course.teach.guide import lesson
from course.teach.guide.lesson import OPENING, Lesson

PARTS = ("Prepare", "Say", "Draw", "Ask", "Stop here", "Watch for", "Expect first")
CUTS = ("15 minutes short", "30 minutes short", "Half the time")
ANSWERS = ("after", "hoped", "wrong", "then")
NAMED = re.compile(r"\[\[(`?)(.+?)\1\]\]", re.DOTALL)
ITEM = re.compile(r"^- (\w[\w ]*): (.*?)(?=^- |\Z)", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Asked:
    """A question to the room: after which section, what one hopes for, what one will get, how to go on."""

    question: str
    after: str
    hoped: str
    wrong: str
    then: str


@dataclass(frozen=True)
class Cut:
    """What to do with less time: headings to leave out, what to show instead, how learners catch up."""

    name: str
    leave: tuple[str, ...]
    show: str


@dataclass(frozen=True)
class Written:
    """The hand-written page of a chapter; the parts that are kept as Markdown, and those that are read."""

    parts: dict[str, str]
    asked: tuple[Asked, ...]
    cuts: tuple[Cut, ...]
    first: tuple[str, ...]
    """The names of the misconceptions to expect first, in the author's judgement."""


def path(chapter: Chapter) -> Path:
    return paths.ROOT / "course" / "pages" / "guide" / f"{chapter.stem}.md"


@cache
def read(chapter: Chapter) -> Written:
    """The hand-written page of a chapter.

    Raises:
        CourseError: it is not there, lacks a part, or names what the chapter does not have.
    """
    file = path(chapter)
    if not file.exists():
        raise CourseError(
            f"{paths.shown(file)} is not there.", f"Write it, with the parts {', '.join(PARTS)}."
        )
    return parse(file.read_text(encoding="utf-8"), lesson.read(chapter))


def parse(text: str, of: Lesson) -> Written:
    """A hand-written page, and whether what it names is in the chapter."""
    parts = {}
    for piece in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        name, _, body = piece.partition("\n")
        parts[name.strip()] = body.strip()
    _expect(of, tuple(parts) == PARTS, "its parts are not in order", f"It has these: {', '.join(PARTS)}.")
    _check_names(text, of)
    for part in ("Say", "Draw"):
        for heading, _ in pieces(parts[part]):
            known = of.section(heading) is not None
            _expect(of, known, f"{part} names `{heading}`", f"Name a heading, or `{OPENING}`.")
    first = tuple(re.findall(r"`([\w-]+)`", parts["Expect first"]))
    names = {entry.name for entry in misconceptions.load(of.chapter.misconceptions)}
    for name in first:
        _expect(of, name in names, f"no misconception is `{name}`", "Name misconceptions of the chapter.")
    asked = tuple(_asked(of, question, body) for question, body in pieces(parts["Ask"]))
    cuts = tuple(_cut(of, name, body) for name, body in pieces(parts["Stop here"]))
    wanted = () if of.chapter.is_exam else CUTS
    _expect(
        of,
        tuple(cut.name for cut in cuts) == wanted,
        "its cuts are not in order",
        f"Write: {', '.join(CUTS)}.",
    )
    return Written(parts, asked, cuts, first)


def pieces(body: str) -> list[tuple[str, str]]:
    """The headings of the third level, each with what stands below it."""
    found = []
    for piece in re.split(r"^### ", body, flags=re.MULTILINE)[1:]:
        name, _, below = piece.partition("\n")
        found.append((name.strip(), below.strip()))
    return found


def resolved(text: str, of: Lesson, heading: Callable[[str], str]) -> str:
    """The text with its names written out: cells with their number, headings by `heading`."""

    def write(match: re.Match[str]) -> str:
        name = " ".join(match[2].split())
        if match[1]:
            return f"`{match[2]}` (cell [{of.having(match[2])[0]}])"
        return heading(name)

    return NAMED.sub(write, text)


def _check_names(text: str, of: Lesson) -> None:
    for tick, name in NAMED.findall(text):
        if tick:
            number = len(of.having(name)) or "no"
            _expect(of, number == 1, f"{number} cells have `{name}`", "Name text of one cell.")
        else:
            known = of.section(" ".join(name.split())) is not None
            _expect(of, known, f"there is no heading `{name}`", "Name a heading of the chapter.")


def _asked(of: Lesson, question: str, body: str) -> Asked:
    told = {name: " ".join(words.split()) for name, words in ITEM.findall(body)}
    _expect(
        of,
        tuple(told) == ANSWERS,
        f"the question `{question}` lacks an answer",
        f"Give it items {', '.join(ANSWERS)}.",
    )
    named = NAMED.findall(told["after"])
    _expect(of, bool(named), f"the question `{question}` follows nothing", "Name one heading after `after:`.")
    return Asked(question, named[0][1], told["hoped"], told["wrong"], told["then"])


def _cut(of: Lesson, name: str, body: str) -> Cut:
    told = {each: " ".join(words.split()) for each, words in ITEM.findall(body)}
    _expect(
        of, {"leave", "show"} <= set(told), f"the cut `{name}` is not whole", "It has `leave` and `show`."
    )
    return Cut(name, tuple(heading for _, heading in NAMED.findall(told["leave"])), told["show"])


def _expect(of: Lesson, true: bool, what: str, do: str) -> None:
    if not true:
        raise CourseError(f"course/pages/guide/{of.chapter.stem}.md: {what}.", do)
