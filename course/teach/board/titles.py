"""What the course calls its chapters, requirements and misconceptions, for the board to show."""

import ast
import re

from course.engine import chapters
from course.engine.chapters import Chapter
from course.teach.board.app.services.words import Words

ENTRY = re.compile(r"^## (?P<title>.+)\n(?:\s*- [a-z]+: .*\n)*?\s*- name: (?P<name>\S+)", re.MULTILINE)


def words() -> Words:
    """All of them. Nothing is imported or run: the sentences are the first lines of the tests' docstrings."""
    all_of_it = chapters.contents()
    return Words(
        chapters={each.stem: f"{each.label} · {each.title}" for each in all_of_it},
        requirements={name: words for each in all_of_it for name, words in requirements(each).items()},
        misconceptions={name: words for each in all_of_it for name, words in misconceptions(each).items()},
    )


def requirements(chapter: Chapter) -> dict[str, str]:
    """The sentences of a chapter's requirements, by the names of their tests."""
    if not chapter.tests.exists():
        return {}
    tree = ast.parse(chapter.tests.read_text(encoding="utf-8"))
    found = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            sentence = (ast.get_docstring(node) or "").split("\n")[0]
            if sentence:
                found[node.name] = sentence
    return found


def misconceptions(chapter: Chapter) -> dict[str, str]:
    """The titles of a chapter's misconceptions, by their names."""
    if not chapter.misconceptions.exists():
        return {}
    text = chapter.misconceptions.read_text(encoding="utf-8")
    return {match["name"]: match["title"] for match in ENTRY.finditer(text)}
