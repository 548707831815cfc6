"""The items of the quick reference, read from `course/pages/reference.toml`, where each key is explained."""

import tomllib
from dataclasses import dataclass
from functools import cache

from course import paths
from course.engine import chapters
from course.engine.chapters import Chapter
from course.errors import CourseError

FILE = paths.ROOT / "course" / "pages" / "reference.toml"
KEYS = {"task", "cut", "probe", "keep", "explained", "official", "proof", "words", "import"}


@dataclass(frozen=True)
class Cut:
    """Where a pattern stands: a checkpoint's file and names in it, or words of one probe of a notebook."""

    chapter: Chapter
    file: str
    names: tuple[str, ...]
    keep: tuple[str, ...] = ()

    @property
    def is_probe(self) -> bool:
        return not self.file


@dataclass(frozen=True)
class Item:
    """One task: how it is done, where that is explained, which page is official, what proves it."""

    group: str
    task: str
    cut: Cut
    chapter: Chapter
    section: str
    official: str
    proof: tuple[str, ...]
    words: str
    at_import: bool


@cache
def items() -> tuple[Item, ...]:
    """All items, in the order of the page.

    Raises:
        CourseError: an item has an unknown key, lacks one, or names a chapter that is not there.
    """
    read = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return tuple(_item(group["title"], task) for group in read["group"] for task in group["task"])


def _item(group: str, told: dict[str, object]) -> Item:
    task = str(told.get("task", "a task without words"))
    lacking = {"task", "explained", "official"} - told.keys()
    if lacking or not told.keys() <= KEYS or ("cut" in told) == ("probe" in told):
        raise CourseError(
            f"reference.toml, {task}: {', '.join(sorted(lacking)) or 'a key'} is lacking or not known.",
            "Give it `task`, `explained`, `official`, and either `cut` with `proof`, or `probe`.",
        )
    number, section = _words(told["explained"])
    return Item(
        group,
        task,
        _cut(told),
        chapters.find(number),
        section,
        str(told["official"]),
        _texts(told.get("proof", [])),
        str(told.get("words", "")),
        told.get("import") is True,
    )


def _cut(told: dict[str, object]) -> Cut:
    keep = _texts(told.get("keep", []))
    if "probe" in told:
        number, words = _words(told["probe"])
        return Cut(chapters.find(number), "", (words,), keep)
    number, rest = _words(told["cut"])
    file, names = _words(rest)
    return Cut(chapters.find(number), file, tuple(names.split()), keep)


def _words(text: object) -> tuple[str, str]:
    first, _, rest = str(text).partition(" ")
    return first, rest


def _texts(texts: object) -> tuple[str, ...]:
    return tuple(str(text) for text in texts) if isinstance(texts, list) else ()
