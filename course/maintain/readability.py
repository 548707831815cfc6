"""How hard a text is to read: its words, the length of its sentences, and the grade of Flesch and Kincaid.

What is read of a Markdown text are its headings, paragraphs, lists and tables; not its code, its head, a
table of links, or links to read next. Sentences are those of paragraphs and lists.

The grade is that of Kincaid, Fishburne, Rogers and Chissom, Research Branch Report 8-75 (1975): the school
year in which one can read the text. Syllables are counted by the rules of Lingua::EN::Syllable (Greg Fast,
CPAN, 1999), which are right for most words. A piece of inline code is one word of one syllable.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from course.engine import texts

CELL_BREAK = re.compile(r"^\+\+\+.*$", re.MULTILINE)
READ_NEXT = texts.READ_NEXT.strip("*")
END = re.compile(r"(?<=[.!?])[\"'”)*]*\s+|:\s+(?=[A-Z])")
WORD = re.compile(r"\w+(?:['’.-]\w+)*")
CODE = "code"
FEWER = [re.compile(part) for part in ("cial", "tia", "cius", "cious", "giu", "ion", "iou", "sia$", ".ely$")]
MORE = [
    re.compile(part)
    for part in (
        *("ia", "riet", "dien", "iu", "io", "ii", "[aeiouym]bl$", "[aeiou]{3}", "^mc", "ism$"),
        *(r"([^aeiouy])\1l$", "[^l]lien", "^coa[dglx].", "[^gq]ua[^auieo]", "dnt$"),
    )
]


class Block(NamedTuple):
    """A heading, a paragraph, an item of a list, or a cell of a table: its text as it is read."""

    kind: str
    text: str
    line: int
    plain: str
    """The same with `code` in place of each piece of inline code."""


@dataclass(frozen=True)
class Reading:
    """What was counted. `words` are all; `running` are those of sentences."""

    words: int
    running: int
    sentences: int
    syllables: int

    @property
    def words_a_sentence(self) -> float:
        return self.running / self.sentences if self.sentences else 0.0

    @property
    def grade(self) -> float:
        if not self.running:
            return 0.0
        return 0.39 * self.words_a_sentence + 11.8 * self.syllables / self.running - 15.59


def of(text: str) -> Reading:
    """Count a Markdown text."""
    return of_blocks(blocks(text))


def of_blocks(found: Iterable[Block]) -> Reading:
    words = running = sentences = count = 0
    for block in found:
        words += sum(any(map(str.isalnum, word)) for word in block.text.split())
        if block.kind in ("paragraph", "item"):
            for sentence in END.split(block.plain):
                inside = WORD.findall(sentence)
                running += len(inside)
                sentences += bool(inside)
                count += sum(map(syllables, inside))
    return Reading(words, running, sentences, count)


def syllables(word: str) -> int:
    """The syllables of an English word, about."""
    plain = re.sub(r"['’]", "", word.lower()).removesuffix("e")
    count = len([group for group in re.split(r"[^aeiouy]+", plain) if group])
    count -= sum(bool(part.search(plain)) for part in FEWER)
    count += sum(bool(part.search(plain)) for part in MORE)
    return max(count, 1)


def blocks(text: str) -> Iterator[Block]:
    """The blocks of a Markdown text that are read, in order."""
    from markdown_it import MarkdownIt

    blank = texts.HEAD.sub(lambda head: "\n" * head[0].count("\n"), text)
    skipped = in_list = 0
    table: list[Block] | None = None
    linked = False
    kind = ""
    for token in MarkdownIt().enable("table").parse(CELL_BREAK.sub("", blank)):
        if token.type == "heading_open":
            kind, skipped = "heading", 0
        elif token.type == "paragraph_open":
            kind = "item" if in_list else "paragraph"
        elif token.type in ("list_item_open", "list_item_close"):
            in_list += 1 if token.type.endswith("open") else -1
        elif token.type == "table_open":
            table, linked = [], False
        elif token.type == "table_close":
            yield from () if linked or skipped else (table or [])
            table = None
        elif token.type == "html_block" and not skipped:
            for part in re.findall(r"<summary>(.*?)</summary>", token.content, re.DOTALL):
                read, plain = (
                    " ".join(re.sub(r"</?\w+>", "", each).split())
                    for each in (part, re.sub(r"<code>.*?</code>", CODE, part))
                )
                yield Block("paragraph", read, (token.map or [0])[0] + 1, plain)
        elif token.type == "inline":
            children = token.children or []
            read = "".join(_shown(child.type, child.content, None) for child in children)
            plain = "".join(_shown(child.type, child.content, CODE) for child in children)
            line = (token.map or [0])[0] + 1
            if read.startswith(READ_NEXT) or (kind == "heading" and read.startswith(texts.SOLVED)):
                skipped = 1
            if table is not None:
                linked = linked or any(child.type == "link_open" for child in children)
                table.append(Block("cell", read, line, plain))
            elif not skipped:
                yield Block(kind, read, line, plain)


def _shown(kind: str, content: str, code: str | None) -> str:
    """What a piece of a line looks like."""
    if kind in ("softbreak", "hardbreak"):
        return " "
    if kind == "code_inline":
        return content if code is None else code
    return content if kind == "text" else ""
