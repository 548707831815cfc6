"""Misconceptions: wrong services, and the words that explain them.

`course/misconceptions` has a Markdown file for each chapter: one `##` heading a misconception, a list of
`key: value` items, the explanation, and build cells. The cells prove the checkpoint in the tests; the words
are what a learner reads. Paragraphs that begin with `**Seen first.**` are what the report shows; what follows
them, with the code, is then the last rung of `%hint`, after the entry's own `hint` items. Without such a
paragraph the report shows all of it. The correct alternatives under `tests/alternatives` are written in the
same way, without the list.

A `symptom` is a pattern that is searched for in what was observed, and each entry with `words` has one;
`code` is a condition on the learner's syntax tree, and never explains alone. The entries of
`in_every_chapter.md` name the `chapter` whose service shows the mistake in the tests; they explain any
requirement of any chapter.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from course.engine import texts
from course.engine.code_evidence import Code, Condition, condition
from course.engine.report.model import Explanation, Verdict
from course.errors import CourseError

ITEM = re.compile(r"- (name|chapter|requirement|also|symptom|code|words|hint): (.+)")
SEEN_FIRST = "**Seen first.** "


@dataclass(frozen=True)
class Misconception:
    """A wrong version of the service, the requirement it must fail, and why it behaves so.

    `why` is the whole explanation; `seen` is the part of it that the report shows, and `rungs` are the rungs
    of `%hint` that belong to this mistake. `also` are other requirements that fail for the same reason: a
    report then says the cause once.
    """

    title: str
    why: str
    cells: tuple[str, ...]
    name: str = ""
    requirement: str = ""
    words: tuple[str, ...] = ()
    symptoms: tuple[str, ...] = field(default=())
    code: tuple[Condition, ...] = field(default=())
    chapter: str = ""
    also: tuple[str, ...] = ()
    seen: str = ""
    rungs: tuple[str, ...] = ()

    def explains(self, requirement: str, evidence: str, code: Code) -> bool:
        """Whether this mistake is the likely cause of a failure with this evidence, in this code."""
        return (
            (bool(self.chapter) or requirement in (self.requirement, *self.also))
            and all(re.search(pattern, evidence, re.DOTALL) for pattern in self.symptoms)
            and all(each.holds(code) for each in self.code)
        )


@cache
def load(path: Path, *, cells: bool = True) -> tuple[Misconception, ...]:
    """The misconceptions of a file, in its order; none if there is no such file.

    Without `cells` the entries have none, and the parser of fences, which takes a while, is left alone.

    Raises:
        CourseError: an entry lacks its explanation, its symptom or its cells, or its evidence is no pattern.
    """
    if not path.exists():
        return ()
    parts = re.split(r"^## ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return tuple(_entry(path, part, cells) for part in parts)


def explain(verdict: Verdict, code: Code, entries: Iterable[Misconception]) -> Explanation | None:
    """The first misconception that fits a failing verdict, as the learner reads it."""
    evidence = verdict.evidence
    for entry in entries:
        if entry.explains(verdict.id, evidence, code):
            return Explanation(
                entry.name, entry.title, entry.seen or entry.why, entry.rungs, in_code=bool(entry.code)
            )
    return None


def _entry(path: Path, part: str, with_cells: bool) -> Misconception:
    title, _, body = part.partition("\n")
    keys: dict[str, list[str]] = {}
    prose: list[str] = []
    before_cells = re.split(r"^```(?:python|\{code-cell\})", body, maxsplit=1, flags=re.MULTILINE)[0]
    for line in before_cells.split("\n"):
        item = ITEM.fullmatch(line)
        if item:
            keys.setdefault(item[1], []).append(item[2].strip())
        else:
            prose.append(line)
    paragraphs = _unfolded(prose).split("\n\n")
    seen = [each.removeprefix(SEEN_FIRST) for each in paragraphs if each.startswith(SEEN_FIRST)]
    rest = [each for each in paragraphs if not each.startswith(SEEN_FIRST)]
    why = "\n\n".join([*seen, *rest])
    cells = tuple(cell.source for cell in texts.code_cells(body) if cell.builds) if with_cells else ()
    if (with_cells and not cells) or (keys and not why):
        lacks = "cells" if with_cells and not cells else "explanation"
        raise CourseError(
            f"The entry `{title}` of {path.name} has no {lacks}.",
            "Give it a paragraph that says why, and at least one cell that begins with %%add or %%write.",
        )
    if "words" in keys and "symptom" not in keys:
        raise CourseError(
            f"The entry `{title}` of {path.name} has no symptom.",
            "Give it an item `- symptom: ` with a pattern of what is observed: code alone explains nothing.",
        )
    return Misconception(
        title=title.strip(),
        why=why,
        cells=cells,
        name=keys.get("name", [""])[0],
        requirement=keys.get("requirement", [""])[0],
        words=tuple(re.findall(r'"([^"]+)"', " ".join(keys.get("words", [])))),
        symptoms=tuple(keys.get("symptom", [])),
        code=tuple(condition(line) for line in keys.get("code", [])),
        chapter=keys.get("chapter", [""])[0],
        also=tuple(keys.get("also", [])),
        seen="\n\n".join(seen),
        rungs=(*keys.get("hint", []), *(["\n\n".join(rest)] if seen and rest else [])),
    )


def _unfolded(lines: Iterable[str]) -> str:
    """Prose with one line a paragraph, since what displays it folds it again; lists keep their lines."""
    paragraphs = "\n".join(lines).strip().split("\n\n")
    return "\n\n".join(
        paragraph if paragraph.lstrip().startswith(("-", "    ")) else " ".join(paragraph.split("\n"))
        for paragraph in paragraphs
    )
