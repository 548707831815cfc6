"""All that is kept of a room, as JSON and as a table."""

import csv
import io
from typing import Any

COLUMNS = ("name", "chapter", "checked at", "could be run", "requirement", "holds", "misconception")
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def harmless(cell: object) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    text = str(cell)
    return f"'{text}" if text.lstrip().startswith(DANGEROUS) or text.startswith(DANGEROUS) else text


def table(people: list[dict[str, Any]]) -> str:
    """One row for each requirement of each check (RFC 4180)."""
    written = io.StringIO()
    rows = csv.writer(written)
    rows.writerow(COLUMNS)
    for one in people:
        for check in one["checks"]:
            head = (one["name"], check["chapter"], check["at"], check["ran"])
            for result in check["results"] or [{"requirement": "", "holds": "", "misconception": ""}]:
                cells = (*head, result["requirement"], result["holds"], result["misconception"] or "")
                rows.writerow([harmless(cell) for cell in cells])
    return written.getvalue()
