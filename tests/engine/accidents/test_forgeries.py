"""Services that forge a verdict: what is refused, and what is not (the page on grades says so)."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from course import paths
from course.engine import chapters, project_files, report
from course.engine.checkpoint import Limits
from course.engine.report import Result
from tests.engine.accidents.cases import PATIENT, Files
from tests.engine.accidents.cases_forgeries import REFUSED, SUCCEED, Forgery
from tests.engine.accidents.conftest import SERVICE

Check = Callable[[Files, Limits], Result]
PAGE = (paths.ROOT / "course" / "pages" / "grades.md").read_text(encoding="utf-8")
RIGHT = 'return {"service": "Gavel"}'


def program(forgery: Forgery) -> Files:
    """The small service with a wrong response at `/`, and the forgery."""
    handler = f"{forgery.handler}\n    return {{}}" if forgery.handler else "return {}"
    return {"app/main.py": f"{SERVICE.replace(RIGHT, handler)}\n\n{forgery.top}"}


def looked_through(folder: Path) -> list[str]:
    """What the page's command prints for a service."""
    command = next(line.strip() for line in PAGE.splitlines() if line.strip().startswith("grep "))
    done = subprocess.run(["/bin/sh", "-c", command], cwd=folder, capture_output=True, text=True, check=False)
    assert not done.stderr
    return done.stdout.splitlines()


def test_without_a_forgery_the_requirement_fails(checked: Check) -> None:
    outcomes = [verdict.outcome for verdict in checked(program(Forgery("none")), PATIENT).verdicts]
    assert outcomes == ["fails", "holds", "holds"]


@pytest.mark.skipif(sys.platform == "win32", reason="the page's command is for a shell with grep")
@pytest.mark.parametrize("forgery", [*REFUSED, *SUCCEED], ids=lambda forgery: str(forgery.name))
def test_the_command_on_the_page_finds_a_line_of_each(
    forgery: Forgery, project: Callable[[Files], Path]
) -> None:
    assert looked_through(project(program(forgery)))


@pytest.mark.skipif(sys.platform == "win32", reason="the page's command is for a shell with grep")
def test_the_command_on_the_page_finds_few_lines_in_the_courses_own_service() -> None:
    service = chapters.numbered()[-1].checkpoint
    files = len(project_files.modules(service))
    assert len(looked_through(service)) <= files / 5


def test_the_page_counts_them_as_they_are() -> None:
    every = len(REFUSED) + len(SUCCEED)
    counted = f"of {every} services that were written to forge a verdict, {len(REFUSED)} are refused\nand "
    assert f"{counted}{len(SUCCEED)} succeed" in PAGE


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
