"""Checkpoints as plain pytest: each chapter's requirements, on every checkpoint that goes on from it.

`--service PATH` runs them on one project instead, as a learner's project is run.
"""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from course.engine import chapters
from course.engine.checkpoint.service import Service
from course.engine.checkpoint.time_zone import far_from_utc


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--service", metavar="PATH", help="the project to check, instead of the checkpoints")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One run of a requirement for each project that must meet it."""
    if "service" not in metafunc.fixturenames:
        return
    chosen = metafunc.config.getoption("service", default=None)
    if chosen:
        metafunc.parametrize("service", [Path(chosen).absolute()], indirect=True, ids=[Path(chosen).name])
        return
    stem = metafunc.definition.path.stem.removeprefix("test_")
    later = [
        each
        for each in chapters.contents()
        if each.checkpoint.is_dir() and stem in [chapter.stem for chapter in each.road]
    ]
    metafunc.parametrize(
        "service", [each.checkpoint for each in later], indirect=True, ids=[each.stem for each in later]
    )


@pytest.fixture(autouse=True)
def _zone() -> Iterator[None]:
    """Run each requirement in a time zone far from UTC, as a learner's check does."""
    with far_from_utc():
        yield


@pytest.fixture
def service(request: pytest.FixtureRequest, tmp_path: Path) -> Service:
    """The project that the requirement is run on."""
    project: Path = request.param
    return Service(_package(project), project, tmp_path)


def _package(project: Path) -> str:
    """The import name of a project's `app`: in place for a checkpoint of ours, else `app` itself."""
    from course import paths

    if project.parent == paths.CHECKPOINTS:
        return f"{paths.CHECKPOINTS.name}.{project.name}.app"
    if str(project) not in sys.path:
        sys.path.insert(0, str(project))
        importlib.invalidate_caches()
    return "app"
