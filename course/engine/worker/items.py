"""The requirements as pytest collected them: what each declares, and how one is run."""

from typing import Any

import pytest
from _pytest.runner import CallInfo

from course.engine.checkpoint import requirements
from course.engine.report.model import Verdict


def requirement_of(item: pytest.Function) -> requirements.Requirement | None:
    mark = getattr(item.function, "__requirement__", None)
    return mark if isinstance(mark, requirements.Requirement) else None


def plan_of(item: pytest.Function, chapter: int) -> Verdict:
    """The verdict on a requirement before it is run."""
    declared = requirement_of(item) or requirements.Requirement(item.name, "")
    sentence = requirements.sentence_of(item.function.__doc__) or item.name
    return Verdict(item.name, chapter, sentence, "unknown", hints=declared.hints, exercise=declared.exercise)


def run_item(item: pytest.Function) -> BaseException | None:
    """Set up, call and tear down one test; the first exception of these, if any."""
    item._initrequest()
    error = _phase(item, "setup", lambda: item.ihook.pytest_runtest_setup(item=item))
    if error is None:
        error = _phase(item, "call", lambda: item.ihook.pytest_runtest_call(item=item))
    after = _phase(item, "teardown", lambda: item.ihook.pytest_runtest_teardown(item=item, nextitem=None))
    return error or after


def _phase(item: pytest.Function, when: Any, work: Any) -> BaseException | None:
    call: CallInfo[None] = CallInfo.from_call(work, when=when)
    return call.excinfo.value if call.excinfo is not None else None
