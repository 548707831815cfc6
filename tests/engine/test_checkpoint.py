"""The supervisor: which worker it takes, what it hears, and what it makes of an end."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from course import paths
from course.engine import checkpoint
from course.engine.checkpoint import Limits, Worker, failures, warm_workers
from course.engine.checkpoint.failures import WorkerFailure
from course.engine.report import Fault, Verdict
from tests.engine.conftest import MAIN, TESTS, SmallChapter, following


def test_verdicts_come_in_the_order_of_the_tests_each_as_it_is_found(
    chapter: SmallChapter, project: Path
) -> None:
    seen: list[Verdict] = []
    result = checkpoint.check(project, chapter, on_verdict=seen.append)
    assert [verdict.id for verdict in seen] == ["test_the_door_is_open", "test_it_has_a_title"]
    assert result.verdicts == tuple(seen)
    assert result.passed
    assert seen[0].sentence == "The door is open."
    assert seen[0].hints == ("Which path?",)


def test_a_known_mistake_is_explained(chapter: SmallChapter, project: Path) -> None:
    (project / "app" / "main.py").write_text("from fastapi import FastAPI\n\napp = FastAPI()\n")
    door, title = checkpoint.check(project, chapter).verdicts
    assert door.misconception is not None
    assert door.misconception.name == "no-such-route", "what is true in every chapter is known in this one"
    assert title.misconception is not None
    assert title.misconception.title == "The wrong title"


def test_the_chapters_own_requirements_come_before_those_of_the_earlier_ones(
    chapter: SmallChapter, project: Path
) -> None:
    own = following(chapter)
    result = checkpoint.check(project, own)
    assert [(verdict.chapter, verdict.id) for verdict in result.verdicts + result.earlier] == [
        (1, "test_the_door_is_open"),
        (1, "test_it_is_named"),
        (0, "test_the_door_is_open"),
        (0, "test_it_has_a_title"),
    ]


def test_a_companion_runs_the_earlier_chapters_beside(
    chapter: SmallChapter, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warm_workers, "CORES", 1)
    own = following(chapter)
    checkpoint.warm(own)
    assert checkpoint.wait_until_warm()
    assert warm_workers._kept is not None
    workers = warm_workers._kept.take()
    assert len(workers) == 2
    seen: list[Verdict] = []
    together = checkpoint.check(project, own, on_verdict=seen.append)
    assert together.passed
    assert [(verdict.chapter, verdict.id) for verdict in seen] == [
        (1, "test_the_door_is_open"),
        (1, "test_it_is_named"),
    ]
    assert together == checkpoint.check(project, own, spare=checkpoint.prepared(own))
    for worker in workers:
        worker.settle()
        assert worker.ended


def test_without_a_warm_worker_two_start_at_once_where_there_are_earlier_chapters(
    chapter: SmallChapter, project: Path, made: list[Worker], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warm_workers, "CORES", 1)
    own = following(chapter)
    result = checkpoint.check(project, own)
    assert result.passed
    assert len(result.earlier) == 2
    assert len(made) == 2
    for worker in made:
        worker.settle()
        assert worker.ended
    assert checkpoint.check(project, chapter).passed
    assert len(made) == 3, "nothing to do beside"


def test_a_test_file_that_cannot_be_read_is_no_fault_of_the_learner(
    chapter: SmallChapter, project: Path
) -> None:
    chapter.tests.write_text("import a_library_that_is_not_there\n")
    problem = checkpoint.check(project, chapter).problem
    assert problem is not None
    assert "your service is not the reason" in problem.words


def test_the_worker_that_is_kept_warm_is_used_once_and_replaced(chapter: SmallChapter, project: Path) -> None:
    checkpoint.warm(chapter)
    assert warm_workers._kept is not None
    first = warm_workers._kept.first
    checkpoint.warm(chapter)
    assert warm_workers._kept.first is first, "it is ready already"
    assert checkpoint.check(project, chapter).passed
    second = warm_workers._kept.first
    assert second is not first
    first.settle()
    assert first.ended
    assert not second.ended


def test_a_worker_that_knows_older_tests_is_not_used(chapter: SmallChapter, project: Path) -> None:
    checkpoint.warm(chapter)
    assert warm_workers._kept is not None
    old = warm_workers._kept.first
    chapter.tests.write_text(TESTS.replace('"Gavel", "the title', '"SmallChapter", "the title'))
    os.utime(chapter.tests, ns=(1, 1))
    assert not checkpoint.check(project, chapter).passed
    old.settle()
    assert old.ended


def test_without_a_warm_worker_none_is_left_behind(chapter: SmallChapter, project: Path) -> None:
    checkpoint.check(project, chapter)
    assert warm_workers._kept is None


def test_a_check_sees_what_the_file_says_now(chapter: SmallChapter, project: Path) -> None:
    main = project / "app" / "main.py"
    assert checkpoint.check(project, chapter).passed
    changed = os.stat(main)
    main.write_text(MAIN.replace("Gavel", "Laven"))
    os.utime(main, ns=(changed.st_atime_ns, changed.st_mtime_ns))
    assert not checkpoint.check(project, chapter).passed


def test_settings_of_the_shell_do_not_reach_the_service(
    chapter: SmallChapter, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GAVEL_ENVIRONMENT", "production")
    (project / "app" / "main.py").write_text(
        MAIN + "\nimport os\nprint(os.environ.get('GAVEL_ENVIRONMENT'))\n"
    )
    assert checkpoint.check(project, chapter).output == "None\n"


def test_what_is_printed_is_shown_up_to_the_limit(chapter: SmallChapter, project: Path) -> None:
    (project / "app" / "main.py").write_text(MAIN + "\nprint('x' * 500)\nprint(__file__)\n")
    long = checkpoint.check(project, chapter, spare=checkpoint.prepared(chapter, Limits(output=100)))
    assert long.output.startswith("x" * 100 + "\n… and ")
    assert "bytes more" in long.output
    assert checkpoint.check(project, chapter).output == "x" * 500 + "\napp/main.py\n"


def test_the_kernels_side_imports_nothing_heavy() -> None:
    heavy = ["pytest", "fastapi", "sqlalchemy", "nbformat", "markdown_it", "httpx2"]
    loaded = "import sys, course.engine.checkpoint, course.engine.report"
    code = f"{loaded}; print([n for n in {heavy} if n in sys.modules])"
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=paths.ROOT, check=True
    )
    assert told.stdout == "[]\n"


PLANNED = Verdict("test_it", 0, "It works.", "unknown")
PLACE = Fault("", "", "app/main.py", 3, "while True:")


@pytest.mark.parametrize(
    ("how", "exit_code", "outcome", "words"),
    [
        ("time", None, "stuck", "after 10 seconds it was still running"),
        ("ended", -signal.SIGSEGV, "broken", "interpreter itself crashed"),
        ("ended", 0xC0000005, "broken", "interpreter itself crashed"),
        ("ended", -9, "broken", "killed from outside"),
        ("ended", 3, "broken", "exit code 3"),
        ("memory", None, "broken", "more memory than a check allows"),
        ("closed", None, "broken", "closed the files that the check itself uses"),
    ],
)
def test_an_end_is_explained(how: failures.How, exit_code: int | None, outcome: str, words: str) -> None:
    verdict = failures.verdict_of(PLANNED, WorkerFailure(how, exit_code, PLACE, Limits()))
    assert verdict.outcome == outcome
    assert verdict.fault is not None
    assert words in verdict.fault.message
    assert verdict.fault.where == "app/main.py, line 3"


def test_the_last_words_of_the_interpreter_lead_to_the_learners_line(tmp_path: Path) -> None:
    folder = tmp_path / "Größe"
    (folder / "app").mkdir(parents=True)
    (folder / "app" / "main.py").write_text("a = 1\nb = 2\n")
    escaped = str(folder / "app" / "main.py").encode("ascii", "backslashreplace").decode()
    dump = (
        f'Timeout (0:00:09)!\nThread 0x7f (most recent call first):\n  File "{escaped}", line 2 in <module>\n'
    )
    site = failures.crash_site(dump, folder)
    assert site.timed_out
    assert site.fault == Fault("", "", "app/main.py", 2, "b = 2")


def test_a_worker_hears_nothing_that_is_not_signed(chapter: SmallChapter) -> None:
    worker = Worker({"chapters": [], "stamp": [], "example": str(chapter.checkpoint)})
    reading, writing = os.pipe()
    os.write(writing, b'{"kind": "done", "nonce": "guessed"}\nno json\n[]\n{"kind": "done"}\n')
    os.close(writing)
    assert worker.is_warm.wait(60)
    first = worker.events.get()
    assert first is not None
    assert first["kind"] == "warm"
    worker._hear(reading)
    assert worker.events.get() is None, "the end is all that is heard"
    worker.end()
    worker.settle()
    assert not worker.scratch.exists()


def test_a_result_is_the_same_on_every_run(chapter: SmallChapter, project: Path) -> None:
    from course.engine.report import to_json

    first, second = (json.loads(to_json(checkpoint.check(project, chapter))) for _ in range(2))
    assert first == second
