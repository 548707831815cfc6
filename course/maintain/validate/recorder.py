"""A pytest plugin that writes what becomes of each test, as it happens, to the file named by COURSE_RECORD.

One JSON object a line: `{"collected": 12}`, then `{"id", "outcome", "seconds", "why"}` for each test. The
cells that nbval compares are counted in the same way, since nbval makes a test of each code cell. Where
COURSE_CPU says so, all happens on that CPU.
"""

import json
import os
from collections.abc import Mapping
from typing import Any

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

    def write(self, line: Mapping[str, Any]) -> None:
        with open(self.path, "a", encoding="utf-8") as out:
            out.write(json.dumps(line) + "\n")


def _why(report: pytest.TestReport) -> str:
    """The reason that a skipped test gives."""
    if report.outcome == "skipped" and isinstance(report.longrepr, tuple):
        return str(report.longrepr[2]).removeprefix("Skipped: ")
    return ""
