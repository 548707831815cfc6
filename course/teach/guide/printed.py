"""The guide as one HTML file to print: no script, no network, pictures inside."""

import re
from html import escape

from markdown_it import MarkdownIt

STYLE = """
@page { size: A4; margin: 16mm 15mm 18mm; }
body { font: 10pt/1.4 Georgia, serif; color: #111; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
h1, h2, table, figcaption { font-family: system-ui, 'Segoe UI', Roboto, Arial, sans-serif; }
h1 { font-size: 19pt; line-height: 1.2; margin: 0 0 .6rem; }
h2 { font-size: 12.5pt; margin: 1.3rem 0 .4rem; border-bottom: 1px solid #999; break-after: avoid; }
p, ul, ol, pre, table, blockquote { margin: 0 0 .6rem; }
p, li { orphans: 3; widows: 3; }
section + section { break-before: page; border-top: 3px solid #111; padding-top: 1rem; margin-top: 3rem; }
blockquote { border-left: 3px solid #888; padding-left: .8rem; margin-left: 0; font-style: italic; }
table { border-collapse: collapse; font-size: 9pt; width: 100%; }
th, td { border-bottom: 1px solid #ccc; padding: .15rem .4rem .15rem 0; text-align: left;
  vertical-align: top; }
tr { break-inside: avoid; }
td:nth-child(-n+2) { white-space: nowrap; }
th:first-child, th:nth-child(2) { width: 1%; }
.wide th { width: auto !important; }
.wide { font-size: 8.5pt; }
.wide td:nth-child(2) { white-space: normal; }
code, pre { font-family: ui-monospace, 'DejaVu Sans Mono', Consolas, monospace; font-size: 88%; }
code { overflow-wrap: anywhere; }
pre { background: #f4f4f4; border: 1px solid #ddd; padding: .5rem .7rem; white-space: pre; overflow: hidden;
  line-height: 1.25; break-inside: avoid; }
figure { margin: .6rem 0; break-inside: avoid; text-align: center; }
figure svg { max-width: 100%; height: auto; max-height: 9.5cm; }
figcaption { font-size: 8.5pt; color: #444; }
.small { font-size: 9pt; line-height: 1.35; columns: 2; column-gap: 1.4rem; }
.small p, .small li { break-inside: auto; }
.small ul { padding-left: 1rem; }
@media print { body { max-width: none; margin: 0; padding: 0; } section + section { border: 0; margin: 0; } }
"""
SMALL = ("What people get wrong",)
LOCAL = re.compile(r'<a href="[^"]*">(.*?)</a>', re.DOTALL)


def html(title: str, pages: list[str]) -> str:
    """One file of these Markdown pages, each on a new sheet. Links are words: paper cannot follow them."""
    parts = [f"<section>\n{_page(page)}\n</section>" for page in pages]
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<style>{STYLE}</style>\n'
        f"</head>\n<body>\n{chr(10).join(parts)}\n</body>\n</html>\n"
    )


def _page(text: str) -> str:
    parts = re.split(r"^(?=## )", text, flags=re.MULTILINE)
    return "\n".join(_part(part) for part in parts)


def _part(text: str) -> str:
    heading, _, body = text.partition("\n")
    name = heading.removeprefix("## ")
    if heading.startswith("## ") and name.startswith(SMALL):
        return f'<h2>{escape(name)}</h2>\n<div class="small">\n{_rendered(body)}</div>'
    return _rendered(text)


def _rendered(text: str) -> str:
    """Markdown as HTML, without links; tables of predictions may wrap their second column."""
    made = MarkdownIt("commonmark", {"html": True}).enable("table").render(text)
    made = re.sub(
        r"<table>(?=\s*<thead>\s*<tr>\s*<th>(?:cell|chapter|You will meet|what)\b)",
        '<table class="wide">',
        made,
    )
    return LOCAL.sub(r"\1", made)
