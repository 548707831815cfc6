"""An answer in words, for a terminal and for a notebook.

Of a hit that has only some of the words, it is said which. Code that solves an exercise which the learner has
still to do is not shown.
"""

from html import escape
from textwrap import indent

from course.learn.display import Shown, boxed, code, inline
from course.learn.lookup.find.documents import Page
from course.learn.lookup.find.index import Hit
from course.learn.lookup.find.open_exercises import solved_by
from course.learn.lookup.find.search import Answer
from course.learn.lookup.reference.items import Item, items
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
    if (item := best_task(answer)) is not None:
        if withheld := not_yet(item):
            return f"{told}\n\n{withheld}"
        return f"{told}\n\n{FIRST}\n\n{indent(pattern(item).text, '    ')}"
    return told


def shown(answer: Answer) -> Shown:
    """The same for a notebook, where addresses can be followed."""
    html = ""
    for head, entries in parts(answer):
        listed = "".join(f"<li>{_html(entry)}</li>" for entry in entries)
        html += f"<p style='margin:.3em 0'>{inline(head)}</p>" + (f"<ul>{listed}</ul>" if listed else "")
    if (item := best_task(answer)) is not None:
        withheld = not_yet(item)
        html += f"<p style='margin:.3em 0'>{inline(withheld) if withheld else FIRST}</p>"
        html += "" if withheld else code(pattern(item).text, "pattern.py")
    return Shown(told(answer), boxed(html, "plain" if answer.course or answer.pages else "ask"))


def best_task(answer: Answer) -> Item | None:
    """The task that fits best, if a task that has all the words is the first hit."""
    if answer.uncovered or answer.partial or not answer.course:
        return None
    first = answer.course[0].document
    tasks = items() if first.kind == "task" else ()
    return next((item for item in tasks if item.task == first.title), None)


def not_yet(item: Item) -> str:
    """Why the code of a task is not shown, and where it is taught; empty where it may be shown."""
    solved = solved_by(item)
    if solved is None:
        return ""
    chapter, number = solved
    return (
        f"The code of the first task solves exercise {number} of {chapter.called}, which you have not passed "
        f"yet, so it is not shown. {item.chapter.subject} teaches it in the section “{item.section}”. "
        f"The official page: {item.official}"
    )


def parts(answer: Answer) -> list[tuple[str, list[Hit | Page]]]:
    """What there is to say: sentences, each with the hits or pages that stand below it."""
    if not answer.words:
        return [("That has no word to look for. Name the subject: `course find websocket rooms`.", [])]
    asked = ", ".join(f"`{word[:LONGEST]}`" for word in answer.words)
    if not answer.course and not answer.pages:
        return [(nothing(answer, asked), [])]
    said: list[tuple[str, list[Hit | Page]]] = []
    if answer.partial:
        said.append((f"Nothing has all the words: {asked}.{_unknown(answer)} What has most of them:", []))
    for word, near in answer.meant:
        said.append((f"Nothing for `{word[:LONGEST]}`. Did you mean `{near}`? For that there is:", []))
    if (page := answer.uncovered) is not None:
        said.append(("The course does not cover this. The official page is:", [page]))
    if answer.course:
        head = "Where the course mentions it:" if page else "In the course:"
        said.append((head, list(answer.course)))
    elif page is None:
        few = "has enough of these words" if answer.partial else f"has {asked} together"
        said.append((f"No section of the course {few}.", []))
    if rest := [each for each in answer.pages if each is not page]:
        said.append(("In the official documentation:", list(rest)))
    return said


def _unknown(answer: Answer) -> str:
    """Which words are nowhere."""
    corrected = {word for word, _ in answer.meant}
    nowhere = ", ".join(f"`{word[:LONGEST]}`" for word in answer.unknown if word not in corrected)
    return f" Nothing at all has {nowhere}." if nowhere else ""


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
    if hit.has:
        lines.append(f"  {_has(hit)}")
    if hit.context:
        lines.append(f"  {hit.context}")
    return "\n".join([*lines, f"  {hit.document.place}"])


def _has(hit: Hit) -> str:
    """Which words of the question a hit has, where it has not all of them."""
    return "It has " + ", ".join(f"`{word[:LONGEST]}`" for word in hit.has) + "."


def as_page(page: Page) -> str:
    """One official page: its title, what it adds, its address."""
    covered = "" if page.chapter is None else f" (the course: {page.chapter.called})"
    return f"- {page.site}: {page.title}{covered}\n  {page.adds}\n  {page.url}"


def _html(entry: Hit | Page) -> str:
    """One hit or page as the inside of a list's item."""
    if isinstance(entry, Hit):
        kind, title = KINDS[entry.document.kind], inline(entry.document.title)
        has = f"<br>{inline(_has(entry))}" if entry.has else ""
        context = f"<br>{inline(entry.context)}" if entry.context else ""
        return f"{kind}: <b>{title}</b>{has}{context}<br><i>{inline(entry.document.place)}</i>"
    title = f"{escape(entry.site)}: {escape(entry.title)}"
    covered = "" if entry.chapter is None else f" (the course: {entry.chapter.called})"
    return f'<a href="{escape(entry.url)}">{title}</a>{covered}<br>{inline(entry.adds)}'
