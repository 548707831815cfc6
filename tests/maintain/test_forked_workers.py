"""A forked worker finds what a new process finds, and leaves as little behind."""

import os
import sys
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from course.engine import checkpoint
from course.engine.checkpoint import Limits, warm_workers
from course.engine.report import to_json
from course.maintain.validate import forked_workers
from tests.engine.conftest import MAIN, SmallChapter, chapter, project

__all__ = ["chapter", "project"]
SERVICES = {
    "right": MAIN,
    "wrong title": MAIN.replace('title="Gavel"', ""),
    "prints": MAIN + "\nprint('é' * 40)\nimport sys\nprint('to stderr', file=sys.stderr)\n",
    "ends while it is imported": "raise SystemExit(3)",
    "cannot be imported": "import a_library_that_is_not_there",
    "leaves": MAIN.replace("return 1", "import os; os._exit(7)"),
    "is killed": MAIN.replace("return 1", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"),
    "crashes": MAIN.replace("return 1", "import ctypes; ctypes.string_at(0)"),
    "waits for ever": MAIN.replace("return 1", "import time; time.sleep(60)"),
    "reads the environment": MAIN
    + "\nimport os\nprint(os.environ.get('GAVEL_ECHO_SQL'), os.getcwd() == '/')\n",
    "shows what it can import": MAIN + "\nimport sys\nprint(len(sys.argv), 'tests' in sys.modules)\n",
}


@pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux only")
@pytest.mark.parametrize("source", SERVICES.values(), ids=list(SERVICES))
def test_the_result_is_that_of_a_new_process(
    chapter: SmallChapter, project: Path, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    monkeypatch.setenv("GAVEL_ECHO_SQL", "true")
    (project / "app" / "main.py").write_text(source, encoding="utf-8")
    limits = Limits(seconds=2)
    ordinary, forked = (
        checkpoint.check(project, chapter, spare=make(chapter), limits=limits)
        for make in (warm_workers.prepared, forked_workers.prepared)
    )
    assert to_json(forked) == to_json(ordinary)


@pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux only")
def test_nothing_of_a_check_is_left(chapter: SmallChapter, project: Path) -> None:
    (project / "app" / "main.py").write_text(
        MAIN + "\nimport subprocess\nsubprocess.Popen(['sleep', '61'], start_new_session=True)\n"
    )
    worker = forked_workers.prepared(chapter)
    pid = worker._process.pid
    assert pid != os.getpid()
    assert checkpoint.check(project, chapter, spare=worker).passed
    worker.settle()
    assert not worker.scratch.exists()
    assert not psutil.pid_exists(pid)
    assert not [each for each in psutil.process_iter(["cmdline"]) if each.info["cmdline"] == ["sleep", "61"]]
