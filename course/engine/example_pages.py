"""Pages whose fences are examples: each is run, and what it printed stands in the fence after it.

A page is Markdown. A `## ` heading begins an entry, and an entry may hold, in this order or mixed:

- ` ```python `: an example. It is run in a namespace of its own, with `await` allowed as in a notebook.
- ` ```python fresh `: the same, in a Python of its own, for what happens at an import.
- ` ```python main.py `: a file that the examples below it, in the same entry, find in their folder.
- ` ```sh `: commands, run in that folder.
- ` ```text ` after an example: what it printed, warnings and the last line of an exception included.

Other fences, `toml` for one, are read and not run. `course build pages` writes the outputs anew.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from course import paths

PAGES = paths.ROOT / "course" / "pages"
FENCE = re.compile(r"^```(?P<info>[^\n`]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
OUTPUT = re.compile(r"\n\n```text\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"\w+ (?P<name>[\w./-]*\.\w+)")


@dataclass(frozen=True)
class Example:
    """Something to run: `kind` is `python`, `fresh` or `sh`; `at` is where its fence ends on the page.

    `saved` is what the page says that it printed, None where the page says nothing yet.
    """

    page: str
    title: str
    kind: str
    source: str
    files: tuple[tuple[str, str], ...]
    at: int
    saved: str | None

    @property
    def where(self) -> str:
        return f"{self.page}: {self.title}"


def pages() -> list[Path]:
    """The pages that have examples, in order of their names."""
    return [PAGES / "changed.md", *sorted((PAGES / "errors").glob("*.md"))]


def read(page: str, text: str) -> list[Example]:
    """The examples of one page, in order."""
    found: list[Example] = []
    headings = [(match.start(), match[1]) for match in re.finditer(r"^## (.+)$", text, re.MULTILINE)]
    files: dict[str, str] = {}
    title = ""
    for fence in FENCE.finditer(text):
        now = next((words for at, words in reversed(headings) if at < fence.start()), "")
        if now != title:
            title, files = now, {}
        info = fence["info"].strip()
        if named := FILE.fullmatch(info):
            files[named["name"]] = fence["body"]
        elif info in {"python", "python fresh", "sh"}:
            after = OUTPUT.match(text, fence.end())
            saved = after["text"] if after else None
            kind = info.removeprefix("python ")
            found.append(Example(page, title, kind, fence["body"], tuple(files.items()), fence.end(), saved))
    return found


def written(text: str, examples: Iterable[Example], outputs: Iterable[str]) -> str:
    """The page with these outputs in place of those it had; an example that printed nothing has none."""
    for example, output in sorted(
        zip(examples, outputs, strict=True), key=lambda pair: pair[0].at, reverse=True
    ):
        after = OUTPUT.match(text, example.at)
        end = after.end() if after else example.at
        fence = f"\n\n```text\n{output}```" if output else ""
        text = text[: example.at] + fence + text[end:]
    return text


def of(files: Iterable[Path]) -> list[Example]:
    """The examples of these pages."""
    return [
        example
        for path in files
        for example in read(path.relative_to(PAGES).as_posix(), path.read_text(encoding="utf-8"))
    ]
