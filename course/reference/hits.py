"""A pytest plugin: which lines of the checkpoints each test ran, written as JSON.

The file is named by `COURSE_HITS`: for each test, for each file, the lines. Coverage follows threads and
greenlets, which the test client and SQLAlchemy use (https://coverage.readthedocs.io, option `concurrency`).
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import coverage
import pytest

from course import paths
from course.checkpoint import people

_measured = coverage.Coverage(
    data_file=None,
    config_file=False,
    include=[str(paths.CHECKPOINTS / "*")],
    concurrency=["thread", "greenlet"],
    messages=False,
)


def pytest_configure() -> None:
    """Begin before a checkpoint is imported, so that what runs once is seen."""
    _measured.start()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Write down what this test runs under its name. Hashing a password costs next to nothing."""
    _measured.switch_context(item.nodeid)
    with people.cheap_hashes():
        return (yield)


def pytest_unconfigure() -> None:
    """Write the file."""
    _measured.stop()
    data = _measured.get_data()
    found: dict[str, dict[str, list[int]]] = {}
    for file in data.measured_files():
        for line, contexts in data.contexts_by_lineno(file).items():
            for context in contexts:
                found.setdefault(context, {}).setdefault(paths.shown(Path(file)), []).append(line)
    Path(os.environ["COURSE_HITS"]).write_text(json.dumps(found), encoding="utf-8")
