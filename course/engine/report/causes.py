"""Which failures have one cause, so that a report says each cause once.

Two failures have one cause if the same exception left the same line of the learner's code, if both were
stopped at the same line, if both are explained by the same misconception, or if they expected the same and
the last response was the same.

Where one failure of an exercise is explained and another is not, the reason may be the same or another one:
nothing is claimed, and the second is shown below the first. For the same reason, after the first explanation
one that rests on a response alone is withheld: the failure may follow from the first. It is given when that
one is corrected, or at once where the learner's code or an exception in it shows the mistake.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from course.engine.chapters import called
from course.engine.report.model import Result, Verdict
from course.engine.report.seen import seen

FAILING = frozenset({"fails", "broken", "stuck"})

Mark = tuple[str | int, ...]


@dataclass(frozen=True)
class Cause:
    """One entry of a report: the verdict that is shown in full, and those that fail for the same reason.

    `unexplained` are failures of the same exercise whose reason is not known, and may be this one. `follows`
    says that an explanation was withheld, because the failure may follow from the first that is explained.
    """

    verdict: Verdict
    others: tuple[Verdict, ...] = ()
    unexplained: tuple[Verdict, ...] = ()
    follows: bool = False


def grouped(verdicts: Iterable[Verdict]) -> tuple[Cause, ...]:
    """The failing ones of these verdicts, grouped by cause, each group where its first verdict stands."""
    groups: list[list[Verdict]] = []
    known: dict[Mark, list[Verdict]] = {}
    for verdict in verdicts:
        if verdict.outcome not in FAILING:
            continue
        marks = marks_of(verdict)
        group = next((known[mark] for mark in marks if mark in known), None)
        if group is None:
            group = []
            groups.append(group)
        group.append(verdict)
        for mark in marks:
            known.setdefault(mark, group)
    return _gathered([_cause(group) for group in groups])


def marks_of(verdict: Verdict) -> tuple[Mark, ...]:
    """What a failure shares with others of the same cause; none where it stands alone."""
    marks: list[Mark] = []
    if verdict.misconception is not None:
        marks.append(("misconception", verdict.misconception.name, verdict.misconception.title))
    fault = verdict.fault
    if fault is not None and fault.file and fault.line:
        marks.append((verdict.outcome, fault.kind, fault.file, fault.line))
    elif fault is not None and fault.kind:
        marks.append((verdict.outcome, fault.kind, fault.message))
    elif verdict.expected:
        last = [repr(each) for each in verdict.exchanges[-1:]]
        marks.append((verdict.outcome, verdict.expected, seen(verdict.detail), *last))
    return tuple(marks)


def own_causes(result: Result) -> tuple[Cause, ...]:
    """The entries on the chapter's own requirements, and what fails in earlier ones for the same reasons."""
    return tuple(each for each in _all(result) if each.verdict.chapter == result.chapter)


def earlier_causes(result: Result) -> tuple[Cause, ...]:
    """The entries on causes that break requirements of earlier chapters only."""
    return tuple(each for each in _all(result) if each.verdict.chapter != result.chapter)


def numbered(result: Result) -> tuple[Verdict, ...]:
    """What `%hint N` counts: the entries in the order of the report, then what is still to do."""
    entries = (*own_causes(result), *earlier_causes(result))
    to_do = (each for each in (*result.verdicts, *result.earlier) if each.outcome == "open")
    return (*(each.verdict for each in entries), *to_do)


def first_to_mend(result: Result) -> Verdict | None:
    """Where to begin: the first own requirement that does not hold, unless something broke that is done.

    What is still to do waits until the requirements of earlier chapters hold again.
    """
    own = next((each for each in result.verdicts if not each.holds), None)
    if own is not None and own.outcome in FAILING:
        return own
    broke = next((each for each in result.earlier if each.outcome in FAILING), None)
    return broke or own or next((each for each in result.earlier if not each.holds), None)


def _all(result: Result) -> tuple[Cause, ...]:
    return grouped((*result.verdicts, *map(_placed, result.earlier)))


def _gathered(found: list[Cause]) -> tuple[Cause, ...]:
    """The causes, where those that are not explained stand below the explained one of their exercise.

    A requirement of no exercise held before the learner began: it goes below the first that is explained.
    """
    below: dict[int, list[Verdict]] = {}
    shown = []
    for each in found:
        root = next((one for one in found if _may_be_of(each.verdict, one.verdict)), None)
        if root is None:
            shown.append(each)
        else:
            below.setdefault(id(root), []).extend([each.verdict, *each.others])
    gathered = [replace(each, unexplained=tuple(below.get(id(each), ()))) for each in shown]
    first = next((each for each in gathered if each.verdict.misconception is not None), None)
    return tuple(each if each is first else _without_a_guess(each) for each in gathered)


def _without_a_guess(cause: Cause) -> Cause:
    verdict = cause.verdict
    known = verdict.misconception
    if known is None or known.in_code or verdict.fault is not None:
        return cause
    return replace(cause, verdict=replace(verdict, misconception=None), follows=True)


def _may_be_of(verdict: Verdict, explained: Verdict) -> bool:
    return (
        explained.misconception is not None
        and verdict.misconception is None
        and verdict.fault is None
        and verdict.chapter == explained.chapter
        and explained.exercise is not None
        and verdict.exercise in (None, explained.exercise)
    )


def _placed(verdict: Verdict) -> Verdict:
    """An earlier chapter's verdict, whose sentence names the chapter: each chapter has an exercise 1."""
    where = called(verdict.chapter)
    exercise = f", exercise {verdict.exercise}" if verdict.exercise is not None else ""
    words = f"{where[0].upper()}{where[1:]}{exercise}: {verdict.sentence}"
    return replace(verdict, sentence=words, exercise=None)


def _cause(group: list[Verdict]) -> Cause:
    """The first verdict that is explained stands for its group; of the chapter itself, where there is one."""
    own = [each for each in group if each.chapter == group[0].chapter]
    shown = next((each for each in own if each.misconception is not None), group[0])
    return Cause(shown, tuple(each for each in group if each is not shown))
