"""What a chapter has changed in a project, and how a file differs from the course's."""

import ast
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from typing import NamedTuple

from course.engine import project_files
from course.engine.chapters import Chapter
from course.errors import CourseError
from course.learn import display, progress, workspace
from course.learn.display import Shown

CHANGED = "changed"


class Words(NamedTuple):
    """What to call two projects in a comparison, and a file that only one of them has."""

    before: str
    after: str
    only_before: str
    only_after: str


SO_FAR = Words("at the start", "now", "gone", "new")
AGAINST_OURS = Words("yours", "the course's", "only you have it", "only the course has it")


@dataclass(frozen=True)
class FileChange:
    """One file that differs: its path, what happened to it, and the unified diff's lines."""

    path: str
    kind: str
    lines: list[str]

    @property
    def sentence(self) -> str:
        added = sum(line.startswith("+") for line in self.lines[2:])
        removed = sum(line.startswith("-") for line in self.lines[2:])
        if self.kind != CHANGED:
            return f"{self.path}: {self.kind}, {_lines(added + removed)}"
        return f"{self.path}: changed, {_lines(added)} added, {removed} removed"


def compare(before: Path, after: Path, words: Words, *, only: str = "") -> list[FileChange]:
    """The files in which two projects differ, in order of their paths; READMEs are not compared.

    Args:
        words: what to call the two, and a file that only one of them has.
        only: a relative path; "" compares all.
    """
    old, new = project_files.read(before), project_files.read(after)
    changes = []
    for path in sorted(old.keys() | new.keys()):
        if path == "README.md" or old.get(path) == new.get(path) or (only and path != only):
            continue
        kind = words.only_after if path not in old else words.only_before if path not in new else CHANGED
        changes.append(FileChange(path, kind, _diff(path, old.get(path, b""), new.get(path, b""), words)))
    return changes


def file_change(path: str, before: str | None, after: str | None, words: Words) -> FileChange:
    """One file that differs, from its two texts; None is a file that is not there."""
    kind = words.only_after if before is None else words.only_before if after is None else CHANGED
    return FileChange(path, kind, _diff(path, (before or "").encode(), (after or "").encode(), words))


def folded(found: list[FileChange], *, opened: bool = False) -> str:
    """The differences as HTML, one fold a file."""
    return "".join(
        display.folded(each.sentence, display.diff(each.lines, each.path), opened=opened) for each in found
    )


def changes(chapter: Chapter) -> Shown:
    """What the chapter has changed so far, against what it started from."""
    project = workspace.opened(chapter)
    start = workspace.start_of(project)
    if not start.is_dir():
        raise CourseError(
            f"What {chapter.called} started from is no longer there to compare with.",
            f"`course start_over {chapter.typed}` begins it again and keeps your files.",
        )
    found = compare(start, project, SO_FAR)
    if not found:
        return display.note(f"{chapter.subject} has changed nothing yet: every file is as it started.")
    count = "one file" if len(found) == 1 else f"{len(found)} files"
    return _listed(f"{chapter.subject} has changed {count} so far.", found)


def solution(chapter: Chapter, path: str | None = None) -> Shown:
    """How the learner's files differ from the checkpoint's: the lines with + are the course's."""
    project = workspace.opened(chapter)
    if not chapter.checkpoint.is_dir():
        raise CourseError(
            f"The course's service after {chapter.called} is not there.",
            "Run `python3 -m course build`, which makes it.",
        )
    wanted = (path or "").replace("\\", "/").removeprefix("./")
    known = project_files.read(project).keys() | project_files.read(chapter.checkpoint).keys()
    if wanted and wanted not in known:
        raise CourseError(
            f"There is no file {wanted} in this chapter.", f"Choose one of: {', '.join(sorted(known))}."
        )
    found = compare(project, chapter.checkpoint, AGAINST_OURS, only=wanted)
    if not found:
        return display.note("There is no difference: what you have is what the course has.", accent="good")
    progress.solution_opened(chapter)
    return _listed(
        "Lines with - are yours, lines with + are the course's; another way may be as right.", found
    )


def taken_over(chapter: Chapter) -> tuple[int, int]:
    """How many of the Python files that a chapter builds are the course's own, and how many there are.

    Comments and spacing make no difference.
    """
    from course.engine import projects

    before, ours = projects.start(chapter), projects.project(chapter)
    built = [
        name for name in ours if name.endswith(".py") and _parsed(ours[name]) != _parsed(before.get(name, ""))
    ]
    mine = project_files.modules(chapter.project)
    return sum(name in mine and _parsed(mine[name]) == _parsed(ours[name]) for name in built), len(built)


def _parsed(text: str) -> str:
    """A module without its comments, spacing and docstrings."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return text
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = [each for each in node.body if not _is_text(each)]
    return ast.dump(tree)


def _is_text(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _listed(sentence: str, found: list[FileChange]) -> Shown:
    html = folded(found, opened=len(found) == 1)
    text = [sentence, *(f"  {each.sentence}" for each in found)]
    for each in found:
        text += ["", *each.lines]
    return Shown("\n".join(text), display.boxed(f"<p>{display.inline(sentence)}</p>{html}"))


def _diff(path: str, old: bytes, new: bytes, words: Words) -> list[str]:
    before, after = (text.decode("utf-8", "replace").splitlines() for text in (old, new))
    names = f"{path} ({words.before})", f"{path} ({words.after})"
    return list(unified_diff(before, after, *names, lineterm=""))


def _lines(count: int) -> str:
    return "1 line" if count == 1 else f"{count} lines"
