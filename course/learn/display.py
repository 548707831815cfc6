"""What the magics show: the same words as plain text and as HTML for light and dark notebooks.

JupyterLab's CSS variables give the colours; outside JupyterLab the values after the comma hold.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

from course.engine.report import Result, Verdict, as_html, as_text
from course.engine.report.as_html import inline

ACCENTS = {
    "good": "var(--jp-success-color1, #2e7d32)",
    "bad": "var(--jp-error-color1, #c62828)",
    "ask": "var(--jp-warn-color1, #b26a00)",
    "plain": "var(--jp-border-color1, #9e9e9e)",
}
KINDS = {"k": "k", "ow": "k", "s": "s", "c": "c", "m": "n", "nf": "d", "nc": "d", "nd": "d"}
KINDS |= {"nt": "k", "na": "d"}  # a tag of HTML and its attribute
STYLE = (
    "<style>"
    ".course-code{margin:.4em 0;padding:.5em;overflow:auto;max-height:32em;line-height:1.35;"
    "background:var(--jp-cell-editor-background,#f5f5f5);color:var(--jp-content-font-color1,inherit)}"
    ".course-code .k{color:var(--jp-mirror-editor-keyword-color,#008000)}"
    ".course-code .s{color:var(--jp-mirror-editor-string-color,#ba2121)}"
    ".course-code .c{color:color-mix(in srgb,var(--jp-mirror-editor-comment-color,#408080) 75%,currentColor)}"
    ".course-code .n{color:var(--jp-mirror-editor-number-color,#006b3d)}"
    ".course-code .d{color:var(--jp-mirror-editor-def-color,#0000cd)}"
    ".course-code .plus{background:color-mix(in srgb,var(--jp-success-color1,#2e7d32) 16%,transparent)}"
    ".course-code .minus{background:color-mix(in srgb,var(--jp-error-color1,#c62828) 16%,transparent)}"
    "</style>"
)
DIFF_STYLE = (
    "<style>"
    ".course-code :is(.plus,.minus) .k"
    "{color:color-mix(in srgb,var(--jp-mirror-editor-keyword-color,#008000) 75%,currentColor)}"
    "</style>"
)
"""On the colours behind changed lines, a keyword needs more contrast."""
__all__ = ["Shown", "boxed", "code", "diff", "folded", "inline", "note", "reported", "show"]


@dataclass(frozen=True)
class Shown:
    """Something to look at: `text` for a terminal and a screen reader, `html` for a notebook."""

    text: str
    html: str

    def __repr__(self) -> str:
        return _sendable(self.text)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": _sendable(self.text), "text/html": _sendable(self.html)}


def _sendable(text: str) -> str:
    """Jupyter sends UTF-8, which has no lone surrogates: a response that repeats one is shown escaped."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def reported(what: Result | Verdict) -> Shown:
    """A whole result, or one verdict."""
    if isinstance(what, Verdict):
        return Shown(as_text.verdict(what), as_html.verdict(what))
    return Shown(as_text.text(what), as_html.html(what))


def show(what: Result | Verdict) -> None:
    """Display it in a notebook."""
    from IPython.display import display

    display(reported(what))  # type: ignore[no-untyped-call]


def note(*sentences: str, accent: str = "plain") -> Shown:
    """Paragraphs with a coloured edge. Text between backticks becomes code, and so does a second line."""
    return Shown("\n".join(sentences), boxed("".join(map(_paragraph, sentences)), accent))


def _paragraph(sentence: str) -> str:
    first, _, rest = sentence.partition("\n")
    html = f'<p style="margin:.2em 0">{inline(first)}</p>' if first else ""
    return html + (f'<pre style="margin:.2em 0">{escape(rest, quote=False)}</pre>' if rest else "")


def boxed(html: str, accent: str = "plain") -> str:
    style = f"border-left:4px solid {ACCENTS[accent]};padding:.1em 0 .1em .8em;margin:.3em 0"
    return f'<div class="jp-RenderedHTMLCommon" style="{style}">{html}</div>'


def folded(summary: str, html: str, *, opened: bool = False) -> str:
    """HTML that shows one line and unfolds the rest."""
    return f"<details{' open' if opened else ''}><summary>{inline(summary)}</summary>{html}</details>"


def code(text: str, path: str) -> str:
    """A file's text as HTML, Python coloured."""
    inside = _coloured(text) if path.endswith(".py") else escape(text, quote=False)
    return f'{STYLE}<pre class="course-code">{inside}</pre>'


def diff(lines: list[str], path: str = "") -> str:
    """A unified diff as HTML; the signs stay, so that colour is never alone.

    With a path the code is coloured as its suffix says.
    """
    heads = {0, 1, *(at for at, line in enumerate(lines) if line.startswith("@@"))}
    plain = ["" if at in heads else line[1:] for at, line in enumerate(lines)]
    coloured = _coloured_lines("\n".join(plain), path) if path else []
    marked = []
    for at, line in enumerate(lines):
        kind = {"+": "plus", "-": "minus"}.get(line[:1])
        is_code = at not in heads and len(coloured) == len(lines)
        safe = f"{line[:1]}{coloured[at]}" if is_code else escape(line, quote=False)
        marked.append(f'<span class="{kind}">{safe}</span>' if kind else safe)
    return f'{STYLE}{DIFF_STYLE}<pre class="course-code">' + "\n".join(marked) + "</pre>"


def _coloured(text: str) -> str:
    from pygments.lexers import PythonLexer  # type: ignore[import-untyped]

    return "".join(_spans(PythonLexer(stripnl=False), text))


def _coloured_lines(text: str, path: str) -> list[str]:
    """Each line of a file coloured for itself: no span goes on over the end of a line."""
    from pygments.lexers import TextLexer, get_lexer_for_filename
    from pygments.util import ClassNotFound  # type: ignore[import-untyped]

    try:
        lexer = get_lexer_for_filename(path, stripnl=False, ensurenl=False)
    except ClassNotFound:
        lexer = TextLexer(stripnl=False, ensurenl=False)
    return "".join(_spans(lexer, text, by_line=True)).split("\n")


def _spans(lexer: Any, text: str, *, by_line: bool = False) -> Iterator[str]:
    from pygments.token import STANDARD_TYPES  # type: ignore[import-untyped]

    for token, piece in lexer.get_tokens(text):
        short = STANDARD_TYPES.get(token, "")  # "kn", "s2", "nf": the first letters say the family
        letter = KINDS.get(short) or KINDS.get(short[:1], "")
        for part in re.split(r"(\n)", piece) if by_line else [piece]:
            safe = escape(part, quote=False)
            yield f'<span class="{letter}">{safe}</span>' if letter and part.strip() else safe
