"""What `course find` looks through: the chapters, the quick reference, the pages, and the official index."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from course import paths
from course.engine import chapters, texts
from course.engine.chapters import Chapter
from course.learn.lookup.find.index import Document
from course.learn.lookup.reference.items import Item, items

PAGES = paths.ROOT / "course" / "pages"
OFFICIAL = PAGES / "official.md"
LINE = re.compile(
    r"- \[(?P<title>[^\]]+)\]\((?P<url>[^)]+)\): (?P<adds>.+?)"
    r"(?: \*Chapter (?P<chapter>\d+)\.\*)?"
)
TEACHERS = {"guide", "guide.md", "hub.md", "index.md", "workshop.md", "official.md"}
"""Pages, and folders of them, that answer no question of a learner."""
OUTSIDE = {"Recap", "Three questions", "Without help", "Checkpoint", "Your cells", "The specification"}
"""Sections that name things without explaining them."""
BESIDE = ("# ", "+++", "**In the course:**")
"""Lines that are no part of what a section says."""
NAME = re.compile(r"\b[A-Z][a-z]+(?:[A-Z][a-z]+)+\b")
CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
FENCE = re.compile(r"^(`{3,}|~{3,})")


@dataclass(frozen=True)
class Page:
    """A page of the official documentation: what it adds to the course, and which chapter teaches this."""

    title: str
    url: str
    adds: str
    site: str
    topic: str
    chapter: Chapter | None


def official() -> list[Page]:
    """The pages that `official.md` lists."""
    found, site, topic = [], "", ""
    for line in OFFICIAL.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            site, topic = line[3:], ""
        elif line.startswith("### "):
            topic = line[4:]
        elif match := LINE.fullmatch(line):
            chapter = chapters.find(match["chapter"]) if match["chapter"] else None
            found.append(Page(match["title"], match["url"], match["adds"], site, topic, chapter))
    return found


def of_the_course() -> list[Document]:
    """Everything that the course itself says."""
    explained: defaultdict[tuple[str, str], list[Item]] = defaultdict(list)
    for item in items():
        explained[item.chapter.stem, item.section].append(item)
    pages = [
        path for path in sorted(PAGES.rglob("*.md")) if TEACHERS.isdisjoint(path.relative_to(PAGES).parts)
    ]
    return [
        *(_task(item) for item in items()),
        *(each for chapter in chapters.contents() for each in _sections(chapter, explained)),
        *(each for path in pages for each in _page(path)),
    ]


def of_official_pages() -> list[Document]:
    """The official pages, as documents: the place is the address."""
    return [
        Document(page.title, page.adds, page.url, "official", f"{page.site} {page.topic}")
        for page in official()
    ]


@cache
def _shown(path: Path) -> str:
    """A path as people see it. Asking the disk for it once is enough."""
    return paths.shown(path)


def _task(item: Item) -> Document:
    place = f"{_shown(item.chapter.notebook)}, section “{item.section}”"
    return Document(item.task, "", place, "task", f"{item.words} {item.group}")


def _sections(chapter: Chapter, explained: dict[tuple[str, str], list[Item]]) -> Iterator[Document]:
    for heading, body in sections(chapter.text.read_text(encoding="utf-8")):
        if heading not in OUTSIDE and not heading.startswith(texts.SOLVED):
            words = " ".join(
                f"{item.task} {item.words}" for item in explained.get((chapter.stem, heading), ())
            )
            place = f"{_shown(chapter.notebook)}, section “{heading}”"
            title = f"{chapter.subject}: {heading or chapter.title}"
            yield Document(title, body, place, "section", words[:2000])


def _page(path: Path) -> Iterator[Document]:
    text = path.read_text(encoding="utf-8")
    title = next((line[2:].strip() for line in text.splitlines() if line.startswith("# ")), path.stem)
    kind = "error" if path.parent.name == "errors" else "page"
    for heading, body in sections(text):
        place = f"{_shown(path)}" + (f", section “{heading}”" if heading else "")
        yield Document(heading or title, body, place, kind, f"{title} {apart(heading)}")


def apart(heading: str) -> str:
    """The names in a heading as words: `ResponseValidationError` is `Response Validation Error`."""
    return " ".join(CAMEL.sub(" ", name) for name in NAME.findall(heading))


def sections(text: str) -> Iterator[tuple[str, str]]:
    """The sections of a Markdown text: each second-level heading and what is under it. The first has none.

    Fences of code become indented paragraphs, one each: a question may name what stands in them.
    """
    heading, fence = "", ""
    body: list[str] = []
    for line in texts.HEAD.sub("", text).splitlines():
        if match := FENCE.match(line):
            fence = "" if fence and line.startswith(fence) else fence or match[1]
            body.append("")
        elif fence:
            body.extend(
                [f"    {line}"] if line.strip() and not line.startswith((":tags:", ":given:")) else []
            )
        elif line.startswith("## "):
            yield heading, "\n".join(body)
            heading, body = line[3:].strip(), []
        elif not line.startswith(BESIDE):
            body.append(line)
    yield heading, "\n".join(body)
