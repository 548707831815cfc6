"""A pytest plugin: which lines of the checkpoints each test ran, written as JSON.

The file is named by `COURSE_HITS`: for each test, for each file, the numbers of the lines. From Python 3.12
on `sys.monitoring` reports them (PEP 669), in every thread and greenlet; before, `sys.settrace` does, which
does not see what SQLAlchemy runs in a greenlet.
"""

import json
import os
import sys
import threading
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest

from course import paths
from course.engine.checkpoint import logins

HERE = str(paths.CHECKPOINTS)
NAME = "course-executed-lines"
_lines: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
_test = ""


def _ran(code: CodeType, line: int) -> Any:
    """Note a line of a checkpoint; from 3.12 on, a line of other code is not reported again."""
    if code.co_filename.startswith(HERE):
        _lines[_test, code.co_filename].add(line)
    elif sys.version_info >= (3, 12):
        return sys.monitoring.DISABLE
    return None


def _trace(frame: FrameType, event: str, _argument: Any) -> Any:
    if not frame.f_code.co_filename.startswith(HERE):
        return None
    if event == "line":
        _ran(frame.f_code, frame.f_lineno)
    return _trace


def begin() -> None:
    """Report lines from now on."""
    if sys.version_info >= (3, 12):
        sys.monitoring.use_tool_id(sys.monitoring.COVERAGE_ID, NAME)
        sys.monitoring.register_callback(sys.monitoring.COVERAGE_ID, sys.monitoring.events.LINE, _ran)
        sys.monitoring.set_events(sys.monitoring.COVERAGE_ID, sys.monitoring.events.LINE)
    else:
        threading.settrace(_trace)
        sys.settrace(_trace)


def end() -> None:
    """Report nothing any more."""
    if sys.version_info >= (3, 12):
        sys.monitoring.free_tool_id(sys.monitoring.COVERAGE_ID)
    else:
        threading.settrace(None)
        sys.settrace(None)


def pytest_configure() -> None:
    """Begin before a checkpoint is imported, so that lines that run once are seen."""
    begin()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Note lines under the name of this test. Hashing a password costs next to nothing."""
    global _test
    _test = item.nodeid
    with logins.cheap_hashes():
        return (yield)


def pytest_unconfigure() -> None:
    """Write the file."""
    end()
    found: dict[str, dict[str, list[int]]] = {}
    for (test, file), lines in _lines.items():
        found.setdefault(test, {})[paths.shown(Path(file))] = sorted(lines)
    Path(os.environ["COURSE_HITS"]).write_text(json.dumps(found), encoding="utf-8")
