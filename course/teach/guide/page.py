"""One page of the teacher's guide, as Markdown: what is counted, and what is written, put together."""

import re
from html import escape

from course import paths
from course.engine.chapters import Chapter
from course.engine.texts import slug
from course.errors import CourseError
from course.teach.guide import handwritten, lesson, misconceptions, pictures
from course.teach.guide.handwritten import Written
from course.teach.guide.lesson import OPENING, Lesson
from course.teach.guide.minutes import tables
from course.teach.guide.minutes.tables import Writes
from course.teach.guide.pictures import Picture
from course.teach.guide.tasks import Prediction


def markdown(chapter: Chapter, *, drawn: bool = True, linked: bool = True) -> str:
    """The page of a chapter.

    Args:
        drawn: pictures as SVG; else in their own words, for a terminal.
        linked: headings as links to the chapter's page on the site; else in italics.
    """
    read, by_hand = lesson.read(chapter), handwritten.read(chapter)

    def heading(name: str) -> str:
        if not linked or name == OPENING:
            return f"*{name}*"
        return f"[{name}](/chapters/{chapter.stem}.md#{slug(name)})"

    def told(text: str) -> str:
        return handwritten.resolved(text, read, heading)

    parts = [
        f"# Teaching {chapter.called}: {chapter.title}",
        _purpose(read),
        f"## Before the lesson\n\n{told(by_hand.parts['Prepare'])}",
        "## Minute by minute\n\n"
        + (tables.of_exam(read) if chapter.is_exam else tables.minute_by_minute(read, heading)),
        f"## When time runs out\n\n{tables.cuts(chapter, by_hand, heading, told)}",
        f"## Say\n\n{_at(by_hand.parts['Say'], heading, told)}",
        f"## Draw\n\n{_at(by_hand.parts['Draw'], heading, told)}\n\n{_pictures(pictures.of(chapter), drawn)}",
        f"## Ask the room\n\n{_asked(read, by_hand, heading, told)}",
        f"## Watch for\n\n{told(by_hand.parts['Watch for'])}",
        _exercises(read),
        _predictions(read),
        f"## What people get wrong\n\n{_how_to_read(chapter)}\n\n{misconceptions.markdown(chapter, by_hand)}",
    ]
    text = "\n\n".join(part.strip() for part in parts if part.strip()) + "\n"
    return text if linked else re.sub(r"\[([^\]]+)\]\(/[^)]*\)", r"\1", text)


def gains(chapter: Chapter) -> str:
    """The chapter's line in the table of contents, which stands in README.md.

    Raises:
        CourseError: README.md has no line for it.
    """
    text = (paths.ROOT / "README.md").read_text(encoding="utf-8")
    line = re.search(rf"^\| \[[^\]]*\]\(notebooks/{chapter.stem}\.ipynb\) \| (.*) \|$", text, re.MULTILINE)
    if line is None:
        raise CourseError(f"README.md has no line for {chapter.stem}.", "Add one to the table of contents.")
    return line[1]


def _purpose(read: Lesson) -> str:
    prose = read.sections[0].prose if read.sections[0].heading == OPENING else ""
    return f"The service gains {gains(read.chapter)}.\n\n## What it is for\n\n{prose}"


def _at(part: str, heading: Writes, told: Writes) -> str:
    """What is said or drawn, each under the heading at which its time has come."""
    return "\n\n".join(
        f"**At {heading(where)}**\n\n{told(words)}" for where, words in handwritten.pieces(part)
    )


def _pictures(found: tuple[Picture, ...], drawn: bool) -> str:
    if not drawn:
        return "\n\n".join(f"Cell [{each.cell}]:\n\n```text\n{each.in_words}\n```" for each in found)
    return "\n\n".join(
        f'<figure class="guide-picture">{each.svg}<figcaption>Cell [{each.cell}]. '
        f"{escape(each.title)}</figcaption></figure>"
        for each in found
    )


def _asked(read: Lesson, by_hand: Written, heading: Writes, told: Writes) -> str:
    parts = [
        f"**{each.question}** (after {heading(each.after)})\n\n- Hoped for: {told(each.hoped)}\n"
        f"- You will get: {told(each.wrong)}\n"
        f"- Then: {told(each.then)}"
        for each in by_hand.asked
    ]
    closing = [pair for section in read.sections for pair in section.questions]
    if closing:
        parts.append("**The chapter's own questions**, for the end, in pairs and aloud:")
        parts += [f"- *{asked}* {' '.join(answer.split())}" for asked, answer in closing]
    return "\n\n".join(parts)


def _exercises(read: Lesson) -> str:
    found = [each for section in read.sections for each in section.exercises]
    if not found:
        return ""
    told = [f"**{each.name}**{_cells(each.cells)}. {each.wants}" for each in found]
    return "## The exercises, and what must be true afterwards\n\n" + "\n\n".join(told)


def _cells(cells: tuple[int, ...]) -> str:
    return f", cell {', '.join(f'[{number}]' for number in cells)}" if cells else ""


def _predictions(read: Lesson) -> str:
    found = [each for section in read.sections for each in section.predictions]
    if not found:
        return ""
    rows = [_prediction(each) for each in found]
    return (
        "## The predictions, with their answers\n\n"
        "A prediction with a chapter in parentheses repeats something from that chapter.\n\n"
        "| cell | asked for | answer | because |\n|---|---|---|---|\n" + "\n".join(rows)
    )


def _prediction(each: Prediction) -> str:
    again = f" (chapter {each.earlier})" if each.earlier is not None else ""
    asks, why = each.asks.replace("|", r"\|"), each.why.replace("|", r"\|")
    answer = each.answer.replace("|", r"\|")
    return f"| [{each.cell}] | {asks}{again} | `{answer}` | {why} |"


def _how_to_read(chapter: Chapter) -> str:
    return (
        f"The requirements of `%checkpoint` in {chapter.called}, in the order in which learners meet them. A "
        "requirement in bold is the sentence that they see when it fails. Below it are the first two hints "
        "of `%hint`, and the mistakes that the course knows by name, with the explanation that it gives."
    )
