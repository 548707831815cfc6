"""One result, three ways to show it: plain text, HTML for JupyterLab, JSON."""

from course.report.as_html import html
from course.report.as_json import from_json, to_json
from course.report.as_text import text
from course.report.display import show, show_closing
from course.report.model import (
    Exchange,
    Explanation,
    Fault,
    Outcome,
    Problem,
    Result,
    Verdict,
    verdict_from,
)

__all__ = [
    "Exchange",
    "Explanation",
    "Fault",
    "Outcome",
    "Problem",
    "Result",
    "Verdict",
    "from_json",
    "html",
    "show",
    "show_closing",
    "text",
    "to_json",
    "verdict_from",
]
