"""Everything the site is made of, put into one folder for Sphinx."""

import importlib
import shutil
from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path

from course import paths
from course.engine import chapters
from course.errors import CourseError
from course.teach.site import chapter, links, outputs

THEME = Path(__file__).parent / "theme"
MAKERS = ("course.teach.site.error_pages", "course.teach.site.reference_page", "course.teach.guide")
"""Modules whose `pages()` answers pages that are computed: name -> MyST Markdown."""
SECTIONS = {
    "Learn": ("chapters/*",),
    "Look up": ("reference*", "errors*", "changed", "official"),
    "Teach": ("workshop", "guide*", "slides", "board", "grades", "hub", "places"),
    "The course itself": ("*",),
}
"""What the side bar shows: title -> names of pages, in this order; `*` is whatever no one else has."""

FOLDERS = {"errors": "I see this error", "reference": "Quick reference", "guide": "The teacher's guide"}
"""Folders whose pages hang below one page of the same name, and its title if the course has no such page."""


def assemble(folder: Path) -> int:
    """Write the sources of the site to a folder that is empty; the number of pages."""
    pages = _pages()
    for name, text in pages.items():
        source = links.PAGES / f"{name}.md"
        _write(folder / f"{name}.md", outputs.framed(links.rewritten(text, source)))
    for each in chapters.contents():
        _write(folder / "chapters" / f"{each.stem}.ipynb", chapter.page(each))
        if each.is_exam:
            _write(folder / "chapters" / f"{each.stem}_solution.ipynb", chapter.solution(each))
    changes = paths.ROOT / ".github" / "CHANGELOG.md"
    _write(folder / "changelog.md", links.rewritten(changes.read_text(encoding="utf-8"), changes))
    _hang(folder, pages)
    names = [f"chapters/{each.stem}" for each in chapters.contents()] + [*pages, "changelog"]
    with (folder / "index.md").open("a", encoding="utf-8") as index:
        index.write(trees([name for name in names if name != "index"]))
    shutil.copytree(THEME, folder / "_static")
    _write(folder / "_static" / "outputs.css", outputs.styles())
    return len(names) + len(chapters.exams())


def _hang(folder: Path, pages: dict[str, str]) -> None:
    """Give each of `FOLDERS` its page with the table of what is in it, and take that out of `pages`."""
    for name, title in FOLDERS.items():
        parent = next((each for each in (f"{name}/index", name) if each in pages), None)
        inside = [each for each in pages if each.startswith(f"{name}/") and each != parent]
        if not inside:
            continue
        hidden = ":hidden:\n" if parent else ""
        text = (folder / f"{parent}.md").read_text(encoding="utf-8") if parent else f"# {title}\n"
        lines = "\n".join(f"/{each}" for each in inside)
        tree = f"\n```{{toctree}}\n{hidden}:maxdepth: 1\n\n{lines}\n```\n"
        _write(folder / f"{parent or name}.md", text + tree)
        pages.setdefault(parent or name, text)
        for each in inside:
            del pages[each]


def trees(names: Iterable[str]) -> str:
    """The tables of contents of these pages, a section each, as MyST directives that show nothing."""
    left = dict.fromkeys(names)
    blocks = []
    for title, patterns in SECTIONS.items():
        inside = [name for pattern in patterns for name in _matching(pattern, left)]
        if inside:
            lines = "\n".join(f"/{name}" for name in inside)
            blocks.append(f"\n```{{toctree}}\n:caption: {title}\n:hidden:\n:maxdepth: 1\n\n{lines}\n```\n")
    return "".join(blocks)


def _matching(pattern: str, left: dict[str, None]) -> list[str]:
    """Those of `left` that a pattern of `SECTIONS` means, which are then taken out."""
    found = [name for name in left if fnmatchcase(name, pattern)]
    for name in found:
        del left[name]
    return found


def _pages() -> dict[str, str]:
    """The written pages and the computed ones: name -> MyST Markdown."""
    pages = {
        path.relative_to(links.PAGES).with_suffix("").as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(links.PAGES.rglob("*.md"))
    }
    for module in MAKERS:
        pages |= importlib.import_module(module).pages()
    untitled = [name for name, text in pages.items() if not text.startswith("# ")]
    if untitled:
        raise CourseError(
            f"Pages without a title: {', '.join(untitled)}.", "Begin each with a line `# Its title`."
        )
    return pages


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
