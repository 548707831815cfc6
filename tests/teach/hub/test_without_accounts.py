"""`course hub` for whoever may not make users of the system: one user for all, and it says so."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from course.errors import CourseError
from course.teach.hub.simulated_user import Person

from .conftest import NAMES, missing, running_hub


def test_a_hub_without_accounts_opens_for_its_people_alone_and_ends_clean(tmp_path: Path) -> None:
    if why := missing():
        pytest.skip(why)
    with running_hub(tmp_path, "--together", "--admins", NAMES[0], accounts=False) as hub:
        assert f"The class is open at {hub.url}" in hub.said
        assert "Nothing keeps these people apart" in hub.said
        known = json.loads((hub.data / "people.json").read_text(encoding="utf-8"))
        with Person(hub.url, NAMES[1], known[""]) as bob:
            bob.log_in()
            assert bob.http.get("/hub/home").status_code == 200
        refused = ((NAMES[0], known[""]), ("somebody-else", known[""]), (NAMES[1], "wrong-password"))
        for name, password in refused:  # an admin has a password of their own
            with Person(hub.url, name, password) as stranger, pytest.raises(CourseError):
                stranger.log_in()
        assert (hub.data / "hub.sqlite").stat().st_mode & 0o077 == 0
    # `running_hub` has seen that nothing is left running.


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["link", "--hub", "https://hub.example.com", "--repo", "https://x.org/y"],
            "/hub/user-redirect/git-pull?repo=",
        ),
        (["room", "30"], "| 30 |"),
        (["publish", "--data", "nowhere"], "No class server has been set up here."),
        (["--users", "Ada"], "Ada cannot be the name of a person here."),
    ],
)
def test_its_verbs_answer_in_words(words: list[str], said: str, tmp_path: Path) -> None:
    if why := missing():
        pytest.skip(why)
    command = [sys.executable, "-P", "-m", "course", "hub", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
