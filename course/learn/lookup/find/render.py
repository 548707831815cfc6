"""An answer in words, for a terminal and for a notebook."""

from html import escape
from textwrap import indent

from course.learn.display import Shown, boxed, code, inline
from course.learn.lookup.find.documents import Page
from course.learn.lookup.find.index import Hit
from course.learn.lookup.find.search import Answer
from course.learn.lookup.reference.items import items
from course.learn.lookup.reference.patterns import pattern

KINDS = {"task": "Quick reference", "section": "Section", "error": "I see this error", "page": "Page"}
FIRST = "The pattern of the first task:"
LONGEST = 60
"""Characters of one word that are repeated."""


def told(answer: Answer) -> str:
    """The whole answer as plain text. No hit is said to be no hit."""
    told = "\n\n".join(
        "\n".join([head, *(as_hit(entry) if isinstance(entry, Hit) else as_page(entry) for entry in entries)])
        for head, entries in parts(answer)
    )
    if (best := best_pattern(answer)) is not None:
        return f"{told}\n\n{FIRST}\n\n{indent(best, '    ')}"
    return told


def shown(answer: Answer) -> Shown:
    """The same for a notebook, where addresses can be followed."""
    html = ""
    for head, entries in parts(answer):
        listed = "".join(f"<li>{_html(entry)}</li>" for entry in entries)
        html += f"<p style='margin:.3em 0'>{inline(head)}</p>" + (f"<ul>{listed}</ul>" if listed else "")
    if (best := best_pattern(answer)) is not None:
        html += f"<p style='margin:.3em 0'>{FIRST}</p>{code(best, 'pattern.py')}"
    return Shown(told(answer), boxed(html, "plain" if answer.course or answer.pages else "ask"))


def best_pattern(answer: Answer) -> str | None:
    """The code of the task that fits best, if a task is the first hit."""
    if answer.uncovered or not answer.course or answer.course[0].document.kind != "task":
        return None
    title = answer.course[0].document.title
    return pattern(next(item for item in items() if item.task == title)).text


def parts(answer: Answer) -> list[tuple[str, list[Hit | Page]]]:
    """What there is to say: sentences, each with the hits or pages that stand below it."""
    if not answer.words:
        return [("That has no word to look for. Name the subject: `course find websocket rooms`.", [])]
    asked = ", ".join(f"`{word[:LONGEST]}`" for word in answer.words)
    if not answer.course and not answer.pages:
        return [(nothing(answer, asked), [])]
    said: list[tuple[str, list[Hit | Page]]] = []
    for word, near in answer.meant:
        said.append((f"Nothing for `{word[:LONGEST]}`. Did you mean `{near}`? For that there is:", []))
    if (page := answer.uncovered) is not None:
        said.append(("The course does not cover this. The official page is:", [page]))
    if answer.course:
        head = "Where the course mentions it:" if page else "In the course:"
        said.append((head, list(answer.course)))
    elif page is None:
        said.append((f"No section of the course has {asked} together.", []))
    if rest := [each for each in answer.pages if each is not page]:
        said.append(("In the official documentation:", list(rest)))
    return said


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


def _html(entry: Hit | Page) -> str:
    """One hit or page as the inside of a list's item."""
    if isinstance(entry, Hit):
        kind, title = KINDS[entry.document.kind], inline(entry.document.title)
        context = f"<br>{inline(entry.context)}" if entry.context else ""
        return f"{kind}: <b>{title}</b>{context}<br><i>{inline(entry.document.place)}</i>"
    title = f"{escape(entry.site)}: {escape(entry.title)}"
    covered = "" if entry.chapter is None else f" (the course: {entry.chapter.called})"
    return f'<a href="{escape(entry.url)}">{title}</a>{covered}<br>{inline(entry.adds)}'
