"""The pins: exact, for every system, without a word on where they were compiled."""

import re

from course import paths
from course.setup.install import dependencies

LINES = (paths.ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
TEACHING = (paths.ROOT / "course" / "setup" / "teach.txt").read_text(encoding="utf-8").splitlines()


def test_every_requirement_is_pinned_to_one_version() -> None:
    loose = [
        line for line in LINES + TEACHING if line and not line.lstrip().startswith("#") and "==" not in line
    ]
    assert loose == []


def test_no_address_and_no_path_is_named() -> None:
    assert [
        line
        for line in LINES + TEACHING
        if re.search(r"://|--(extra-)?index|--find-links|^\s*-|/[a-z]+/", line)
    ] == []


def test_all_that_the_project_asks_for_is_pinned() -> None:
    pinned = {line.split("==")[0] for line in LINES if "==" in line}
    asked = {re.split(r"[\[<>=~!; ]", name)[0] for name in dependencies()}
    assert asked - pinned == set()


def test_windows_and_macos_have_their_own_lines() -> None:
    text = "\n".join(LINES)
    assert "sys_platform == 'darwin'" in text
    assert "sys_platform == 'win32'" in text or "os_name == 'nt'" in text


def test_teaching_stands_on_the_very_pins_of_the_course() -> None:
    ours = {line for line in LINES if "==" in line}
    assert ours - {line for line in TEACHING if "==" in line} == set()
