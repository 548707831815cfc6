"""A result as plain text: for a terminal, a screen reader, and a test that compares."""

import textwrap

from course.engine.chapters import called
from course.engine.report import causes
from course.engine.report.causes import FAILING, Cause
from course.engine.report.model import E_MAIL, IN_WORDS, Exchange, Fault, Problem, Result, Verdict
from course.engine.report.seen import at_work, bounded, seen
from course.engine.words import listed

WIDTH = 100
PRINTED = 4_000
"""Characters of what the learner's code printed, tracebacks in the log among it, that a report shows."""
LONGEST = 2_000
"""Characters of an expectation, which may repeat a response, and of details."""
FULL = 3
"""So many entries are shown in full; of the others only the sentence.

Of earlier chapters too, if a requirement of the chapter itself fails: the reason may be the same.
"""


def text(result: Result) -> str:
    """The whole report: the tally and the next step, then each cause once, then what is left to say."""
    parts = [tally(result), *map(blank_line, result.blanks)]
    if result.problem:
        parts.append(problem(result.problem))
    own = causes.own_causes(result)
    parts += [_entry(number, each, full=number <= FULL) for number, each in enumerate(own, 1)]
    parts += [to_do_line(result), not_run_line(result), earlier_line(result)]
    parts += [
        _entry(number, each, full=not own and number <= FULL)
        for number, each in enumerate(causes.earlier_causes(result), len(own) + 1)
    ]
    holding = [each for each in result.verdicts if each.holds]
    if result.passed:
        parts += [verdict(each) for each in holding]
    if result.output:
        parts.append("Your code printed:\n" + textwrap.indent(printed(result), "    "))
    return "\n".join(part for part in parts if part)


def printed(result: Result) -> str:
    """What the learner's code printed; of much, the beginning and the end."""
    return bounded(result.output.rstrip("\n"), PRINTED)


def tally(result: Result) -> str:
    """The first line: how far the chapter is, and where to begin."""
    line = summary_line(result)
    first = causes.first_to_mend(result)
    if first is None or result.problem is not None or not result.verdicts:
        return line
    if first.chapter != result.chapter:
        return f"{line} Begin with what broke in {called(first.chapter)}."
    exercise = exercise_of(first)
    return (
        f"{line} Begin with exercise {exercise}." if exercise else f"{line} Begin with the first one below."
    )


def exercise_of(verdict: Verdict) -> int | None:
    """The number of the exercise that a requirement belongs to, where it is known."""
    if verdict.exercise is not None:
        return verdict.exercise
    found = verdict.expected.split(":")[0].removeprefix("Exercise ") if verdict.outcome == "open" else ""
    return int(found) if found.isdecimal() else None


def sentence(verdict: Verdict) -> str:
    """The requirement's sentence, after the number of its exercise."""
    exercise = f"Exercise {verdict.exercise}: " if verdict.exercise is not None else ""
    return exercise + verdict.sentence


def verdict(verdict: Verdict) -> str:
    """One requirement: a line where it holds, and the story of the failure where it does not."""
    head = f"[{IN_WORDS[verdict.outcome]}] {sentence(verdict)}"
    if verdict.outcome not in FAILING:
        return head
    parts = [head]
    parts += [exchange(each) for each in verdict.shown_exchanges]
    if verdict.expected:
        parts.append(f"expected: {bounded(verdict.expected, LONGEST)}")
    if value := seen(verdict.detail, verdict.expected):
        parts.append(f"seen:     {value}")
    parts += [f"{label}:".ljust(10) + words for label, words in at_work(verdict)]
    if verdict.fault:
        parts.append(fault(verdict.fault))
    if verdict.misconception:
        parts.append(f"{verdict.misconception.title}\n{_wrapped(verdict.misconception.why)}")
    return parts[0] + "".join("\n" + textwrap.indent(part, "    ") for part in parts[1:])


def exchange(exchange: Exchange) -> str:
    """What was sent, and what came back; of an e-mail, what was sent."""
    if exchange.method == E_MAIL:
        return f"e-mail:   {exchange.path}\n" + textwrap.indent(exchange.sent, " " * 10)
    sent = f"request:  {exchange.method} {exchange.path}"
    if exchange.sent:
        sent += "\n" + textwrap.indent(exchange.sent, " " * 10)
    status = "no response" if exchange.status is None else str(exchange.status)
    lines = exchange.answer.split("\n")
    answer = f"response: {status} {lines[0]}".rstrip()
    return "\n".join([sent, answer, *(" " * 10 + line for line in lines[1:])])


def fault(fault: Fault) -> str:
    """What went wrong in the learner's code, and where."""
    message = f"{fault.kind}: {fault.message}" if fault.kind else fault.message
    if not fault.where:
        return message
    return f"{message}\nin {fault.where}" + (f":\n    {fault.code}" if fault.code else "")


def problem(problem: Problem) -> str:
    """The one explanation that stands in place of verdicts."""
    parts = [problem.title, _wrapped(problem.words), problem.detail, _wrapped(f"What to do: {problem.do}")]
    return "\n".join(part for part in parts if part)


def blank_line(where: str) -> str:
    """A blank that was left in the learner's code."""
    return f"A blank (`____`) is left in {where}: put your own code in its place."


def others_line(cause: Cause) -> str:
    """How many more fail for the same reason; empty where none does."""
    count = len(cause.others)
    if not count:
        return ""
    elsewhere = sum(each.chapter != cause.verdict.chapter for each in cause.others)
    of_them = f", {elsewhere} of them in earlier chapters" if elsewhere else ""
    return f"{count} more {'fails' if count == 1 else 'fail'} for this reason{of_them}."


def follows_line(cause: Cause) -> str:
    """That the failure may follow from the one that is explained; empty where this is not so."""
    return (
        "This may follow from the failure that is explained above: correct that first."
        if cause.follows
        else ""
    )


def unexplained_line(cause: Cause) -> str:
    """How many more of the exercise fail, where it is not known why; empty where none does."""
    count = len(cause.unexplained)
    if not count:
        return ""
    counted = _counted(count)
    return f"{counted} beside it may fail for this reason or another: correct this one, and check again."


def to_do(result: Result) -> list[Verdict]:
    """The chapter's requirements that nothing was written for yet."""
    return [each for each in result.verdicts if each.outcome == "open"]


def to_do_line(result: Result) -> str:
    """One line on what is still to do; empty where there is nothing."""
    found = to_do(result)
    if not found:
        return ""
    numbers = sorted({number for each in found if (number := exercise_of(each)) is not None})
    named = f" (exercise{'s' if len(numbers) > 1 else ''} {listed(map(str, numbers))})" if numbers else ""
    return f"Still to do: {_counted(len(found))}{named}."


def not_run(result: Result) -> list[Verdict]:
    """The chapter's requirements that were not run."""
    return [each for each in result.verdicts if each.outcome == "unknown"]


def not_run_line(result: Result) -> str:
    """One line on what was not run; empty where all was."""
    count = len(not_run(result)) + result.skipped
    return f"Not run: {_counted(count)}." if count else ""


def earlier_line(result: Result) -> str:
    """One line on the chapters before this one; empty where there are none."""
    if not result.earlier:
        return ""
    held = sum(verdict.holds for verdict in result.earlier)
    if held == len(result.earlier) == 1:
        return "Earlier chapters: the 1 requirement still holds."
    if held == len(result.earlier):
        return f"Earlier chapters: all {held} requirements still hold."
    return f"Earlier chapters: {held} of {len(result.earlier)} requirements hold."


def summary_line(result: Result) -> str:
    """How far the chapter is."""
    it = called(result.chapter)
    subject = it[0].upper() + it[1:]
    if not result.verdicts:
        return f"{subject} could not be checked yet."
    held, all_of_them = sum(verdict.holds for verdict in result.verdicts), len(result.verdicts)
    if result.passed:
        return f"{subject} passed: all {all_of_them} requirements hold."
    if held == all_of_them:
        return f"{subject}: all {held} requirements hold, but it has not passed yet."
    return f"{subject}: {held} of {all_of_them} requirements hold."


def _entry(number: int, cause: Cause, *, full: bool) -> str:
    head = f"[{IN_WORDS[cause.verdict.outcome]}] {sentence(cause.verdict)}"
    told = verdict(cause.verdict) if full else head
    more = [line for line in (follows_line(cause), others_line(cause), unexplained_line(cause)) if line]
    return f"{number}. {told}" + "".join(f"\n    {line}" for line in more)


def _counted(count: int) -> str:
    return "1 requirement" if count == 1 else f"{count} requirements"


def _wrapped(prose: str) -> str:
    return "\n".join(textwrap.fill(line, WIDTH) if len(line) > WIDTH else line for line in prose.split("\n"))
