"""The pins: exact, for every system, in agreement, without a word on where they were compiled."""

import re

import pytest

from course import paths
from course.setup import pins

PARTS = (pins.LEARNER, *pins.EXTRAS)
FILES = (*map(pins.name, PARTS), pins.CONSTRAINTS)


def lines(path: str) -> set[str]:
    """The lines of a file of pins that name a package, with its version and its markers."""
    text = (paths.ROOT / path).read_text(encoding="utf-8")
    return {line for line in text.splitlines() if line and not line.lstrip().startswith("#")}


@pytest.mark.parametrize("path", FILES)
def test_every_requirement_is_pinned_to_one_version(path: str) -> None:
    assert lines(path)
    assert [line for line in lines(path) if not re.match(r"[\w.-]+==\S+( ; .+)?$", line)] == []


@pytest.mark.parametrize("path", FILES)
def test_no_address_and_no_path_is_named(path: str) -> None:
    text = (paths.ROOT / path).read_text(encoding="utf-8").splitlines()
    assert [
        line for line in text if re.search(r"://|--(extra-)?index|--find-links|^\s*-|/[a-z]+/", line)
    ] == []


@pytest.mark.parametrize("part", PARTS)
def test_all_that_the_project_asks_for_is_pinned(part: str) -> None:
    assert pins.packages(part) - {line.split("==")[0] for line in lines(pins.name(part))} == set()


@pytest.mark.parametrize("part", PARTS)
def test_the_pins_of_all_parts_agree(part: str) -> None:
    assert versions(lines(pins.name(part))) - versions(lines(pins.CONSTRAINTS)) == set()


@pytest.mark.parametrize("extra", pins.EXTRAS)
def test_an_extra_changes_nothing_that_a_learner_runs(extra: str) -> None:
    assert versions(lines("requirements.txt")) - versions(lines(pins.name(extra))) == set()


def versions(pinned: set[str]) -> set[str]:
    """Package and version alone: the markers of a package depend on what else is installed."""
    return {line.partition(" ;")[0] for line in pinned}


def test_a_learner_installs_no_more_than_150_packages() -> None:
    # A package may have two lines, with different versions for different versions of Python.
    assert len({line.partition("==")[0] for line in lines("requirements.txt")}) <= 150


def test_windows_and_macos_have_their_own_lines() -> None:
    text = "\n".join(lines("requirements.txt"))
    assert "sys_platform == 'darwin'" in text
    assert "sys_platform == 'win32'" in text or "os_name == 'nt'" in text
