"""A pytest plugin that writes what becomes of each test, as it happens, to the file named by COURSE_RECORD.

One JSON object a line: `{"collected": 12}`, then `{"id", "outcome", "seconds", "why"}` for each test, and at
the end `{"cpu": 8.5}`, the seconds of processor time of this process and all that it started. The
cells that nbval compares are counted in the same way, since nbval makes a test of each code cell. Where
COURSE_CPU says so, all happens on that CPU.
"""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import psutil  # type: ignore[import-untyped]
import pytest

from course.engine import cpus


def pytest_configure(config: pytest.Config) -> None:
    if cpu := os.environ.get("COURSE_CPU"):
        cpus.stay_on(int(cpu))
    path = os.environ.get("COURSE_RECORD")
    if path:
        config.pluginmanager.register(Recorder(path), "course-recorder")


class Recorder:
    """Writes one line a test. `seconds` includes the test's fixtures."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.seconds: dict[str, float] = {}
        self.bad: dict[str, tuple[str, str]] = {}

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.write({"collected": len(session.items)})

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[report.nodeid] = self.seconds.get(report.nodeid, 0.0) + report.duration
        if report.outcome != "passed":
            self.bad.setdefault(report.nodeid, (report.outcome, _why(report)))
        if report.when == "teardown":
            outcome, why = self.bad.pop(report.nodeid, ("passed", ""))
            seconds = round(self.seconds.pop(report.nodeid), 3)
            self.write({"id": report.nodeid, "outcome": outcome, "seconds": seconds, "why": why})

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        self.write({"cpu": round(_processor_time(), 1)})

    def write(self, line: Mapping[str, Any]) -> None:
        with open(self.path, "a", encoding="utf-8") as out:
            out.write(json.dumps(line) + "\n")


def _processor_time() -> float:
    """Seconds of processor time of this process and of all that it started, whether it still runs or not."""
    used = sum(os.times()[:4])
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            used += sum(process.cpu_times()[:4])
    return used


def _why(report: pytest.TestReport) -> str:
    """The reason that a skipped test gives."""
    if report.outcome == "skipped" and isinstance(report.longrepr, tuple):
        return str(report.longrepr[2]).removeprefix("Skipped: ")
    return ""
