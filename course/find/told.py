"""An answer in words, for a terminal and for a notebook."""

from course.find.answer import Answer
from course.find.documents import Page
from course.find.index import Hit

KINDS = {"task": "Quick reference", "section": "Chapter", "error": "I see this error", "page": "Page"}
LONGEST = 60
"""Characters of one word that are repeated."""


def told(answer: Answer) -> str:
    """The whole answer as plain text. No hit is said to be no hit."""
    if not answer.words:
        return "That has no word to look for. Name the subject: `course find websocket rooms`."
    asked = ", ".join(f"`{word[:LONGEST]}`" for word in answer.words)
    if not answer.course and not answer.pages:
        return nothing(answer, asked)
    parts = []
    if answer.meant:
        slips = "; ".join(
            f"nothing for `{word[:LONGEST]}`, did you mean `{near}`?" for word, near in answer.meant
        )
        parts.append(f"{slips[0].upper()}{slips[1:]}")
    if (page := answer.uncovered) is not None:
        parts.append(f"The course does not cover this. The official page is:\n{as_page(page)}")
    elif not answer.course:
        parts.append(f"No section of the course has {asked} together. The official documentation has:")
    if answer.course:
        head = "The course only mentions it:" if answer.uncovered else "In the course:"
        parts.append("\n".join([head, *(as_hit(hit) for hit in answer.course)]))
    rest = [page for page in answer.pages if page is not answer.uncovered]
    if rest:
        head = "To read on, in the official documentation:"
        parts.append("\n".join([*([head] if answer.course else []), *(as_page(page) for page in rest)]))
    return "\n\n".join(parts)


def nothing(answer: Answer, asked: str) -> str:
    """That there is no hit, and which word stands nowhere."""
    if answer.unknown:
        nowhere = ", ".join(f"`{word[:LONGEST]}`" for word in answer.unknown)
        return f"No hit. Neither the course nor the index of the official documentation speaks of {nowhere}."
    return (
        f"No hit. Nothing in the course, or in the index of the official documentation, has {asked} together."
    )


def as_hit(hit: Hit) -> str:
    """One hit of the course: what it is, what it says, where it is opened."""
    lines = [f"- {KINDS[hit.document.kind]}: {hit.document.title}"]
    if hit.context:
        lines.append(f"  {hit.context}")
    return "\n".join([*lines, f"  {hit.document.place}"])


def as_page(page: Page) -> str:
    """One official page: its title, what it adds, its address."""
    covered = "" if page.chapter is None else f" (the course: {page.chapter.called})"
    return f"- {page.site}: {page.title}{covered}\n  {page.adds}\n  {page.url}"
