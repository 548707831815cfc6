"""A chapter as slides: which cells and which words come on which slide, and what is left to the speaker."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from course.engine import given
from course.engine.chapters import Chapter
from course.engine.texts import READ_NEXT
from course.teach.slides import book, looks, markup, sizes
from course.teach.slides.book import Cell
from course.teach.slides.markup import Block
from course.teach.slides.sizes import Piece

EXERCISE = re.compile(r"\*\*(Exercise \d+[^*]*?)\.?\*\*\s*")
SHORT = 100
"""Words of a section without code that stand on its slide as they are; of a longer one, two sentences do."""
NARROW = 1.75
"""A picture that is less wide than this for its height has its title and code beside it, not above."""
PICTURE_CODE = 4
"""Lines of code that find room beside a picture."""


@dataclass(frozen=True)
class Slide:
    """One slide. `title` and `body` are HTML, `notes` is Markdown; `badge` is a word in the corner."""

    body: str
    title: str = ""
    badge: str = ""
    kind: str = "code"
    notes: str = ""


@dataclass
class Section:
    """The slides of one `##` heading, below each other in the deck."""

    heading: str
    slides: list[Slide] = field(default_factory=list)
    prose: list[Block] = field(default_factory=list)
    """What was read since the last slide: the next slide's notes."""

    def add(self, *slides: Slide) -> None:
        """Add slides; what was read before goes to the notes of the first."""
        said = "\n\n".join(block.source for block in self.prose)
        self.afterwards(self.prose[:1])
        self.prose = []
        for slide in slides:
            self.slides.append(replace(slide, notes="\n\n".join(filter(None, (said, slide.notes)))))
            said = ""

    def afterwards(self, prose: list[Block]) -> None:
        """What is to be said when the last slide's outcome has been seen: below a line in its notes."""
        said = "\n\n".join(block.source for block in prose)
        if self.slides and said:
            last = self.slides[-1]
            self.slides[-1] = replace(last, notes=f"{last.notes}\n\n---\n\n{said}".strip())


def sections(chapter: Chapter) -> list[Section]:
    """The sections of a chapter's deck; the first holds the title."""
    opening = Section("")
    found = [opening]
    for cell in book.cells(chapter):
        if cell.kind == "code":
            if not cell.silent:
                found[-1].add(*_code(cell, found[-1].prose))
            continue
        for heading, blocks in markup.parts(cell.source):
            if heading.level == 1:
                opening.add(_title(chapter, blocks))
            elif heading.level == 2:
                _close(found[-1])
                found.append(Section(heading.source.lstrip("# ")))
            if heading.level > 2:
                found[-1].add(*_subsection(heading, blocks))
            else:
                _read(found[-1], blocks)
    _close(found[-1])
    maps = [slide for each in found for slide in each.slides if _is_map(slide)]
    if (
        maps and maps[0] is not found[1].slides[0] and not chapter.is_exam
    ):  # there it would give too much away
        figure = "".join(maps[0].body.partition("<figure>")[1:])
        opening.slides.append(replace(maps[0], title="Where this chapter ends", body=figure))
    return found


def _is_map(slide: Slide) -> bool:
    return slide.kind.startswith("picture") and "service_map" in slide.body


def _title(chapter: Chapter, rest: list[Block]) -> Slide:
    lead = next((block.source for block in rest if block.kind == "words"), "")
    body = f'<p class="label">{chapter.label}</p><h1>{markup.inline(chapter.title)}</h1>{markup.html(lead)}'
    return Slide(body, kind="title", notes=f"Gavel, {chapter.called}.")


def _read(section: Section, blocks: list[Block]) -> None:
    """Words are for the speaker. Tables, lists, files, questions and exercises are for the eyes."""
    for at, block in enumerate(blocks):
        title = markup.inline(markup.caption(section.prose))
        if block.kind == "html":
            section.add(*_questions("\n\n".join(each.source for each in blocks[at:])))
            return
        if EXERCISE.match(block.source):
            section.add(*_exercise(blocks[at:]))
            return
        if block.kind == "words":
            section.prose.append(block)
        elif block.kind == "code":
            language, _, source = block.source.strip("`").partition("\n")
            lines = looks.code(source.rstrip("\n"), language)
            section.add(*_probe(lines, [], Slide("", title), steps=False))
        else:
            section.add(*_pages(markup.pieces(block), title=title, kind="words"))


def _pages(pieces: list[Piece], **look: str) -> Iterator[Slide]:
    for page in sizes.pages(pieces, sizes.HEIGHT * sizes.SLACK):
        yield Slide(markup.joined(page), **look)


def _subsection(heading: Block, blocks: list[Block]) -> Iterator[Slide]:
    """A `###` section, as a specification has them, is shown whole."""
    pieces = [piece for block in blocks for piece in markup.pieces(block)]
    yield from _pages(pieces, title=markup.inline(heading.source.lstrip("# ")), kind="words")


def _questions(source: str) -> Iterator[Slide]:
    """Each question, and as the next step its answer."""
    for asked, answer in markup.FOLDED.findall(source):
        body = (
            f'{markup.html(" ".join(asked.split()))}<div class="fragment answer">{markup.html(answer)}</div>'
        )
        yield Slide(body, badge="Question", kind="words question")


def _exercise(task: list[Block]) -> Iterator[Slide]:
    name = EXERCISE.match(task[0].source)
    first = Block("words", EXERCISE.sub("", task[0].source, count=1))
    pieces = [piece for block in (first, *task[1:]) for piece in markup.pieces(block)]
    end = pieces[-1].html
    if end.endswith(",</p>"):  # the sentence goes on below its first cell
        pieces[-1] = replace(pieces[-1], html=end.replace(",</p>", " …</p>"))
    yield from _pages(pieces, badge=name[1] if name else "Exercise", kind="words task")


def _code(cell: Cell, prose: list[Block]) -> Iterator[Slide]:
    """A cell: the question first where there is one, its code, what came out as the next step."""
    title = markup.inline(markup.caption(prose))
    builds = given.TAG in cell.tags or cell.source.startswith("%%")
    badge = _badge(cell)
    drawn = looks.pictures(cell.outputs)
    lines = looks.code(looks.question(cell.stub) if cell.predicts else cell.source)
    shown = looks.outputs(cell.outputs, builds=builds)
    if drawn and len(lines) <= PICTURE_CODE:
        yield from _pictures(drawn, looks.boxed(lines), title)
        drawn = []
    elif report := [piece for piece in shown if "gavel-report" in piece.html]:
        yield from _report(lines, report)
    else:
        yield from _probe(lines, shown, Slide("", title, badge), steps=not builds)
    yield from _pictures(drawn, "", title)


def _badge(cell: Cell) -> str:
    if cell.predicts:
        return "Predict"
    for tag, badge in (("exercise", "Solution"), (given.TAG, "Given")):
        if tag in cell.tags:
            return badge
    return "Build" if cell.source.startswith("%%") else ""


def _probe(lines: list[Piece], shown: list[Piece], look: Slide, *, steps: bool) -> Iterator[Slide]:
    result = "".join(piece.html for piece in shown)
    if steps and result:
        result = f'<div class="fragment">{result}</div>'
    room = sum(piece.height for piece in shown)
    end = replace(lines[-1], height=lines[-1].height + room)
    found = sizes.pages([*lines[:-1], end], sizes.HEIGHT * sizes.SLACK - 30)
    for number, page in enumerate(found, 1):
        last = number == len(found)
        page = [*page[:-1], lines[-1]] if last else page
        badge = look.badge if len(found) == 1 else f"{look.badge} {number} of {len(found)}".strip()
        yield replace(look, body=looks.boxed(page) + (result if last else ""), badge=badge)


def _report(lines: list[Piece], shown: list[Piece]) -> Iterator[Slide]:
    """A checkpoint's report: the tally, with what it unfolds to."""
    begun = Piece(looks.boxed(lines), sum(line.height for line in lines) + 40)
    for number, page in enumerate(sizes.pages([begun, *shown]), 1):
        badge = "" if number == 1 else "continued"
        yield Slide("".join(piece.html for piece in page), badge=badge, kind="report")


def _pictures(drawn: list[tuple[str, float, str]], code: str, title: str) -> Iterator[Slide]:
    for number, (picture, ratio, said) in enumerate(drawn, 1):
        badge = f"{number} of {len(drawn)}" if len(drawn) > 1 else ""
        kind = "picture beside" if ratio < NARROW else "picture"
        notes = f"The picture in words:\n\n{_listed(said)}" if number == 1 else ""
        yield Slide(f"{code}<figure>{picture}</figure>", title, badge, kind, notes)


def _listed(said: str) -> str:
    title, *lines = said.split("\n")
    return "\n".join([title, "", *(re.sub(r"^\s*\d+\.", "-", line).replace("_", r"\_") for line in lines)])


def _close(section: Section) -> None:
    """The last words of a section: notes of its last slide, or a slide of their own."""
    if section.slides:
        section.afterwards(section.prose)
        section.prose = []
    elif section.prose:
        own = [block for block in section.prose if not block.source.startswith(READ_NEXT)]
        whole = sum(len(block.source.split()) for block in own) <= SHORT
        texts = [block.source for block in own] if whole else markup.key_sentences(own)
        section.add(*_pages([Piece(markup.html(each), sizes.words(each)) for each in texts], kind="words"))
