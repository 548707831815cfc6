"""How long a learner waits for a checkpoint, beside what plain pytest would take.

Everything is timed at the other end of a live Jupyter kernel, where the learner sits: from the cell that is
sent to the first verdict that is shown, and to the end of the cell. The tests and the service are the same:
a copy of the chapter's checkpoint, and all requirements up to that chapter.
"""

import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from course import paths
from course.engine.chapters import Chapter
from course.errors import CourseError

SECONDS = 120.0
"""How long a cell may take."""

PREPARE = """
import importlib, os, subprocess, sys, threading
from pathlib import Path
from course.engine import chapters, checkpoint
from course.learn import display
chapter, project, tests, root = chapters.find({number}), Path({project!r}), {tests!r}, {root!r}
arguments = [*tests, "--service", str(project), "-v", "-p", "no:cacheprovider"]
checkpoint.warm(chapter)
"""
READY = "assert checkpoint.wait_until_warm()"
CHECK = "display.show(checkpoint.check(project, chapter, on_verdict=lambda one: print('[dot]', flush=True)))"
PYTEST = """
with subprocess.Popen([sys.executable, "-m", "pytest", *arguments], cwd=root, text=True,
                      stdout=subprocess.PIPE, env=os.environ | {"PYTHONUNBUFFERED": "1"}) as running:
    for line in running.stdout:
        print(line, end="", flush=True)
"""
FORGET = """
for name in [name for name in sys.modules if name == "app" or name.startswith(("app.", "test_ch", "tests."))]:
    del sys.modules[name]
sys.path[:] = [path for path in sys.path if path != str(project)]
"""
IN_KERNEL = """
import pytest
here = os.getcwd()
os.chdir(root)
thread = threading.Thread(target=pytest.main, args=(arguments,))  # a thread: here the kernel's loop runs
thread.start(); thread.join(); os.chdir(here)
"""


class Kernel:
    """A live kernel. `run` says when the first message came that `shows`, and when the cell was done."""

    def __init__(self) -> None:
        from jupyter_client.manager import start_new_kernel

        self._manager, self._client = start_new_kernel(kernel_name="python3", stderr=subprocess.DEVNULL)

    def run(self, code: str, shows: Callable[[str], bool] = lambda text: True) -> tuple[float, float]:
        """Seconds to the first output that `shows` accepts, and to the end of the cell.

        Raises:
            CourseError: the cell raised an exception.
        """
        start = time.perf_counter()
        first = 0.0
        sent = self._client.execute(code)
        while True:
            message = self._client.get_iopub_msg(timeout=SECONDS)
            if message["parent_header"].get("msg_id") != sent:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "error":
                raise CourseError(
                    f"A cell of the benchmark failed: {content['ename']}: {content['evalue']}",
                    "Run `python -m course test` first: it says what is wrong.",
                )
            if not first and shows(_text_of(kind, content)):
                first = time.perf_counter() - start
            if kind == "status" and content["execution_state"] == "idle":
                whole = time.perf_counter() - start
                return first or whole, whole

    def close(self) -> None:
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)


def _text_of(kind: str, content: dict[str, Any]) -> str:
    if kind == "stream":
        return str(content["text"])
    return str(content.get("data", {}).get("text/plain", "")) if kind == "display_data" else ""


def _shows_verdict(text: str) -> bool:
    return text.startswith("[") or any(word in text for word in ("PASSED", "FAILED", "ERROR"))


def measure(chapter: Chapter, runs: int) -> dict[str, Any]:
    """Medians in seconds, and how many times faster a checkpoint is than each of the others.

    A ratio of 8 means that a checkpoint takes an eighth of the time. `in_kernel_ratio` compares whole
    results with pytest inside the kernel, its libraries imported before: what no fresh process can beat.
    """
    files = [str(each.tests) for each in (chapter, *chapter.road[:-1]) if each.tests.exists()]
    times: dict[str, list[tuple[float, float]]] = {"checkpoint": [], "pytest": [], "in_kernel": []}
    with tempfile.TemporaryDirectory(prefix="gavel-bench-") as folder:
        project = Path(folder) / chapter.stem
        shutil.copytree(chapter.checkpoint, project)
        kernel = Kernel()
        try:
            names = {"number": chapter.number, "project": str(project), "tests": files}
            kernel.run(PREPARE.format(**names, root=str(paths.ROOT)))
            kernel.run(IN_KERNEL, _shows_verdict)
            for _ in range(runs):
                kernel.run(READY)
                times["checkpoint"].append(kernel.run(CHECK, _shows_verdict))
                kernel.run(READY)
                times["pytest"].append(kernel.run(PYTEST, _shows_verdict))
                kernel.run(FORGET)
                times["in_kernel"].append(kernel.run(IN_KERNEL, _shows_verdict))
            kernel.run("checkpoint.cool()")
        finally:
            kernel.close()
    return _summary(chapter, runs, times)


def _summary(chapter: Chapter, runs: int, times: dict[str, list[tuple[float, float]]]) -> dict[str, Any]:
    first = {name: statistics.median(one for one, _ in pairs) for name, pairs in times.items()}
    whole = {name: statistics.median(one for _, one in pairs) for name, pairs in times.items()}
    return {
        "chapter": chapter.stem,
        "runs": runs,
        "first_verdict_seconds": {name: round(value, 4) for name, value in first.items()},
        "whole_seconds": {name: round(value, 4) for name, value in whole.items()},
        "first_verdict_ratio": round(first["pytest"] / first["checkpoint"], 2),
        "whole_ratio": round(whole["pytest"] / whole["checkpoint"], 2),
        "in_kernel_ratio": round(whole["in_kernel"] / whole["checkpoint"], 2),
    }


def table(figures: dict[str, Any]) -> str:
    """The figures for a person."""
    names = {
        "checkpoint": "%checkpoint, with its worker warm",
        "pytest": "python -m pytest",
        "in_kernel": "pytest inside the kernel",
    }
    lines = [
        f"{figures['chapter']}: medians of {figures['runs']} runs, seen from a live kernel",
        f"{'':36}{'first verdict':>16}{'whole result':>16}",
    ]
    for name, words in names.items():
        first, whole = figures["first_verdict_seconds"][name], figures["whole_seconds"][name]
        lines.append(f"{words:36}{first * 1000:13,.0f} ms{whole * 1000:13,.0f} ms")
    lines.append(
        f"The first verdict comes {figures['first_verdict_ratio']:.1f} times, the whole result "
        f"{figures['whole_ratio']:.1f} times as fast as with python -m pytest; the whole result "
        f"{figures['in_kernel_ratio']:.1f} times as fast as inside the kernel."
    )
    return "\n".join(lines)
