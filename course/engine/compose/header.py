"""The first line of a build cell: `%%add app/main.py in Store after find` taken apart."""

from __future__ import annotations

import re
from dataclasses import dataclass

from course.errors import CourseError

VERBS = ("add", "write")
GRAMMAR = "`%%add app/file.py [in CLASS] [after NAME | before NAME] [remove NAME, NAME]`"


@dataclass(frozen=True)
class Header:
    """What a build cell is for. `path` is relative to the project, with forward slashes."""

    path: str
    inside: str | None = None
    after: str | None = None
    before: str | None = None
    remove: tuple[str, ...] = ()
    verb: str = "add"


def parse_header(line: str) -> Header:
    """Read the line with `%%add` or `%%write`; without a verb it is taken as that of an `add`.

    Raises CourseError when the line does not follow the grammar or the path leaves the project.
    """
    match = re.match(r"""\s*(?:%%(\w+)\s*)?("[^"]*"|'[^']*'|\S*)(.*)$""", line, re.DOTALL)
    assert match is not None, "every part of the pattern may be empty"
    verb, path, rest = match[1] or "add", match[2].strip("\"'"), re.sub(r"\s#.*$", "", match[3])
    if verb not in VERBS:
        raise CourseError(f"`%%{verb}` is not a build cell.", "Begin the cell with `%%add` or `%%write`.")
    if not path:
        raise CourseError(f"`%%{verb}` does not say which file.", f"Name it: `%%{verb} app/main.py`.")
    words = _clauses(rest, line)
    if verb == "write" and words:
        raise CourseError(
            f"`%%write` takes a path and nothing else, but the line reads `{line.strip()}`.",
            "A written cell is the whole file. To place a part of one, use `%%add`.",
        )
    if "after" in words and "before" in words:
        raise CourseError("The cell's first line has both `after` and `before`.", "Keep one of the two.")
    return Header(
        path=inside_project(path),
        inside=words.get("in"),
        after=words.get("after"),
        before=words.get("before"),
        remove=tuple(name for name in re.split(r"[,\s]+", words.get("remove", "")) if name),
        verb=verb,
    )


def _clauses(rest: str, line: str) -> dict[str, str]:
    """`in CLASS after NAME` as {"in": "CLASS", "after": "NAME"}; `remove` takes all names that follow it."""
    clauses: dict[str, str] = {}
    parts = re.split(r"(?:^|\s+)(in|after|before|remove)(?=\s|$)", rest)
    if parts[0].strip():
        raise CourseError(f"`{parts[0].strip()}` is not understood in `{line.strip()}`.", f"Write {GRAMMAR}.")
    for word, value in zip(parts[1::2], parts[2::2], strict=True):
        names = value.strip().strip(",").strip()
        several = len(re.split(r"[,\s]+", names)) > 1
        if not names or word in clauses or (several and word != "remove"):
            raise CourseError(f"`{word}` takes one name, in `{line.strip()}`.", f"Write {GRAMMAR}.")
        clauses[word] = names
    return clauses


def inside_project(path: str) -> str:
    """The path with forward slashes; CourseError when it is absolute, or climbs out of the project."""
    plain = re.sub(r"/+", "/", path.replace("\\", "/"))
    while plain.startswith("./"):
        plain = plain[2:]
    parts = plain.split("/")
    if plain.startswith(("/", "~")) or re.match(r"[A-Za-z]:", plain) or ".." in parts:
        raise CourseError(
            f"`{path}` lies outside your service.",
            "Give a path inside it, relative and without `..`, such as `app/main.py`.",
        )
    if parts[0] == ".course" or parts[-1] in ("", "."):
        raise CourseError(f"`{path}` is not a file that a build cell may write.", "Try `app/main.py`.")
    return plain


def split_cell(source: str) -> tuple[Header, str, int]:
    """The whole text of a build cell as header, body, and the number of the body's first line in the cell."""
    lines = re.split(r"(?<=\n)", source.replace("\r\n", "\n").replace("\r", "\n"))
    first = next((n for n, line in enumerate(lines) if line.strip()), 0)
    if not lines[first].lstrip().startswith("%%"):
        raise CourseError(
            "This is not a build cell: its first line names no file.",
            "Begin the cell with `%%add app/main.py` or `%%write app/main.py`.",
        )
    body = "".join(lines[first + 1 :])
    whole = body if body.endswith("\n") or not body else body + "\n"
    return parse_header(lines[first].rstrip("\n")), whole, first + 2
