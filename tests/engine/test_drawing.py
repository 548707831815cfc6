"""What Hypothesis draws is the same in every run (tests/fixtures/drawing.py)."""

import subprocess
import sys
from pathlib import Path

import pytest

from course import paths

DRAW = """\
import sys
sys.path.insert(0, {root!r})
import tests.fixtures.drawing
from hypothesis import given, settings, strategies as st

drawn = []

@settings(max_examples=200, deadline=None)
@given(st.text() | st.integers())
def draw(value):
    drawn.append(value)

{first}
draw()
print(ascii(drawn))
"""


def drawn(folder: Path, first: str = "", **environment: str) -> str:
    code = DRAW.format(root=str(paths.ROOT), first=first)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "rare.py").write_text("A, B = 'a rare constant', 271828182845\n", encoding="utf-8")
    return tmp_path


def test_what_was_imported_before_does_not_change_what_is_drawn(project: Path) -> None:
    alone = drawn(project)
    assert drawn(project, "sys.path.insert(0, ''); import rare") == alone
    assert drawn(project, PYTHONHASHSEED="7") == alone


def test_an_exploring_run_draws_other_examples_and_a_seed_draws_the_same_again(project: Path) -> None:
    alone = drawn(project)
    explored = drawn(project, COURSE_EXPLORE="5")
    assert explored != alone
    assert drawn(project, COURSE_EXPLORE="5", PYTHONHASHSEED="7") == explored
    assert drawn(project, COURSE_EXPLORE="6") != explored
