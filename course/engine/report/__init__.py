"""One result, as data, as JSON, as plain text, and as HTML for JupyterLab."""

from course.engine.report.as_html import html
from course.engine.report.as_text import text
from course.engine.report.model import (
    Exchange,
    Explanation,
    Fault,
    Outcome,
    Problem,
    Result,
    Verdict,
    from_json,
    to_json,
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
    "text",
    "to_json",
    "verdict_from",
]
