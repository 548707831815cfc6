"""A result as HTML for JupyterLab: light and dark, and every colour also said in words.

A fragment carries the style sheet with it: an output cell may be shown without those before it.
"""

import re
from collections.abc import Sequence
from html import escape

from course.engine.report import as_text, causes
from course.engine.report.causes import FAILING, Cause
from course.engine.report.model import E_MAIL, IN_WORDS, Exchange, Fault, Problem, Result, Verdict
from course.engine.report.seen import at_work, bounded, seen
from course.engine.report.style import STYLE

SHORT = 4
"""Lines of details that need no folding."""


def html(result: Result) -> str:
    """The whole report: the tally and the next step, then each cause once, then what is left to say."""
    passed = "gavel-passed" if result.passed else "gavel-on-the-way"
    parts = [f'<p class="gavel-sum {passed}"><strong>{escape(as_text.tally(result))}</strong></p>']
    parts += [f"<p>{inline(as_text.blank_line(where))}</p>" for where in result.blanks]
    if result.problem:
        parts.append(_problem(result.problem))
    own = causes.own_causes(result)
    parts += [_entry(number, each, full=number <= as_text.FULL) for number, each in enumerate(own, 1)]
    parts.append(_list(as_text.to_do_line(result), as_text.to_do(result)))
    parts.append(_list(as_text.not_run_line(result), as_text.not_run(result)))
    if result.earlier:
        parts.append(f"<p>{escape(as_text.earlier_line(result))}</p>")
    earlier = causes.earlier_causes(result)
    parts += [
        _entry(number, each, full=not own and number <= as_text.FULL)
        for number, each in enumerate(earlier, len(own) + 1)
    ]
    holding = [each for each in result.verdicts if each.holds]
    if holding:
        words = "1 requirement holds" if len(holding) == 1 else f"{len(holding)} requirements hold"
        parts.append(_list(words, holding))
    if result.output:
        parts.append(_folded("What your code printed", f"<pre>{escape(as_text.printed(result))}</pre>"))
    return _framed("".join(parts))


def verdict(one: Verdict, *, folded: bool = False) -> str:
    """One verdict in a fragment of its own; `folded`, only its first line is seen until it is opened."""
    return _framed(_verdict(one, folded=folded))


def prose(words: str) -> str:
    """Paragraphs of plain words with `code` and **stress** in them; nothing else is markup."""
    paragraphs = [part.strip() for part in words.split("\n\n")]
    return "".join(f"<p>{inline(part)}</p>" for part in paragraphs if part)


def inline(words: str) -> str:
    """One line of words: `code` becomes code, the rest is escaped."""
    pieces = words.split("`")
    if len(pieces) % 2 == 0:
        return _stressed(words)
    return "".join(
        f"<code>{escape(piece)}</code>" if index % 2 else _stressed(piece)
        for index, piece in enumerate(pieces)
    )


def _stressed(words: str) -> str:
    strong = re.sub(r"\*\*(\S(?:[^*]*[^\s*])?)\*\*", r"<strong>\1</strong>", escape(words))
    return re.sub(r"(?<![*\w])\*([^\s*](?:[^*]*[^\s*])?)\*(?![*\w])", r"<em>\1</em>", strong)


def _framed(inside: str) -> str:
    return f'<style>{STYLE}</style><div class="gavel-report">{inside}</div>'


def _entry(number: int, cause: Cause, *, full: bool) -> str:
    """One cause: the failure that stands for it, and the sentences of those that fail for the same reason."""
    more = _list(as_text.others_line(cause), cause.others)
    more = f"<p>{escape(line)}</p>{more}" if (line := as_text.follows_line(cause)) else more
    if cause.unexplained:
        inside = "".join(_verdict(each, folded=True) for each in cause.unexplained)
        more += _folded(as_text.unexplained_line(cause), inside)
    return _verdict(cause.verdict, f"{number}. ", more, folded=not full)


def _list(summary: str, verdicts: Sequence[Verdict]) -> str:
    """One line that unfolds to the sentences of these requirements; empty where the line is."""
    if not summary or not verdicts:
        return f"<p>{escape(summary)}</p>" if summary else ""
    items = "".join(f"<li>{inline(as_text.sentence(each))}</li>" for each in verdicts)
    return _folded(summary, f"<ul>{items}</ul>")


def _verdict(one: Verdict, number: str = "", more: str = "", *, folded: bool = False) -> str:
    words, sentence = IN_WORDS[one.outcome], as_text.sentence(one)
    head = (
        f'<span class="gavel-head">{number}<span class="gavel-word">{words}</span> '
        f"<span>{inline(sentence)}</span></span>"
    )
    body = (_failure(one) if one.outcome in FAILING else "") + more
    inside = f"<details><summary>{head}</summary>{body}</details>" if folded else f"<p>{head}</p>{body}"
    label = escape(f"{words}: {sentence}".replace("`", ""), quote=True)
    return f'<section class="gavel-verdict gavel-{one.outcome}" aria-label="{label}">{inside}</section>'


def _failure(one: Verdict) -> str:
    parts = [_exchange(each) for each in one.shown_exchanges]
    if one.expected:
        parts.append(f"<dl>{_row('expected', inline(bounded(one.expected, as_text.LONGEST)))}</dl>")
    if value := seen(one.detail, one.expected):
        parts.append(f"<dl>{_row('seen', f'<code>{escape(value)}</code>')}</dl>")
    parts += [f"<dl>{_row(label, inline(words))}</dl>" for label, words in at_work(one)]
    if one.fault:
        parts.append(_fault(one.fault))
    if one.misconception:
        title, why = one.misconception.title, one.misconception.why
        parts.append(f'<div class="gavel-why"><p><strong>{inline(title)}</strong></p>{prose(why)}</div>')
    before = one.folded_exchanges
    if before:
        count = len(before)
        words = f"{count} other exchange{'s' if count > 1 else ''}"
        parts.append(_folded(words, "".join(_exchange(each) for each in before)))
    if one.detail and not one.detail.startswith("assert "):
        parts.append(_folded("Details", f"<pre>{escape(bounded(one.detail, as_text.LONGEST))}</pre>"))
    return "".join(parts)


def _exchange(one: Exchange) -> str:
    if one.method == E_MAIL:
        return f"<dl>{_row('e-mail', f'{escape(one.path)}<pre>{escape(one.sent)}</pre>')}</dl>"
    status = "no response" if one.status is None else str(one.status)
    sent = f"<pre>{escape(one.sent)}</pre>" if one.sent else ""
    answer = f"<pre>{escape(one.answer)}</pre>" if one.answer else ""
    return (
        f"<dl>{_row('request', f'<code>{escape(one.method)} {escape(one.path)}</code>{sent}')}"
        f"{_row('response', f'<code>{status}</code>{answer}')}</dl>"
    )


def _row(label: str, inside: str) -> str:
    return f"<div><dt>{label}</dt><dd>{inside}</dd></div>"


def _fault(one: Fault) -> str:
    kind = f"<code>{escape(one.kind)}</code>: " if one.kind else ""
    where = f" <span>in <code>{escape(one.where)}</code></span>" if one.where else ""
    code = f"<pre>{escape(one.code)}</pre>" if one.code else ""
    return f'<div class="gavel-fault"><p>{kind}{inline(one.message)}{where}</p>{code}</div>'


def _problem(one: Problem) -> str:
    detail = f"<pre>{escape(one.detail)}</pre>" if one.detail else ""
    if one.detail.count("\n") > SHORT:
        detail = _folded("Details", detail)
    return (
        f'<section class="gavel-verdict gavel-broken" aria-label="{escape(one.title, quote=True)}">'
        f'<p class="gavel-head"><strong>{inline(one.title)}</strong></p>{prose(one.words)}'
        f"{detail}<p><strong>What to do:</strong> {inline(one.do)}</p></section>"
    )


def _folded(summary: str, inside: str) -> str:
    return f"<details><summary>{escape(summary)}</summary>{inside}</details>"
