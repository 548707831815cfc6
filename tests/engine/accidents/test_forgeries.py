"""Services that forge a verdict: what is refused, and what is not (the page on grades says so)."""

import re
from collections.abc import Callable

import pytest

from course.engine import report
from course.engine.checkpoint import Limits
from course.engine.report import Result
from tests.engine.accidents.cases import PATIENT, Files
from tests.engine.accidents.cases_forgeries import REFUSED, SUCCEED, Forgery
from tests.engine.accidents.conftest import SERVICE

Check = Callable[[Files, Limits], Result]
RIGHT = 'return {"service": "Gavel"}'


def program(forgery: Forgery) -> Files:
    """The small service with a wrong response at `/`, and the forgery."""
    handler = f"{forgery.handler}\n    return {{}}" if forgery.handler else "return {}"
    return {"app/main.py": f"{SERVICE.replace(RIGHT, handler)}\n\n{forgery.top}"}


def test_without_a_forgery_the_requirement_fails(checked: Check) -> None:
    outcomes = [verdict.outcome for verdict in checked(program(Forgery("none")), PATIENT).verdicts]
    assert outcomes == ["fails", "holds", "holds"]


@pytest.mark.parametrize("forgery", REFUSED, ids=lambda forgery: str(forgery.name))
def test_a_forgery_is_refused(forgery: Forgery, checked: Check) -> None:
    result = checked(program(forgery), PATIENT)
    told = re.sub(r"\s+", " ", report.text(result))
    assert result.problem is None
    assert result.verdicts[0].outcome in {"fails", "broken"}
    assert forgery.words in told
    assert not re.search(r"/tmp/|tmp\.|Traceback", told)


@pytest.mark.parametrize("forgery", SUCCEED, ids=lambda forgery: str(forgery.name))
def test_a_check_in_the_services_own_process_is_no_proof(forgery: Forgery, checked: Check) -> None:
    result = checked(program(forgery), PATIENT)
    assert result.verdicts[0].holds, "it is refused now: move it to REFUSED, and mend the page on grades"
