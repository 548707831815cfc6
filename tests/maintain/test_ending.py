"""`course test` that is ended from outside: no process that it started is left."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from course import paths
from course.maintain.validate import runner
from course.maintain.validate.steps import Step

pytestmark = pytest.mark.skipif(os.name != "posix", reason="on Windows, SIGTERM ends a process at once")
SECONDS = 60.0  # how long anything may take on a busy machine
SLEEP = "import pathlib, time; pathlib.Path('{folder}', '{name}').touch(); time.sleep(600)"
STEP = """
import subprocess, sys
def start(name, **options):
    return subprocess.Popen([sys.executable, "-c", {sleep!r}.replace("NAME", name), "{folder}"], **options)
start("same-group")
start("own-session", start_new_session=True)
start("clean-environment", start_new_session=True, env={{}})
parent = "import subprocess, sys; subprocess.Popen(sys.argv[1:], start_new_session=True)"
orphan = [sys.executable, "-c", {sleep!r}.replace("NAME", "orphan"), "{folder}"]
subprocess.run([sys.executable, "-c", parent, *orphan])
{then}
"""
VALIDATION = """
import sys
from course.maintain.validate import runner
from course.maintain.validate.ending import on_signals
from course.maintain.validate.steps import Step
with on_signals():
    runner.run_all([Step(name, "things", ((sys.executable, "-c", {step!r}),) * 2, "x") for name in "abc"])
"""
NAMES = ("same-group", "own-session", "clean-environment", "orphan")


def step(folder: Path, then: str = "import time; time.sleep(600)") -> str:
    return STEP.format(sleep=SLEEP.format(folder=folder, name="NAME"), folder=folder, then=then)


def until(holds: Callable[[], bool]) -> None:
    limit = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < limit, "it took too long"
        time.sleep(0.05)


def alive(folder: Path) -> list[str]:
    """The processes that have the folder among the words of their command."""
    found = []
    for process in psutil.process_iter():
        try:
            if str(folder) in process.cmdline() and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process.cmdline()[2])
        except psutil.Error:
            continue
    return found


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_signal_leaves_nothing_of_the_whole_tree(name: str, tmp_path: Path) -> None:
    number = getattr(signal, name)
    program = VALIDATION.format(step=step(tmp_path))
    process = subprocess.Popen(
        [sys.executable, "-c", program], cwd=paths.ROOT, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL
    )
    until(lambda: all((tmp_path / each).exists() for each in NAMES))
    assert len(alive(tmp_path)) >= len(NAMES)
    process.send_signal(number)
    _, said = process.communicate(timeout=SECONDS)
    assert process.returncode == 128 + number
    assert said.decode() == f"Ended by {name}. No process of the validation is left.\n"
    assert alive(tmp_path) == []


def test_a_signal_that_is_ignored_stays_ignored(tmp_path: Path) -> None:
    program = (
        "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "from course.maintain.validate.ending import on_signals\n"
        "with on_signals(): signal.raise_signal(signal.SIGHUP)\n"
        "print('it goes on', signal.getsignal(signal.SIGTERM) == signal.SIG_DFL)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=paths.ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "it goes on True\n"


def test_a_board_that_is_stopped_starts_nothing() -> None:
    board = runner.Board()
    board.stopped.set()
    assert board.start((sys.executable, "-c", ""), {}) is None


def test_an_interrupt_stops_what_is_running_and_begins_no_other_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(self: object, threads: object) -> None:
        until((tmp_path / "a").exists)
        raise KeyboardInterrupt

    monkeypatch.setattr(runner.Board, "watch", interrupt)
    steps = [
        Step(name, "things", ((sys.executable, "-c", SLEEP.format(folder=tmp_path, name=name)),) * 2, "x")
        for name in "abcdefgh"
    ]
    with pytest.raises(KeyboardInterrupt):
        runner.run_all(steps)
    begun = sorted(path.name for path in tmp_path.iterdir())
    time.sleep(1)
    assert sorted(path.name for path in tmp_path.iterdir()) == begun
    assert psutil.Process().children(recursive=True) == []
    assert capsys.readouterr().out == ""
