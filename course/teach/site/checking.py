"""Whether every link within a built site leads somewhere: to a file, and in it to a place."""

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

NAMES = {"href", "src"}


class _Page(HTMLParser):
    """What a page links to, and the ids that one can link to in it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.twice: set[str] = set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        for name, value in attributes:
            if name == "id" and value:
                self.twice |= self.ids & {value}
                self.ids.add(value)
            elif name in NAMES and value is not None:
                self.links.append(value)


def broken(site: Path) -> list[str]:
    """One line for each link that leads nowhere, and for each id that a page gives to two elements."""
    pages = {path: _Page(path) for path in sorted(site.rglob("*.html"))}
    found = []
    for path, page in pages.items():
        name = path.relative_to(site).as_posix()
        found += [f"{name}: two elements have the id {each}" for each in sorted(page.twice)]
        for link in dict.fromkeys(page.links):
            if (why := _why(link, path, site, pages)) is not None:
                found.append(f"{name}: {link} {why}")
    return found


def _why(link: str, path: Path, site: Path, pages: dict[Path, _Page]) -> str | None:
    """What is wrong with a link of the page at `path`; None where nothing is, or it leaves the site."""
    if urlsplit(link).scheme or link.startswith("//"):
        return None
    address, fragment = urldefrag(link)
    place = unquote(address.partition("?")[0])
    target = (path.parent / place).resolve() if place else path
    if target.is_dir():
        target /= "index.html"
    if not target.is_relative_to(site.resolve()) or not target.is_file():
        return "leads to no file"
    if fragment and target in pages and unquote(fragment) not in pages[target].ids:
        return "leads to no place on its page"
    return None
