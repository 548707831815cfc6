"""The checkpoint of a chapter for a teacher: each requirement, its hints, and the mistakes it catches."""

from course.engine import misconceptions
from course.engine.chapters import Chapter
from course.engine.checkpoint import requirements
from course.engine.checkpoint.requirements import Requirement
from course.engine.misconceptions import Misconception
from course.teach.guide.handwritten import Written


def markdown(chapter: Chapter, written: Written) -> str:
    """The requirements in the order in which the learner meets them, with hints and misconceptions."""
    entries = misconceptions.load(chapter.misconceptions)
    wanted = requirements.read(chapter.tests)
    known = {each.id for each in wanted}
    parts = [_first(entries, written)]
    for number, requirement in enumerate(wanted, 1):
        own = _sorted([entry for entry in entries if entry.requirement == requirement.id], written)
        parts.append(_requirement(number, requirement, own))
    if others := [entry for entry in entries if entry.requirement not in known]:
        parts.append(
            "**A requirement of an earlier chapter catches these:**\n\n" + "\n".join(map(_entry, others))
        )
    return "\n\n".join(part for part in parts if part)


def _first(entries: tuple[Misconception, ...], written: Written) -> str:
    titles = {entry.name: entry.title for entry in entries}
    named = "; ".join(f"*{titles[name]}*" for name in written.first)
    return f"Which mistakes come most often has not been counted yet. Expect these first: {named}."


def _sorted(entries: list[Misconception], written: Written) -> list[Misconception]:
    """Those that are expected first stand first; the others as in the file."""
    return sorted(entries, key=lambda entry: entry.name not in written.first)


def _requirement(number: int, requirement: Requirement, entries: list[Misconception]) -> str:
    given = " (holds from the start)" if requirement.given else ""
    lines = [f"**{number}. {requirement.sentence}**{given}", ""]
    if requirement.hints:
        question, where = requirement.hints[0], requirement.hints[1:2]
        lines += [f"Hint: {' · '.join([question, *where])}", ""]
    lines += [_entry(entry) for entry in entries]
    return "\n".join(lines).strip()


def _entry(entry: Misconception) -> str:
    """A mistake and what a learner reads first of it, as one item of a list; the site has the rest."""
    why = "\n\n".join(
        paragraph.replace("\n", "\n  ") if n == 0 else "  " + paragraph.replace("\n", "\n  ")
        for n, paragraph in enumerate((entry.seen or entry.why).split("\n\n"))
    )
    return f"- *{entry.title}.* {why}"
