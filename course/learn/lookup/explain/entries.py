"""What the index of errors holds, read from its pages: one entry a `## ` heading.

## `the message, as seen; what varies is …` and words around it

**Seen as:** `another message`, `a third`

the mistake as an example, with what it printed

What it means and why.

**Do:** what to do.

**In the course:** [Chapter 3, A heading](/chapters/ch03_dependency_injection.md#a-heading)
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from course.engine import example_pages, texts

SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")
LINK = re.compile(r"\[([^\]]+)\]\((/chapters/[^)]+)\)")
PART = re.compile(r"^## (?P<heading>[^\n]+)\n(?P<body>.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
FOLDED = re.compile(r"(?<=\S)\n(?=\S)")


@dataclass(frozen=True)
class Entry:
    """One error: how it is seen, what it means and why, what to do, and where the course speaks of it.

    `messages` hold `…` where a message varies; the first is the heading's, if the heading begins with one.
    `links` are pairs of words and addresses on the site. `printed` is what the examples printed.
    """

    page: str
    heading: str
    messages: tuple[str, ...]
    printed: str
    means: str
    do: str
    links: tuple[tuple[str, str], ...]

    @property
    def title(self) -> str:
        """The heading as plain words, without the marks of code."""
        return plain_heading(self.heading)

    @property
    def address(self) -> str:
        """Where the entry stands on the site."""
        return f"{self.page}#{slug(self.heading)}"


def plain_heading(heading: str) -> str:
    """A heading without backticks around code."""
    return SPAN.sub(lambda span: span[2].strip(), heading)


def slug(heading: str) -> str:
    """The anchor of an entry's heading."""
    return texts.slug(plain_heading(heading))


def is_message(heading: str) -> bool:
    """Whether a heading begins with a message, and not with words of ours."""
    return heading.startswith("`")


def spans(words: str) -> tuple[str, ...]:
    """What stands between backticks."""
    return tuple(span[2].strip() for span in SPAN.finditer(words))


@cache
def entries() -> tuple[Entry, ...]:
    """All entries of the index, page by page. The pages are read once in a process."""
    files = sorted((example_pages.PAGES / "errors").glob("*.md"))
    return tuple(entry for file in files for entry in read(f"errors/{file.stem}", file))


def read(page: str, file: Path) -> list[Entry]:
    """The entries of one page."""
    found = PART.finditer(file.read_text(encoding="utf-8"))
    return [_entry(page, part["heading"].strip(), part["body"]) for part in found]


def _entry(page: str, heading: str, body: str) -> Entry:
    printed = "\n".join(
        fence["body"] for fence in example_pages.FENCE.finditer(body) if fence["info"] == "text"
    )
    prose: dict[str, list[str]] = {"": []}
    for block in example_pages.FENCE.sub("", body).split("\n\n"):
        words = FOLDED.sub(" ", block.strip())
        mark = re.match(r"\*\*(Seen as|Do|In the course):\*\* ", words)
        if words:
            prose.setdefault(mark[1] if mark else "", []).append(words[mark.end() :] if mark else words)
    told = {name: "\n\n".join(words) for name, words in prose.items()}
    return Entry(
        page=page,
        heading=heading,
        messages=(*(spans(heading)[:1] if is_message(heading) else ()), *spans(told.get("Seen as", ""))),
        printed=printed,
        means=told[""],
        do=told.get("Do", ""),
        links=tuple((link[1], link[2]) for link in LINK.finditer(told.get("In the course", ""))),
    )
