"""The look of code, outputs and pictures: from a notebook's cells to HTML and its height."""

import ast
import base64
import re
from collections.abc import Iterator
from html import escape
from typing import Any

from pygments import highlight  # type: ignore[import-untyped]
from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped]
from pygments.lexers import (  # type: ignore[import-untyped]
    PythonLexer,
    TextLexer,
    get_lexer_by_name,
    get_lexer_for_filename,
)
from pygments.util import ClassNotFound  # type: ignore[import-untyped]

from course.engine import predictions
from course.engine.report.as_html import inline
from course.teach.slides import sizes
from course.teach.slides.sizes import Piece

SMALL = 26
"""Pixels of one line at 20 px: what a build cell says, which need not be read."""
MAGIC = re.compile(r"^%", re.MULTILINE)
ANSWER = re.compile(
    r"Your prediction held\.\n.*?\n  It is: (?P<what>.*?)(?:\n  Why: (?P<why>.*))?", re.DOTALL
)
SIZE = re.compile(r'width="(\d+)" height="(\d+)" viewBox="0 0 \d+ \d+"')
TALLEST = 1000
"""Pixels of a picture that is still readable as a whole; a taller one is a list, and is shown in parts."""
PART, OVERLAP = 520, 40


def code(source: str, language: str = "") -> list[Piece]:
    """Each line of a cell, coloured. A page begins well after an empty line, and best at the margin."""
    first, _, rest = source.partition("\n")
    body = _coloured(rest if first.startswith("%%") else source, _lexer(first, language))
    lines = [f'<span class="magic">{escape(first)}</span>', *body] if first.startswith("%%") else body
    found, fresh = [], True
    for plain, coloured in zip(source.split("\n"), lines, strict=True):
        indent = len(plain) - len(plain.lstrip())
        breaks = (1 if indent else 2) if fresh else 0
        fresh = not plain.strip()
        style = f' style="--in:{indent}"' if indent else ""
        empty = "" if plain.strip() else " empty"
        html = f'<span class="line{empty}"{style}>{coloured or " "}</span>'
        found.append(Piece(html, sizes.code_line(plain), breaks))
    return found


def boxed(lines: list[Piece]) -> str:
    """Lines of code in their box."""
    drawn = [line.html for line in lines]
    while drawn and 'class="line empty"' in drawn[0]:
        drawn.pop(0)
    while drawn and 'class="line empty"' in drawn[-1]:
        drawn.pop()
    return f'<pre class="code"><code>{"".join(drawn)}</code></pre>'


def question(source: str) -> str:
    """A prediction's cell without the reason, which the answer will give."""
    readable = MAGIC.sub("#", source)
    tree = compile(readable, "cell", "exec", predictions.PARSE)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "predict":
            begins, ends = _place(readable, node)
            given = [source[slice(*_place(readable, each))] for each in node.args]
            call = f"predict({', '.join(given)})"
            if len(call) > sizes.COLUMNS or "\n" in call:
                call = "predict(\n    " + ",\n    ".join(given) + ",\n)"
            return source[:begins] + call + source[ends:]
    return source


def _place(source: str, node: ast.expr) -> tuple[int, int]:
    """Where an expression begins and ends in its text; Python counts lines from 1, and columns in bytes."""
    lines = source.split("\n")

    def offset(line: int, column: int) -> int:
        above = sum(len(each) + 1 for each in lines[: line - 1])
        return above + len(lines[line - 1].encode()[:column].decode())

    return offset(node.lineno, node.col_offset), offset(node.end_lineno or 0, node.end_col_offset or 0)


def _lexer(first: str, language: str) -> Any:
    if language:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    if not first.startswith("%%"):
        return PythonLexer(stripnl=False, ensurenl=False)
    try:
        return get_lexer_for_filename(first.split()[1], stripnl=False, ensurenl=False)
    except (ClassNotFound, IndexError):
        return TextLexer(stripnl=False, ensurenl=False)


def _coloured(source: str, lexer: Any) -> list[str]:
    drawn: str = highlight(source, lexer, HtmlFormatter(nowrap=True))
    return [*drawn.split("\n"), ""][: source.count("\n") + 1]


def outputs(cell_outputs: list[dict[str, Any]], *, builds: bool) -> list[Piece]:
    """What a cell showed, pictures apart."""
    return [piece for output in cell_outputs for piece in _output(output, builds=builds)]


def _output(output: dict[str, Any], *, builds: bool) -> Iterator[Piece]:
    data = output.get("data", {})
    text = "".join(data.get("text/plain", output.get("text", ""))).rstrip("\n")
    html = "".join(data.get("text/html", ""))
    if "image/svg+xml" in data or text == "(the picture above, in words)":
        return
    if builds and html:
        yield Piece(f'<p class="done">{inline(text.split(chr(10))[0])}</p>', sizes.words(text, SMALL, 110))
    elif found := ANSWER.fullmatch(text):
        why = f"<p>{inline(found['why'].strip())}</p>" if found["why"] else ""
        what = found["what"].strip()
        height = sizes.words(what, 40, 68) + sizes.words(found["why"] or "") + 20
        yield Piece(f'<div class="answer"><p class="is"><code>{escape(what)}</code></p>{why}</div>', height)
    elif html:
        shown = re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)
        shown = shown.replace("<section ", '<div role="group" ').replace("</section>", "</div>")  # no slides
        rows = text.split("\n")
        if "gavel-report" in html:  # what holds is one line that unfolds
            rows = [row for row in rows if not row.startswith("[holds] ")] + ["what holds"]
        height = sum(sizes.words(row, 32, 88) for row in rows)
        yield Piece(f'<div class="shown">{shown}</div>', height)
    elif text:
        height = sum(map(sizes.code_line, text.split("\n"))) + 44
        yield Piece(f'<pre class="out"><samp>{escape(text, quote=False)}</samp></pre>', height)


def pictures(cell_outputs: list[dict[str, Any]]) -> list[tuple[str, float, str]]:
    """Each picture of a cell: as HTML, how wide it is for its height, and in words."""
    found = []
    for output in cell_outputs:
        data = output.get("data", {})
        if "image/svg+xml" in data:
            svg, said = "".join(data["image/svg+xml"]), "".join(data["text/plain"])
            found += [(_image(part, said), ratio, said) for part, ratio in _parts(svg)]
    return found


def _parts(svg: str) -> list[tuple[str, float]]:
    size = SIZE.search(svg)
    if size is None:
        return [(svg, 1.5)]
    width, height = int(size[1]), int(size[2])
    if height <= TALLEST:
        return [(svg, width / height)]
    count = -(-(height - OVERLAP) // (PART - OVERLAP))
    step = (height - OVERLAP) // count + 1
    tall = step + OVERLAP
    return [
        (
            SIZE.sub(f'width="{width}" height="{tall}" viewBox="0 {at * step} {width} {tall}"', svg, count=1),
            width / tall,
        )
        for at in range(count)
    ]


def _image(svg: str, said: str) -> str:
    packed = base64.b64encode(svg.encode()).decode("ascii")
    return f'<img alt="{escape(said)}" src="data:image/svg+xml;base64,{packed}">'
