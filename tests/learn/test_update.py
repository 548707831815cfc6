"""`course update`: what is kept, what is replaced, and what is left alone."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from course.learn.update import steps
from tests.fixtures.clones import BLANKS, NOTEBOOK, OTHER, Clone, git


def test_a_notebook_that_both_changed_is_kept_and_replaced(clone: Clone) -> None:
    clone.write(NOTEBOOK, "outputs: mine\n")
    clone.publish({NOTEBOOK: "outputs: none, better\n"})
    status, said = clone.update()
    assert status == 0, said
    assert clone.read(NOTEBOOK) == "outputs: none, better\n"
    assert clone.kept_text(NOTEBOOK) == ["outputs: mine\n"]
    assert "updated from 0.3.0 (" in said
    assert "to 0.4.0 (" in said
    assert f"/{NOTEBOOK}\n" in said
    assert "my_service/kept/" in said
    assert "packages" not in said
    assert git(clone.root, "status", "--porcelain") == ""


def test_a_file_that_only_the_learner_changed_stays_as_it_is(clone: Clone) -> None:
    clone.write(OTHER, "outputs: mine\n")
    clone.write("requirements.txt", "fastapi==2\n")
    clone.publish({NOTEBOOK: "better\n"})
    status, said = clone.update()
    assert status == 0, said
    assert clone.read(OTHER) == "outputs: mine\n"
    assert clone.read(NOTEBOOK) == "better\n"
    assert clone.kept == []
    assert f"still in place: {OTHER}, requirements.txt." in said


def test_names_with_blanks_and_accents_are_kept_too(clone: Clone) -> None:
    clone.write(BLANKS, "mine\n")
    clone.publish({BLANKS: "better\n"})
    assert clone.update()[0] == 0
    assert clone.kept_text(BLANKS) == ["mine\n"]
    assert clone.read(BLANKS) == "better\n"


def test_any_tracked_file_is_kept_also_one_that_the_update_deletes(clone: Clone) -> None:
    clone.write("course/gone.py", "mine = 1\n")
    clone.write("requirements.txt", "mine==1\n")
    clone.publish({"course/gone.py": None, "requirements.txt": "fastapi==2\n"})
    status, said = clone.update()
    assert status == 0, said
    assert clone.kept == ["course/gone.py", "requirements.txt"]
    assert not (clone.root / "course/gone.py").exists()
    assert "the next `python3 -m course` installs them" in said


def test_a_file_that_the_learner_deleted_comes_back_where_the_update_changes_it(clone: Clone) -> None:
    (clone.root / NOTEBOOK).unlink()
    clone.publish({NOTEBOOK: "better\n"})
    assert clone.update()[0] == 0
    assert clone.read(NOTEBOOK) == "better\n"
    assert clone.kept == []


def test_windows_line_endings_do_not_stop_it(clone: Clone) -> None:
    clone.publish({".gitattributes": "* text=auto eol=lf\n"}, "0.3.1")
    assert clone.update()[0] == 0
    clone.write(NOTEBOOK, "outputs: none\r\n")
    clone.publish({NOTEBOOK: "better\n"})
    status, said = clone.update()
    assert status == 0, said
    assert clone.read(NOTEBOOK) == "better\n"


def test_a_file_that_was_only_touched_is_no_change(clone: Clone) -> None:
    os.utime(clone.root / NOTEBOOK, (1, 1))
    clone.publish({NOTEBOOK: "better\n"})
    assert clone.update()[0] == 0
    assert clone.kept == []


def test_two_updates_within_one_second_keep_both_copies(
    clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Clock:
        now = staticmethod(lambda: SimpleTime())

    class SimpleTime:
        def strftime(self, form: str) -> str:
            return "2026-12-01_09-00-00"

    monkeypatch.setattr(steps, "datetime", Clock)
    for number in ("1", "2"):
        clone.write(NOTEBOOK, f"mine {number}\n")
        clone.publish({NOTEBOOK: f"better {number}\n"}, f"0.4.{number}")
        assert clone.update()[0] == 0
    assert clone.kept_text(NOTEBOOK) == ["mine 1\n", "mine 2\n"]


def test_a_course_that_is_up_to_date_is_left_alone(clone: Clone) -> None:
    clone.write(NOTEBOOK, "mine\n")
    before = clone.state()
    status, said = clone.update()
    assert status == 0
    assert "up to date with origin/main: version 0.3.0 (" in said
    assert clone.state() == before
    assert clone.kept == []


def test_what_is_staged_stays_staged(clone: Clone) -> None:
    clone.write(OTHER, "mine\n")
    git(clone.root, "add", OTHER)
    clone.publish({NOTEBOOK: "better\n"})
    assert clone.update()[0] == 0
    assert git(clone.root, "diff", "--cached", "--name-only") == OTHER


KILLED = """
import os, sys
from pathlib import Path
from course import cli, paths
from course.learn.update import steps
paths.ROOT = Path(sys.argv[1])
git = steps.git
def dying(*words, **given):
    if words[0] == sys.argv[2]:
        print("here", flush=True)
        sys.stdin.read()
    return git(*words, **given)
steps.git = dying
sys.exit(cli.main(["update"]))
"""


@pytest.mark.skipif(os.name != "posix", reason="a pipe that is waited at")
@pytest.mark.parametrize("step", ["checkout", "merge"])
def test_a_power_cut_leaves_the_kept_copies_and_the_next_update_goes_on(clone: Clone, step: str) -> None:
    clone.write(NOTEBOOK, "mine\n")
    clone.publish({NOTEBOOK: "better\n", OTHER: "better\n"})
    words = [sys.executable, "-c", KILLED, str(clone.root), step]
    process = subprocess.Popen(
        words, cwd=Path(__file__).parents[2], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    limit = time.monotonic() + 60
    while process.stdout.readline() != b"here\n":
        assert time.monotonic() < limit
    process.send_signal(signal.SIGINT)  # Ctrl+C does not stop it between these steps
    process.send_signal(signal.SIGTERM)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.5)
    process.kill()
    process.communicate()
    assert clone.kept_text(NOTEBOOK) == ["mine\n"]
    status, said = clone.update()
    assert status == 0, said
    assert clone.read(NOTEBOOK) == "better\n"
    assert set(clone.kept_text(NOTEBOOK)) == {"mine\n"}
