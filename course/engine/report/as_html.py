"""A result as HTML for JupyterLab: light and dark, and every colour also said in words.

Each verdict is a fragment of its own, because results are shown one by one as they come. A fragment carries
the style sheet with it: an output cell may be shown without those before it.
"""

import re
from html import escape

from course.engine.report import as_text
from course.engine.report.as_text import FAILING
from course.engine.report.model import IN_WORDS, Exchange, Fault, Problem, Result, Verdict
from course.engine.report.style import STYLE

SHORT = 4
"""Lines of details that need no folding."""


def html(result: Result) -> str:
    """The whole result in one fragment."""
    return _framed("".join(_verdict(each) for each in result.verdicts) + _closing(result))


def verdict(one: Verdict) -> str:
    """One verdict in a fragment of its own."""
    return _framed(_verdict(one))


def closing(result: Result) -> str:
    """What follows the verdicts in a fragment of its own."""
    return _framed(_closing(result))


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


def _verdict(one: Verdict) -> str:
    words = IN_WORDS[one.outcome]
    head = f'<p class="gavel-head"><span class="gavel-word">{words}</span> {inline(one.sentence)}</p>'
    body = _failure(one) if one.outcome in FAILING else ""
    label = escape(f"{words}: {one.sentence}".replace("`", ""), quote=True)
    return f'<section class="gavel-verdict gavel-{one.outcome}" aria-label="{label}">{head}{body}</section>'


def _failure(one: Verdict) -> str:
    parts = []
    if one.exchanges:
        parts.append(_exchange(one.exchanges[-1]))
    if one.expected:
        parts.append(f"<dl><dt>expected</dt><dd>{inline(one.expected)}</dd></dl>")
    if one.fault:
        parts.append(_fault(one.fault))
    if one.misconception:
        title, why = one.misconception.title, one.misconception.why
        parts.append(f'<div class="gavel-why"><p><strong>{inline(title)}</strong></p>{prose(why)}</div>')
    before = "".join(_exchange(each) for each in one.exchanges[:-1])
    if before:
        count = len(one.exchanges) - 1
        parts.append(_folded(f"{count} earlier exchange{'s' if count > 1 else ''}", before))
    if one.detail:
        parts.append(_folded("Details", f"<pre>{escape(one.detail)}</pre>"))
    return "".join(parts)


def _exchange(one: Exchange) -> str:
    status = "no answer" if one.status is None else str(one.status)
    sent = f"<pre>{escape(one.sent)}</pre>" if one.sent else ""
    answer = f"<pre>{escape(one.answer)}</pre>" if one.answer else ""
    return (
        f"<dl><dt>sent</dt><dd><code>{escape(one.method)} {escape(one.path)}</code>{sent}</dd>"
        f"<dt>answer</dt><dd><code>{status}</code>{answer}</dd></dl>"
    )


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


def _closing(result: Result) -> str:
    parts = []
    if result.earlier:
        parts.append(f"<p>{escape(as_text.earlier_line(result))}</p>")
    parts += [_verdict(each) for each in as_text.told_earlier(result)]
    if result.problem:
        parts.append(_problem(result.problem))
    if result.output:
        parts.append(_folded("What your code printed", f"<pre>{escape(result.output)}</pre>"))
    passed = "gavel-passed" if result.passed else "gavel-on-the-way"
    parts.append(f'<p class="gavel-sum {passed}"><strong>{escape(as_text.summary_line(result))}</strong></p>')
    return "".join(parts)


def _folded(summary: str, inside: str) -> str:
    return f"<details><summary>{escape(summary)}</summary>{inside}</details>"
