"""Links of a text that lead to files of the repository: on the site, they lead to pages.

A text is readable where it lies, so that its links name files (`../notebooks/ch02_routing.ipynb`) or, from
the site's root, pages (`/chapters/ch02_routing.md`). What has no page keeps its words and loses the link.
"""

import os.path
import re
from pathlib import Path

from course import paths
from course.engine import chapters

LINK = re.compile(r"(?<!!)\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\(([^()\s]+)\)")
FENCE = re.compile(r"\s*(`{3,}|~{3,})")
PAGES = paths.ROOT / "course" / "pages"
ELSEWHERE = ("http://", "https://", "mailto:", "#")
FILES = {"README.md": "/index.md", ".github/CHANGELOG.md": "/changelog.md"}


def rewritten(text: str, source: Path) -> str:
    """A Markdown text whose file is `source`, with the links of the site; code is left alone."""
    lines, fence = [], ""
    for line in text.split("\n"):
        if mark := FENCE.match(line):
            if not fence:
                fence = mark[1]
            elif mark[1].startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
        lines.append(line if fence else LINK.sub(lambda found: _link(found, source), line))
    return "\n".join(lines)


def _link(found: re.Match[str], source: Path) -> str:
    words, target = found[1], found[2]
    if target.startswith(ELSEWHERE):
        return found[0]
    path, _, fragment = target.partition("#")
    page = _page(path, source)
    if page is None:
        return words
    return f"[{words}]({page}{'#' * bool(fragment)}{fragment})"


def _page(path: str, source: Path) -> str | None:
    """The page's source from the site's root, such as `/reference.md`; None for a file that has no page."""
    if path.startswith("/"):
        inside = path.removeprefix("/")
    else:
        there = Path(os.path.normpath(source.parent / path))
        if not there.is_relative_to(paths.ROOT):
            return None
        file = there.relative_to(paths.ROOT).as_posix()
        if file in FILES:
            return FILES[file]
        if there.is_relative_to(PAGES):
            inside = there.relative_to(PAGES).as_posix()
        elif there.stem in STEMS and there.suffix in {".ipynb", ".md"}:
            inside = f"chapters/{there.stem}"
        else:
            return None
    inside = inside.removesuffix(".html").removesuffix(".md").removesuffix(".ipynb")
    folder, _, stem = inside.rpartition("/")
    return f"/{inside}.ipynb" if folder == "chapters" and stem in STEMS else f"/{inside}.md"


STEMS = {chapter.stem for chapter in chapters.contents()}
