"""What one build cell changes: the text before and after, and one line that says it."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, replace

from course.engine.compose import removals, syntax
from course.engine.compose.header import Header, split_cell
from course.engine.compose.members import Notes
from course.engine.compose.merge import combine, write
from course.engine.words import listed
from course.errors import CourseError


@dataclass(frozen=True)
class Change:
    """The outcome of a build cell. `summary` is one line in words; `path` is relative to the project.

    `gone` says that the last name was removed from the file, which then goes too.
    """

    path: str
    created: bool
    changed: bool
    summary: str
    before: str
    after: str
    gone: bool = False

    def since(self, earlier: Change) -> Change:
        """What this change and an earlier one of the same file make together."""
        there = not earlier.created
        if self.gone:
            return replace(self, changed=there, before=earlier.before)
        changed = self.after != earlier.before or earlier.created
        summary = self.summary if changed else f"{self.path}: unchanged"
        return Change(self.path, earlier.created, changed, summary, earlier.before, self.after)


def outcome(
    header: Header, body: str, first_line: int, old: str | None, known: Mapping[str, str] | None = None
) -> Change:
    """What a cell, split by `split_cell`, makes of the file's text (None: no such file yet). Touches nothing.

    `known` are imports that left the file when nothing used them, by name: those that this cell needs come
    back. Raises CourseError when the cell cannot be applied.
    """
    before = old or ""
    notes = None
    if header.verb == "write":
        after = write(before, body)
        _check_whole(header.path, body, first_line)
    elif not header.path.endswith(".py"):
        raise CourseError(
            f"`%%add` works on names, and `{header.path}` is not a Python file.",
            f"Give the whole file with `%%write {header.path}`.",
        )
    else:
        after, notes = combine(before, body, header, first_line)
        back = [(known or {})[name] for name in sorted(removals.undefined(after) & (known or {}).keys())]
        if back:
            after, notes = combine(before, "\n".join([*back, body]), header, first_line - len(back))
        if header.remove and not _holds_anything(after):
            words = (
                "not there"
                if old is None
                else f"{_names(notes.removed)} removed, and with the last name the file"
            )
            return Change(
                header.path, False, old is not None, f"{header.path}: {words}", before, "", gone=True
            )
    summary = f"{header.path}: {_words(header.path, notes, before, after, old is None)}"
    return Change(header.path, old is None, old is None or after != before, summary, before, after)


def applied(files: Mapping[str, str], source: str) -> dict[str, str]:
    """A project (path to text) after the cell, packages' `__init__.py` included; the one given stays."""
    header, body, first_line = split_cell(source)
    change = outcome(header, body, first_line, files.get(header.path))
    if change.gone:
        return {path: text for path, text in files.items() if path != change.path}
    missing = {init: "" for init in packages(header.path) if init not in files}
    return {**files, **missing, change.path: change.after}


def _holds_anything(text: str) -> bool:
    """Whether a module has more than a docstring and comments."""
    body = ast.parse(text).body
    return bool(body) and not (len(body) == 1 and ast.get_docstring(ast.parse(text)) is not None)


def packages(path: str) -> list[str]:
    """The `__init__.py` files that a Python file under app/ needs to be importable, outermost first."""
    folders = path.split("/")[:-1]
    if not path.endswith(".py") or folders[:1] != ["app"]:
        return []
    inits = ["/".join([*folders[: n + 1], "__init__.py"]) for n in range(len(folders))]
    return [init for init in inits if init != path]


def _check_whole(path: str, body: str, first_line: int) -> None:
    """CourseError unless the text is what its name says: Python, TOML, JSON. Others may hold anything."""
    if path.endswith(".py"):
        syntax.parse_cell(body, path, first_line)
    elif path.endswith(".toml"):
        import tomllib

        try:
            tomllib.loads(body)
        except tomllib.TOMLDecodeError as error:
            raise _not(path, "TOML", str(error)) from None
    elif path.endswith(".json"):
        import json

        try:
            json.loads(body)
        except json.JSONDecodeError as error:
            line = error.lineno + first_line - 1
            raise _not(path, "JSON", f"line {line} of the cell, {error.msg.lower()}") from None


def _not(path: str, kind: str, why: str) -> CourseError:
    return CourseError(
        f"The cell is not {kind} yet: {why}.", f"Correct it and run it again. `{path}` is as it was."
    )


def _words(path: str, notes: Notes | None, before: str, after: str, created: bool) -> str:
    besides = [f"{_names(notes.absent)} was not there"] if notes and notes.absent else []
    besides += notes.stayed if notes else []
    if before == after and not created:
        return ", ".join(["unchanged", *besides])
    lines = len(after.splitlines())
    size = "1 line" if lines == 1 else f"{lines} lines"
    if notes is None:
        if created:
            return f"created, {size}"
        gone = removals.gone(before, after) if path.endswith(".py") else []
        return f"written anew, {size}" + (f"; no longer there: {_names(gone)}" if gone else "")
    parts = ["created"] if created else []
    parts += ["docstring set"] if notes.docstring else []
    moved = [*notes.moved, *(name for name in notes.added if name in notes.removed)]
    did = {
        "replaced": [name for name in notes.replaced if name not in moved],
        "added": [name for name in notes.added if name not in moved],
        "replaced and moved": [name for name in moved if name in notes.replaced],
        "moved": [name for name in moved if name not in notes.replaced],
        "removed": [name for name in notes.removed if name not in moved],
    }
    parts += [f"{_names(names)} {word}" for word, names in did.items() if names]
    for count, word in ((notes.imported, "added"), (notes.dropped, "removed")):
        parts += [f"{count} import{'s' * (count != 1)} {word}"] if count else []
    return ", ".join([*parts, *besides]) or "changed"


def _names(names: list[str]) -> str:
    shown = [f"`{name}`" for name in dict.fromkeys(names)]
    if len(shown) > 5:
        shown = [*shown[:4], f"{len(shown) - 4} more"]
    return listed(shown)
