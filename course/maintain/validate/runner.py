"""Runs the steps, two at a time where there are two cores, and says live how far they are."""

import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from course import paths
from course.engine import cpus
from course.maintain.validate.ending import end_children
from course.maintain.validate.steps import Step

LIMIT = 1500.0  # seconds that one command may take before it is ended
LIVE, SILENCE = 0.5, 20.0  # seconds between two status lines: in a terminal, and in a log
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
LANES = max(2, min(4, os.cpu_count() or 2))


@dataclass
class Run:
    """One step being run: what each of its tests came to, and all that it printed."""

    step: Step
    record: Path
    tests: list[Mapping[str, Any]] = field(default_factory=list)
    collected: int = 0
    counted: int = 0
    output: str = ""
    worked: bool = False
    began: float = field(default_factory=time.monotonic)
    seconds: float = 0.0
    cpu: float | None = None

    def tally(self, outcome: str) -> int:
        return sum(test["outcome"] == outcome for test in self.tests)

    @property
    def passed(self) -> int:
        """Tests that passed; 1 for a step of another kind that did."""
        return self.tally("passed") if self.step.pytest else int(self.worked)

    @property
    def failed(self) -> int:
        """Tests that failed, and at least 1 where the step did."""
        return max(self.tally("failed"), int(not self.worked))

    @property
    def amount(self) -> int:
        return self.tally("passed") + self.tally("failed") if self.step.pytest else self.counted

    def read(self) -> None:
        """Take in what the recorder has written so far."""
        if not self.record.exists():
            return
        lines = [
            json.loads(line)
            for line in self.record.read_text(encoding="utf-8").splitlines(True)
            if line[-1] == "\n"
        ]
        self.collected = max((line["collected"] for line in lines if "collected" in line), default=0)
        self.tests = [line for line in lines if "id" in line]
        used = [line["cpu"] for line in lines if "cpu" in line]
        self.cpu = sum(used) if used else None

    def status(self) -> str:
        self.read()
        return f"{self.step.name} {len(self.tests)} of {self.collected}" if self.collected else self.step.name


def run_all(steps: Sequence[Step]) -> list[Run]:
    """Run the steps and return them in the order given. Whole outputs are printed for those that fail."""
    waiting = list(steps)
    runs: dict[str, Run] = {}
    board = Board()
    with tempfile.TemporaryDirectory(prefix="course-test-") as name:
        scratch = Path(name)

        def lane(cpu: int | None) -> None:
            while waiting and not board.stopped.is_set():
                step = waiting.pop(0)
                run = runs[step.name] = Run(step, scratch / f"{len(waiting)}.jsonl")
                board.begin(run)
                try:
                    _run(run, scratch, board, cpu)
                finally:
                    board.end(run)

        own = (cpus.some(LANES) + [None] * LANES)[:LANES]
        threads = [threading.Thread(target=lane, args=(cpu,), daemon=True) for cpu in own]
        try:
            for thread in threads:
                thread.start()
            board.watch(threads)
        except BaseException:
            with board.lock:
                board.stopped.set()
            end_children()
            raise
    return [runs[step.name] for step in steps]


def _run(run: Run, scratch: Path, board: "Board", cpu: int | None) -> None:
    printed: list[str] = []
    codes: list[int] = []
    # A folder each: no step sees the learner's work, nor another step's.
    workspace = scratch / run.step.name.replace(" ", "-")
    workspace.mkdir(exist_ok=True)
    told = {
        "COURSE_WORKSPACE": str(workspace),
        "COURSE_RECORD": str(run.record),
        "PYTHONUTF8": "1",
        "COLUMNS": "110",
        "COURSE_CPU": "" if cpu is None or run.step.several_cpus else str(cpu),
    }
    environment = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"} | told
    for command in run.step.commands:
        process = board.start(command, environment)
        if process is None:
            codes.append(1)
            break
        with process:
            try:
                printed.append(process.communicate(timeout=LIMIT)[0])
                codes.append(process.returncode)
            except subprocess.TimeoutExpired as late:
                process.kill()
                sofar = late.stdout or b""
                text = sofar.decode("utf-8", "replace") if isinstance(sofar, bytes) else sofar
                printed.append(f"{text}\nEnded after {LIMIT:.0f} s.\n")
                codes.append(1)
    run.read()
    run.seconds = time.monotonic() - run.began
    run.output = "".join(printed) if board.live else COLOURS.sub("", "".join(printed))
    if run.step.count and (match := re.search(run.step.count, run.output)):
        run.counted = int(match[1])
    run.worked = not any(codes)
    if run.worked and not run.amount and not run.step.may_be_left_out:
        run.worked = False
        run.output += "\nNothing was validated here, and something should be.\n"


class Board:
    """What is said while steps run; one thread writes at a time."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.running: list[Run] = []
        self.stopped = threading.Event()
        self.live = sys.stdout.isatty()

    def begin(self, run: Run) -> None:
        with self.lock:
            self.running.append(run)

    def start(self, command: Sequence[str], environment: Mapping[str, str]) -> "subprocess.Popen[str] | None":
        """Start a command, or nothing once the board is stopped: no process begins while all are ended."""
        with self.lock:
            if self.stopped.is_set():
                return None
            return subprocess.Popen(
                command,
                cwd=paths.ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                errors="replace",
            )

    def end(self, run: Run) -> None:
        """Say how a step ended, with its whole output where it failed."""
        with self.lock:
            self.running.remove(run)
            self._clear()
            if self.stopped.is_set():
                return
            if run.worked:
                print(f"{run.step.name}: {run.amount} {run.step.what}, {run.seconds:.0f} s", flush=True)
            else:
                print(f"{run.step.name}: FAILED after {run.seconds:.0f} s. All it said:\n", flush=True)
                print(run.output.rstrip() + f"\n\nend of {run.step.name}\n", flush=True)

    def watch(self, threads: Sequence[threading.Thread]) -> None:
        """Until the lanes are done, show now and then what runs."""
        shown = time.monotonic()
        while any(thread.is_alive() for thread in threads):
            time.sleep(LIVE)
            if time.monotonic() - shown > (LIVE if self.live else SILENCE):
                shown = time.monotonic()
                self._show()
        self._clear()

    def _show(self) -> None:
        with self.lock:
            line = "running: " + ", ".join(run.status() for run in self.running)
            self._clear()
            print(line[:110], end="" if self.live else "\n", flush=True)

    def _clear(self) -> None:
        if self.live:
            sys.stdout.write("\r\x1b[2K")


def repeat(times: int, once: Callable[[], Sequence[Run]]) -> tuple[list[Run], dict[str, int]]:
    """Run everything `times` times: the last runs, and how often each test failed that ever did."""
    failures: dict[str, int] = {}
    runs: list[Run] = []
    for number in range(1, times + 1):
        print(f"Run {number} of {times}", flush=True)
        runs = list(once())
        for run in runs:
            for name in _failing(run):
                failures[name] = failures.get(name, 0) + 1
    return runs, failures


def _failing(run: Run) -> list[str]:
    names = [test["id"] for test in run.tests if test["outcome"] == "failed"]
    return names or ([] if run.worked else [run.step.name])
