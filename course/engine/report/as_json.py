"""A result as JSON, and back."""

import json
from dataclasses import asdict

from course.report.model import Problem, Result, verdict_from


def to_json(result: Result) -> str:
    """The whole result; `passed` is added for readers that do not want to work it out."""
    return json.dumps({"passed": result.passed, **asdict(result)}, ensure_ascii=False, indent=2)


def from_json(text: str) -> Result:
    """The result that `to_json` wrote."""
    data = json.loads(text)
    problem = data["problem"]
    return Result(
        chapter=data["chapter"],
        verdicts=tuple(verdict_from(verdict) for verdict in data["verdicts"]),
        earlier=tuple(verdict_from(verdict) for verdict in data["earlier"]),
        problem=Problem(**problem) if problem else None,
        output=data["output"],
    )
