"""What people do around a check: stop it, kill the kernel, take the folder away, check twice at once."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from course import paths
from course.engine import report
from course.engine.checkpoint import check, process_cleanup
from course.engine.report import Result, Verdict
from tests.engine.accidents.cases import PATIENT, Files
from tests.engine.accidents.conftest import SERVICE, Pool, SmallChapter

Write = Callable[[Files], Path]

WAITS = SERVICE.replace('return {"status": "ok"}', "import asyncio\n\n    await asyncio.Event().wait()")
"""Its last requirement never comes to an end."""

KERNEL = """
import sys
from pathlib import Path
from course.engine.checkpoint import check, prepared
from tests.engine.accidents.conftest import SmallChapter

spare = prepared(SmallChapter())
print(spare.mark, spare.scratch, flush=True)
if sys.argv[1:]:
    told = lambda verdict: print("held", flush=True)
    check(Path(sys.argv[1]), SmallChapter(), spare=spare, on_verdict=told)
input()
"""


@pytest.fixture
def stop_button() -> Iterator[None]:
    """An interrupt is heard, also where the tests were started in the background of a shell."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_the_stop_button_ends_a_check_without_a_traceback(
    workers: Pool, project: Write, stop_button: None
) -> None:
    endless = SERVICE.replace('return {"status": "ok"}', "while True: pass")
    told: list[str] = []

    def stop_at_the_second(verdict: Verdict) -> None:
        told.append(verdict.id)
        if len(told) == 2:
            signal.raise_signal(signal.SIGINT)

    result = check(project({"app/main.py": endless}), SmallChapter(), on_verdict=stop_at_the_second)
    assert result.problem is not None
    assert "You stopped the check" in result.problem.words
    assert "Nothing was lost" in result.problem.words
    assert [verdict.outcome for verdict in result.verdicts] == ["holds", "holds", "unknown"]


def test_the_next_check_after_a_stop_is_as_any_other(workers: Pool, project: Write) -> None:
    folder = project({"app/main.py": SERVICE})

    def stop(_: object) -> None:
        raise KeyboardInterrupt

    assert not check(folder, SmallChapter(), on_verdict=stop).passed
    assert check(folder, SmallChapter()).passed


def test_a_deleted_folder_is_named(workers: Pool, tmp_path: Path) -> None:
    result = check(tmp_path / "ch00_gone", SmallChapter())
    assert "There is no project in ch00_gone" in report.text(result)
    assert "`%chapter` makes the project anew" in report.text(result)


def test_a_project_without_a_main_file_is_told_so(workers: Pool, tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    assert "There is no app/main.py" in report.text(check(tmp_path, SmallChapter()))


def test_a_folder_that_is_deleted_during_the_check_does_not_end_it(workers: Pool, project: Write) -> None:
    delete = "import shutil\n\n    shutil.rmtree(__file__.rpartition('app')[0])\n    raise ValueError('gone')"
    folder = project({"app/main.py": SERVICE.replace('return {"service": "Gavel"}', delete)})
    result = check(folder, SmallChapter())
    assert [verdict.outcome for verdict in result.verdicts] == ["broken", "holds", "holds"]


def test_a_read_only_folder_is_checked_as_any_other(workers: Pool, project: Write) -> None:
    folder = project({"app/main.py": SERVICE})
    for path in (folder / "app", folder):
        path.chmod(0o555)
    try:
        assert check(folder, SmallChapter()).passed
    finally:
        for path in (folder, folder / "app"):
            path.chmod(0o755)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read_is_explained(workers: Pool, project: Write) -> None:
    folder = project({"app/main.py": SERVICE})
    (folder / "app" / "main.py").chmod(0)
    assert "cannot be read" in report.text(check(folder, SmallChapter()))


def test_two_kernels_may_check_one_chapter_at_once(workers: Pool, project: Write) -> None:
    folder = project({"app/main.py": SERVICE})
    spares = [workers.take(SmallChapter()) for _ in range(2)]
    results: list[Result] = []
    kernels = [
        threading.Thread(
            target=lambda spare=spare: results.append(check(folder, SmallChapter(), spare=spare))
        )
        for spare in spares
    ]
    for kernel in kernels:
        kernel.start()
    for kernel in kernels:
        kernel.join()
    assert [result.passed for result in results] == [True, True]


@pytest.mark.parametrize("busy", [True, False], ids=["in a check", "with a worker that waits"])
def test_when_a_kernel_is_killed_its_worker_goes_too(busy: bool, project: Write) -> None:
    folder = project({"app/main.py": WAITS, "app/extra.py": ""})
    kernel = subprocess.Popen(
        [sys.executable, "-c", KERNEL, *([str(folder)] if busy else [])],
        cwd=paths.ROOT,
        env=os.environ | {"PYTHONPATH": str(paths.ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert kernel.stdout is not None
    mark, _, scratch = kernel.stdout.readline().strip().partition(" ")
    if busy:
        assert kernel.stdout.readline() == "held\n"
    workers = list(process_cleanup.marked(mark))
    assert len(workers) == 1
    kernel.kill()
    kernel.communicate()
    _, alive = psutil.wait_procs(workers, timeout=PATIENT.seconds)
    assert not alive
    assert not Path(scratch).exists()
