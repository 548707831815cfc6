"""The parts of a page that are about time: minute by minute, and what to leave out when it runs out."""

import re
from collections.abc import Callable

from course.chapters import Chapter
from course.guide import clock, lesson, minutes
from course.guide.lesson import Lesson
from course.guide.written import Cut, Written

Writes = Callable[[str], str]


def minute_by_minute(read: Lesson, heading: Writes) -> str:
    """The sections with the minute at which they begin, and how the sum compares with the course's word."""
    rows = ["| from | min | section | cells | in it |", "|---:|---:|---|---|---|"]
    at = 0
    for section, spent in clock.sections(read.chapter):
        holds = [f"{len(section.predictions)} to predict"] if section.predictions else []
        holds += [f"exercise {each.name.removeprefix('Exercise ')}" for each in section.exercises]
        holds += [f"{len(section.questions)} questions"] if section.questions else []
        row = [f"{at // 60}:{at % 60:02}", str(spent), heading(section.heading), section.numbers]
        rows.append(f"| {' | '.join([*row, ', '.join(holds)])} |")
        at += spent
    alone = minutes.alone(read)
    total = f"{at} minutes in a room with its questions and drawings; {alone} for somebody alone, by the same"
    return "\n".join(
        [
            f"{total} [model](/guide/minutes.md). Cells are numbered as *Run All* numbers them, breaks not "
            "included. See below for what can be left out.",
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
        f"{clock.remaining(read.chapter)} minutes to introduce it, and then it is everybody's own: {asked} "
        f"paragraphs, for which the course's solution has {lines} lines. By the "
        f"[model](/guide/minutes.md) of the chapters, {minutes.LINE} minutes a line, that is "
        f"{lines * minutes.LINE / 60:.0f} hours. The exam's own word is three or four evenings."
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
    left, whole = clock.remaining(chapter, cut.name), clock.remaining(chapter)
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
        f"**Catching up.** Nobody needs to finish in order to go on: `%chapter {then.typed}`, in the first "
        f"code cell of the next notebook, starts from the course's own service after {chapter.called} where "
        "the learner's has not passed its checkpoint, and says so. Their own folder stays as it is, to be "
        "finished at home. What was left out does not hold in the checkpoint; later cells run all the same."
    )


def of_all(chapters: tuple[Chapter, ...]) -> str:
    """A table of all chapters: alone, in a room, and after each cut."""
    names = [clock.WHOLE, *(clock.SAVES), "Half the time"]
    rows = ["| chapter | alone | in a room | 15 short | 30 short | half |", "|---|---:|---:|---:|---:|---:|"]
    for chapter in chapters:
        told = [str(clock.remaining(chapter, name)) for name in names]
        alone = minutes.alone(lesson.read(chapter))
        rows.append(f"| {chapter.number} · {chapter.title} | {alone} | {' | '.join(told)} |")
    return "\n".join(rows)
