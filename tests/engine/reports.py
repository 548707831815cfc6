"""A failing requirement, and how to look at what a report tells of it."""

import re

from course.engine.report import Exchange, Explanation, Verdict

FAILING = Verdict(
    id="test_a_lot_is_created",
    chapter=2,
    sentence="`POST /lots` answers 201 and says where the lot is.",
    outcome="fails",
    exchanges=(
        Exchange("GET", "/api/v1/lots", "", 200, '{"items": [], "total": 0}'),
        Exchange("POST", "/api/v1/lots", '{"title": "<b>Globe</b>"}', 200, '{"id": 1}'),
    ),
    expected="a lot that was created answers 201",
    detail="assert 200 == 201",
    misconception=Explanation("default-status", "200 for everything", "FastAPI answers `200` unless told."),
    hints=("What does 201 mean?",),
)


def in_order(text: str, *parts: str) -> bool:
    """Whether the parts stand in the text one after the other."""
    return re.search(".*".join(re.escape(part) for part in parts), text, re.DOTALL) is not None
