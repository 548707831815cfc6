"""A result as plain text: for a terminal, a screen reader, and a test that compares."""

import textwrap

from course.engine.chapters import called
from course.engine.report.model import IN_WORDS, Exchange, Fault, Problem, Result, Verdict

WIDTH = 100
FAILING = frozenset({"fails", "broken", "stuck"})


def text(result: Result) -> str:
    """Everything there is to say, in the order in which a learner needs it."""
    return "\n".join([*(verdict(each) for each in result.verdicts), closing(result)])


def verdict(verdict: Verdict) -> str:
    """One requirement: a line where it holds, and the story of the failure where it does not."""
    head = f"[{IN_WORDS[verdict.outcome]}] {verdict.sentence}"
    if verdict.outcome not in FAILING:
        return head
    parts = [head]
    if verdict.exchanges:
        parts.append(exchange(verdict.exchanges[-1]))
    if verdict.expected:
        parts.append(f"expected: {verdict.expected}")
    if verdict.fault:
        parts.append(fault(verdict.fault))
    if verdict.misconception:
        parts.append(f"{verdict.misconception.title}\n{_wrapped(verdict.misconception.why)}")
    return parts[0] + "".join("\n" + textwrap.indent(part, "    ") for part in parts[1:])


def exchange(exchange: Exchange) -> str:
    """What was sent, and what came back."""
    sent = f"sent:     {exchange.method} {exchange.path}"
    if exchange.sent:
        sent += "\n" + textwrap.indent(exchange.sent, " " * 10)
    status = "no answer" if exchange.status is None else str(exchange.status)
    lines = exchange.answer.split("\n")
    answer = f"answer:   {status} {lines[0]}".rstrip()
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


def earlier_line(result: Result) -> str:
    """One line on the chapters before this one; empty where there are none."""
    if not result.earlier:
        return ""
    held = sum(verdict.holds for verdict in result.earlier)
    if held == len(result.earlier) == 1:
        return "Earlier chapters: the 1 requirement still holds."
    if held == len(result.earlier):
        return f"Earlier chapters: all {held} requirements still hold."
    line = f"Earlier chapters: {held} of {len(result.earlier)} requirements hold."
    same = len(_worth_telling(result)) - len(told_earlier(result))
    breaks = "breaks" if same == 1 else "break"
    return f"{line} {same} of the others {breaks} at a place that is told of here too." if same else line


def told_earlier(result: Result) -> list[Verdict]:
    """The verdicts of earlier chapters that need more than that line: one of all that break at one place."""
    told, crashes = [], {_crash(each) for each in result.verdicts} - {None}
    for each in _worth_telling(result):
        crash = _crash(each)
        if crash not in crashes:
            told.append(each)
        if crash is not None:
            crashes.add(crash)
    return told


def _worth_telling(result: Result) -> list[Verdict]:
    return [each for each in result.earlier if each.outcome in FAILING | {"open"}]


def _crash(verdict: Verdict) -> tuple[str, str, int] | None:
    fault = verdict.fault if verdict.outcome == "broken" else None
    return (fault.kind, fault.file, fault.line) if fault is not None and fault.line else None


def summary_line(result: Result) -> str:
    """The last line: how far the chapter is."""
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


def closing(result: Result) -> str:
    """What follows the verdicts: earlier chapters, the problem, what the code printed, and the sum of it."""
    parts = [earlier_line(result)]
    parts += [verdict(each) for each in told_earlier(result)]
    if result.problem:
        parts.append(problem(result.problem))
    if result.output:
        parts.append("Your code printed:\n" + textwrap.indent(result.output.rstrip("\n"), "    "))
    parts.append(summary_line(result))
    return "\n".join(part for part in parts if part)


def _wrapped(prose: str) -> str:
    return "\n".join(textwrap.fill(line, WIDTH) if len(line) > WIDTH else line for line in prose.split("\n"))
