"""Each program gets one clear explanation; the check survives it, and leaves no process behind."""

import re
from collections.abc import Callable

import pytest

from course.engine import report
from course.engine.checkpoint import Limits
from course.engine.report import Result, to_json
from tests.engine.accidents import cases_import, cases_service, cases_tricks
from tests.engine.accidents.cases import Case, Files
from tests.engine.accidents.conftest import SERVICE

Check = Callable[[Files, Limits], Result]


def complete(files: Files) -> Files:
    """The files of a case, with the bodies put into the small service."""
    files = dict(files)
    main = SERVICE
    if "root" in files:
        main = main.replace('return {"service": "Gavel"}', str(files.pop("root")))
    if "lifespan" in files:
        start = "async def lifespan(app):\n    "
        main = main.replace(start + "yield", start + str(files.pop("lifespan")))
    if "+" in files:
        main += "\n\n" + str(files.pop("+"))
    return {"app/main.py": main} | files


CASES = [*cases_import.CASES, *cases_service.CASES, *cases_tricks.CASES]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_learners_program_is_explained_and_survived(case: Case, checked: Check) -> None:
    result = checked(complete(case.files), case.limits)
    told = report.text(result)
    for words in case.words:
        assert words in re.sub(r"\s+", " ", told)
    assert result.passed == case.passes
    assert (result.problem is not None) == case.problem
    if case.outcomes:
        assert tuple(verdict.outcome for verdict in result.verdicts) == case.outcomes
    assert "Traceback" not in told
    assert not re.search(r"/tmp/|site-packages|0x[0-9a-f]{6}", told), "no absolute path and no address"
    assert report.from_json(to_json(result)) == result
