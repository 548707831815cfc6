"""The misconceptions as entries of the index: what a learner sees, and why.

Nothing is written here a second time: titles and explanations come from `course/misconceptions`, the
sentences and the expectations from the requirements in `tests/checkpoints`.
"""

import ast
import re
from dataclasses import dataclass
from functools import cache

from course import paths
from course.engine import chapters, misconceptions
from course.engine.chapters import Chapter
from course.engine.misconceptions import Misconception
from course.learn.lookup.explain.entries import slug

META = re.compile(r"(?<!\\)[$^.|?*+()\[\]{}]|\\[a-zA-Z]")
SHORT = 12
"""A symptom of so few characters fits more than it means."""
REQUIREMENT = re.compile(
    r'^(?:async )?def (test_\w+)\(.*?\) -> None:\n    """(.+?)(?:"""|\n)', re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True)
class Mistake:
    """A misconception, and the sentence of the requirement that it fails first in this chapter."""

    chapter: Chapter
    entry: Misconception
    sentence: str

    @property
    def page(self) -> str:
        return f"errors/mistakes_{'in_every_chapter' if self.in_every_chapter else self.chapter.stem}"

    @property
    def in_every_chapter(self) -> bool:
        """Whether it explains any requirement; the chapter is then only where the tests show it."""
        return bool(self.entry.chapter)

    @property
    def address(self) -> str:
        """Where it stands on the site."""
        return f"{self.page}#{slug(self.entry.title)}"

    def seen_in(self, text: str) -> bool:
        """Whether all its symptoms are in a text."""
        return all(re.search(symptom, text, re.DOTALL) for symptom in self.entry.symptoms)


@cache
def mistakes() -> tuple[Mistake, ...]:
    """All misconceptions of all chapters and exams, file by file; then those of every chapter."""
    found = []
    for chapter in chapters.contents():
        sentences = _sentences(chapter)
        for entry in misconceptions.load(chapter.misconceptions, cells=False):
            found.append(Mistake(chapter, entry, sentences.get(entry.requirement, "")))
    for entry in misconceptions.load(paths.IN_EVERY_CHAPTER, cells=False):
        chapter = chapters.find(entry.chapter)
        found.append(Mistake(chapter, entry, _sentences(chapter)[entry.requirement]))
    return tuple(found)


def _sentences(chapter: Chapter) -> dict[str, str]:
    """The sentence of each requirement, by its name. A pattern is thirty times as fast as a parser."""
    if not chapter.tests.exists():
        return {}
    return dict(REQUIREMENT.findall(chapter.tests.read_text(encoding="utf-8")))


def expected(one: Mistake) -> tuple[str, ...]:
    """What the learner reads after `expected:`, where a symptom points at one assertion."""
    asked = _assertions(one.chapter).get(one.entry.requirement, ())
    symptoms = [symptom for symptom in one.entry.symptoms if len(symptom) > SHORT]
    fitting = [words for words in asked if any(re.search(each, f"expected: {words}") for each in symptoms)]
    return tuple(fitting) if len(fitting) == 1 else ()


@cache
def _assertions(chapter: Chapter) -> dict[str, tuple[str, ...]]:
    """What the assertions of each requirement say was expected."""
    tree = ast.parse(chapter.tests.read_text(encoding="utf-8"))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return {
        function.name: tuple(_words(node.msg) for node in ast.walk(function) if isinstance(node, ast.Assert))
        for function in functions
    }


def _words(message: ast.expr | None) -> str:
    """The words of an assertion; `…` stands for what is put in when it fails."""
    parts = message.values if isinstance(message, ast.JoinedStr) else [message]
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in parts)


def plain_symptoms(entry: Misconception) -> tuple[str, ...]:
    """The symptoms that are plain words, as they are read; patterns are left out."""
    unescaped = [re.sub(r"\\(.)", r"\1", each) for each in entry.symptoms if not META.search(each)]
    return tuple(words.removeprefix("expected: ") for words in unescaped)
