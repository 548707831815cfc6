"""The computed pages of the index: its table of contents, and a page of misconceptions for each chapter."""

from itertools import groupby

from course.learn.lookup.explain.entries import Entry, entries
from course.learn.lookup.explain.misconception_entries import Mistake, expected, mistakes, plain_symptoms
from course.learn.lookup.explain.pasted import plain

HEAD = """\
# I see this error

{errors} messages and silent failures, each produced by running the mistake, and the {mistakes} misconceptions
that the checkpoints of this course know by name. To look up a whole traceback, or without a network, use
`course explain` in a terminal or `%explain` in a notebook. If you learned FastAPI some years ago,
[What changed](/changed) lists the differences.
"""


def pages() -> dict[str, str]:
    """The page `errors/index`, and the pages of misconceptions: of each chapter, and of every chapter."""
    written = {"errors/index": _contents()}
    for page, group in groupby(mistakes(), key=lambda one: one.page):
        written[page] = _mistakes(list(group))
    return written


def _contents() -> str:
    parts = [HEAD.format(errors=len(entries()), mistakes=len(mistakes()))]
    for page, group in groupby(entries(), key=lambda one: one.page):
        found = sorted(group, key=lambda one: plain(one.title))
        parts.append(f"## {_title(page)}\n")
        parts.append("\n".join(_line(one) for one in found) + "\n")
    parts.append("## What a checkpoint says\n")
    parts.append("Wrong services that run, and what is wrong with them:\n")
    for page, members in groupby(mistakes(), key=lambda one: one.page):
        alike = list(members)
        chapter = alike[0].chapter
        words = "Every chapter" if alike[0].in_every_chapter else f"{chapter.subject}, {chapter.title}"
        parts.append(f"- [{words}](/{page}): {len(alike)} misconceptions")
    return "\n".join(parts) + "\n"


def _title(page: str) -> str:
    from course.engine.example_pages import PAGES

    first = (PAGES / f"{page}.md").read_text(encoding="utf-8").split("\n", 1)[0]
    return first.removeprefix("# ")


def _line(one: Entry) -> str:
    heading = one.heading.replace("[", "\\[").replace("]", "\\]") if "`" not in one.heading else one.heading
    return f"- [{heading}](/{one.address.replace('#', '.md#')})"


def _mistakes(found: list[Mistake]) -> str:
    chapter = found[0].chapter
    if found[0].in_every_chapter:
        called, checkpoint = "every chapter", "any checkpoint"
    else:
        called = chapter.called
        checkpoint = f"the checkpoint of [{chapter.title}](/chapters/{chapter.stem}.md)"
    parts = [
        f"# What people get wrong in {called}\n",
        f"Services that start and are wrong, and what {checkpoint}",
        "says of each. `course explain` finds them from a pasted report.\n",
    ]
    for one in found:
        parts += [f"## {one.entry.title}\n", _seen(one), one.entry.why, ""]
    return "\n".join(parts)


def _seen(one: Mistake) -> str:
    """What the learner sees, as a quotation."""
    if one.in_every_chapter:
        return "**Why:**\n"
    lines = [f"does not hold yet: {one.sentence}"]
    told = expected(one)
    lines += [f"expected: {words}" for words in told]
    lines += [words for words in plain_symptoms(one.entry) if not any(words in each for each in told)]
    quoted = "\\\n".join(f"> {line}" for line in lines)
    return f"**You see:**\n\n{quoted}\n\n**Why:**\n"
