"""The parts of a page that are about time: minute by minute, and what to leave out when it runs out."""

import re
from collections.abc import Callable

from course.engine.chapters import Chapter
from course.teach.guide import lesson
from course.teach.guide.handwritten import Cut, Written
from course.teach.guide.lesson import Lesson
from course.teach.guide.minutes import by_section, model

Writes = Callable[[str], str]


def minute_by_minute(read: Lesson, heading: Writes) -> str:
    """The sections with the minute at which they begin, and how the sum compares with the course's word."""
    rows = ["| from | min | section | cells | in it |", "|---:|---:|---|---|---|"]
    at = 0
    for section, spent in by_section.sections(read.chapter):
        holds = [f"{len(section.predictions)} to predict"] if section.predictions else []
        holds += [f"exercise {each.name.removeprefix('Exercise ')}" for each in section.exercises]
        holds += [f"{len(section.questions)} questions"] if section.questions else []
        row = [f"{at // 60}:{at % 60:02}", str(spent), heading(section.heading), section.numbers]
        rows.append(f"| {' | '.join([*row, ', '.join(holds)])} |")
        at += spent
    alone = model.alone(read)
    total = (
        f"{at} minutes in a room with its questions and drawings; {alone} for a learner alone, by the same"
    )
    return "\n".join(
        [
            f"{total} [model](/guide/minutes.md). Cells are numbered as *Run All* numbers them, breaks not "
            "included. The next section says what you can leave out.",
            "",
            *rows,
        ]
    )


def of_exam(read: Lesson) -> str:
    """How long an exam takes: to introduce it, and to build it by the model of the chapters."""
    lines = sum(
        len([line for line in source.split("\n")[1:] if line.strip()])
        for source in lesson.kept_from_learners(read.chapter)
    )
    specified = read.section("The specification")
    asked = len(re.findall(r"^### §", specified.prose if specified else "", re.MULTILINE))
    return (
        f"{by_section.remaining(read.chapter)} minutes to introduce it; then each learner works alone: "
        f"{asked} sections, for which the course's solution has {lines} lines. By the "
        f"[model](/guide/minutes.md) of the chapters, {model.LINE} minutes a line, that is "
        f"{lines * model.LINE / 60:.0f} hours. The exam itself says three or four evenings."
    )


def cuts(chapter: Chapter, by_hand: Written, heading: Writes, told: Writes) -> str:
    """What to leave with less time; for an exam, what its page says."""
    if not by_hand.cuts:
        return told(by_hand.parts["Stop here"])
    before = ((), *(cut.leave for cut in by_hand.cuts))
    told_cuts = [
        _cut(chapter, cut, less, heading, told) for cut, less in zip(by_hand.cuts, before, strict=False)
    ]
    return "\n\n".join([*told_cuts, _catching_up(chapter)])


def _cut(chapter: Chapter, cut: Cut, less: tuple[str, ...], heading: Writes, told: Writes) -> str:
    """A cut, with what it leaves beyond the cut before it, whose sections are `less`."""
    left, whole = by_section.remaining(chapter, cut.name), by_section.remaining(chapter)
    more = [each for each in cut.leave if each not in less] if less and set(less) <= set(cut.leave) else None
    leave = "; ".join(heading(each) for each in (cut.leave if more is None else more))
    also = "the same" + (", and also " if more else "") if more is not None else ""
    return (
        f"**{cut.name}** ({whole - left} minutes saved, {left} remain). Leave: {also}{leave}. "
        f"Show instead: {told(cut.show)}"
    )


def _catching_up(chapter: Chapter) -> str:
    then = chapter.following
    if then is None:
        return "**Catching up.** It is the last chapter; `%solution` shows what is still missing."
    return (
        f"**Catching up.** A learner can go on without finishing: `%chapter {then.typed}`, in the first code "
        f"cell of the next notebook, starts from the course's own service after {chapter.called} if the "
        "learner's has not passed its checkpoint, and says so. Their own folder stays as it is; they can "
        "finish it at home. The requirements of a section that you left out do not hold in the checkpoint; "
        "later cells run nevertheless."
    )


def of_all(chapters: tuple[Chapter, ...]) -> str:
    """A table of all chapters: alone, in a room, and after each cut."""
    names = [by_section.WHOLE, *(by_section.SAVES), "Half the time"]
    rows = ["| chapter | alone | in a room | 15 short | 30 short | half |", "|---|---:|---:|---:|---:|---:|"]
    for chapter in chapters:
        told = [str(by_section.remaining(chapter, name)) for name in names]
        alone = model.alone(lesson.read(chapter))
        rows.append(f"| {chapter.number} · {chapter.title} | {alone} | {' | '.join(told)} |")
    return "\n".join(rows)
