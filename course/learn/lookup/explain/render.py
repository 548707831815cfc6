"""What was found, in words: for the terminal and for a notebook."""

import textwrap
from html import escape

from course.engine.report.as_html import inline, prose
from course.learn.display import Shown, boxed, folded
from course.learn.lookup.explain.entries import Entry
from course.learn.lookup.explain.misconception_entries import Mistake
from course.learn.lookup.explain.pasted import Pasted
from course.learn.lookup.explain.search import Hit

WIDTH = 100
OFFICIAL = {
    "sqlalchemy": "https://docs.sqlalchemy.org/en/21/errors.html",
    "pydantic": "https://docs.pydantic.dev/latest/errors/usage_errors/",
    "fastapi": "https://fastapi.tiangolo.com/tutorial/handling-errors/",
    "uvicorn": "https://uvicorn.dev/settings/",
    "jwt": "https://pyjwt.readthedocs.io/en/stable/api.html",
    "httpx": "https://www.python-httpx.org/exceptions/",
}


def found(hits: list[Hit], pasted: Pasted) -> Shown:
    """The best hit in full, and what else fits in a line each."""
    best, others = hits[0], hits[1:]
    title, means, do, where = parts(best)
    why = best.why if best.exact else f"No message of the index is in it. The nearest entry: {best.why}"
    text = [title, f"({why}.)", "", wrapped(means)]
    html = [
        f"<p><strong>{inline(title)}</strong></p>",
        f"<p><small>({inline(why)}.)</small></p>",
        prose(means),
    ]
    if do:
        text += ["", wrapped(f"Do: {do}")]
        html.append(f"<p><strong>Do:</strong> {inline(do)}</p>")
    text += ["", wrapped(f"In the course: {where}")]
    html.append(f"<p><strong>In the course:</strong> {inline(where)}</p>")
    if others:
        text += ["", "This fits as well:"]
    for other in others:
        title, means, do, where = parts(other)
        text.append(wrapped(f"- {title} ({other.why}; {where})"))
        rest = prose(means) + (f"<p><strong>Do:</strong> {inline(do)}</p>" if do else "")
        html.append(folded(f"This fits as well: {title}", f"{rest}<p>{escape(where)}</p>"))
    if pasted.cut:
        text += ["", "(Only the end of the text was read: it is very long.)"]
    return Shown("\n".join(text), boxed("".join(html)))


def nothing(pasted: Pasted) -> tuple[str, str]:
    """Two sentences for a text that fits nothing: that it is so, and what to do next."""
    pages = [OFFICIAL[name] for name in OFFICIAL if name in pasted.libraries][:2]
    page = " and ".join(pages or [OFFICIAL["fastapi"]])
    return (
        "Nothing in the index fits this, so there is no explanation to give.",
        "Paste the last line of the traceback alone, look for its words with `course find`, "
        f"or read the official page: {page}",
    )


def parts(hit: Hit) -> tuple[str, str, str, str]:
    """What is told of a hit: its title, what it means, what to do, and where the course speaks of it."""
    match hit.found:
        case Entry() as entry:
            where = "; ".join(words for words, _ in entry.links)
            return entry.title, entry.means, entry.do, where
        case Mistake() as one:
            where = "every chapter" if one.in_every_chapter else f"{one.chapter.subject}, {one.chapter.title}"
            return one.entry.title, one.entry.why, "", where


def wrapped(words: str) -> str:
    """Paragraphs in lines that a terminal can show."""
    return "\n".join(textwrap.fill(line, WIDTH) for line in words.split("\n"))
