"""Markdown for slides and notes: its blocks, its first sentences, its HTML."""

import re
from dataclasses import dataclass

from markdown_it import MarkdownIt

from course.teach.slides import sizes
from course.teach.slides.sizes import Piece

READER = MarkdownIt("commonmark", {"html": True}).enable("table")
KINDS = {
    "paragraph_open": "words",
    "heading_open": "heading",
    "table_open": "table",
    "bullet_list_open": "list",
    "ordered_list_open": "list",
    "fence": "code",
    "html_block": "html",
}
FOLDED = re.compile(r"<details><summary>(.*?)</summary>(.*?)</details>", re.DOTALL)
ROW = re.compile(r"(?<=</tr>)\n?(?=<tr>)")


@dataclass(frozen=True)
class Block:
    """One block of Markdown: words, heading, table, list, code or html."""

    kind: str
    source: str

    @property
    def level(self) -> int:
        """The level of a heading; 0 for anything else."""
        return len(self.source) - len(self.source.lstrip("#")) if self.kind == "heading" else 0


def blocks(source: str) -> list[Block]:
    """The blocks of a text at its outer level, in order."""
    lines = source.split("\n")
    return [
        Block(KINDS.get(token.type, "words"), "\n".join(lines[token.map[0] : token.map[1]]).strip())
        for token in READER.parse(source)
        if token.level == 0 and token.map and token.nesting >= 0
    ]


def parts(source: str) -> list[tuple[Block, list[Block]]]:
    """The blocks of a text under their headings; what stands before the first has an empty one."""
    found: list[tuple[Block, list[Block]]] = [(Block("words", ""), [])]
    for block in blocks(source):
        if block.level:
            found.append((block, []))
        else:
            found[-1][1].append(block)
    return found


def html(source: str) -> str:
    """Markdown as HTML."""
    return str(READER.render(source)).strip()


def inline(source: str) -> str:
    """One line of Markdown as HTML, without a paragraph around it."""
    return str(READER.renderInline(source)).strip()


def plain(source: str) -> str:
    """What is left to read when the marks are gone."""
    return re.sub(r"\[([^]]*)\]\([^)]*\)|<[^>]+>|[*`#]", lambda mark: mark[1] or "", source)


def sentences(source: str) -> list[str]:
    """The sentences of a paragraph. Full stops in code, links and stress end nothing."""
    found = [""]
    for part in re.split(r"(?:(?<=[.?!])|(?<=[.?!]\*\*))\s+(?=\S)", " ".join(source.split())):
        found[-1] = f"{found[-1]} {part}".strip()
        if found[-1].count("`") % 2 == found[-1].count("**") % 2 == 0 and _closed(found[-1]):
            found.append("")
    return [each for each in found if each]


def _closed(source: str) -> bool:
    return source.count("[") == source.count("]") and source.count("(") == source.count(")")


def key_sentences(prose: list[Block]) -> list[str]:
    """What of a section without code stands on its slide: what is bold, else how its paragraphs begin."""
    every = [sentences(block.source) for block in prose if block.kind == "words"]
    bold = [each for paragraph in every for each in paragraph if "**" in each]
    return (bold or [paragraph[0] for paragraph in every if paragraph])[:2]


def caption(prose: list[Block]) -> str:
    """The last bold words at the beginning of a sentence, which say what the code below them is for."""
    for block in reversed(prose):
        found = re.findall(r"(?:^|(?<=[.?!:] ))\*\*(.+?)\*\*", " ".join(block.source.split()))
        if found and len(plain(found[-1])) <= 70:
            return str(found[-1]).rstrip(".")
    return ""


def pieces(block: Block) -> list[Piece]:
    """A block as what can be put on slides: a table or a list may be split between its rows."""
    if block.kind == "table":
        head, *rows = [line.strip().strip("|").split("|") for line in block.source.split("\n")]
        return _table(block, [head, *rows[1:]])
    if block.kind == "list":
        items = re.split(r"\n(?=(?:- |\* |\d+\. ))", block.source)
        return [Piece(html(each), sizes.words(plain(each))) for each in items]
    return [Piece(html(block.source), sizes.words(plain(block.source)))]


def _table(block: Block, rows: list[list[str]]) -> list[Piece]:
    """Each row as a table of its own; `joined` makes one of those that come on one slide."""
    drawn = html(block.source)
    head, _, body = drawn.partition("<tbody>")
    parts = ROW.split(body.partition("</tbody>")[0].strip())
    heights = [sizes.table_row([plain(cell) for cell in row]) for row in rows]
    begun = Piece(f"{head}<tbody>{parts[0]}</tbody></table>", heights[0] + heights[1])
    more = [
        Piece(f"{head}<tbody>{part}</tbody></table>", height)
        for part, height in zip(parts[1:], heights[2:], strict=True)
    ]
    return [begun, *more]


def joined(page: list[Piece]) -> str:
    """The HTML of a page. Tables with the same head, and lists, that follow each other become one."""
    whole = "\n".join(piece.html for piece in page)
    whole = re.sub(r"</tbody></table>\n<table>\n<thead>.*?</thead>\n<tbody>", "", whole, flags=re.DOTALL)
    return re.sub(r"</ul>\n<ul>|</ol>\n<ol[^>]*>", "", whole)
