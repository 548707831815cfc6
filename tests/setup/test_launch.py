"""What JupyterLab is told, and which address is printed."""

import json
import os
import socket
from pathlib import Path

import pytest

from course import paths
from course.errors import CourseError
from course.setup import launch
from course.setup.environment import PINNED, Environment


def test_a_taken_port_is_named_with_what_to_do() -> None:
    with socket.socket() as other:
        other.bind(("localhost", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(CourseError, match=f"Port {port} is taken by another program. Choose another one"):
            launch.try_port(port)
    launch.try_port(port)


def test_a_number_that_is_no_port_is_named() -> None:
    with pytest.raises(CourseError, match="There is no port 80000"):
        launch.try_port(80000)


def test_jupyterlab_opens_the_first_chapter_with_the_course_as_its_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "a folder é"
    (root / "notebooks").mkdir(parents=True)
    (root / launch.FIRST).write_text("{}")
    monkeypatch.setattr(paths, "ROOT", root)
    told = launch.options(browser=True, port=None)
    assert f"--ServerApp.root_dir={root}" in told
    assert "--LabApp.default_url=/lab/tree/notebooks/ch00_start_here.ipynb" in told
    assert "--no-browser" not in told


def test_a_port_that_was_asked_for_is_not_changed_in_silence() -> None:
    told = launch.options(browser=False, port=9000)
    assert {"--ServerApp.port=9000", "--ServerApp.port_retries=0", "--no-browser"} <= set(told)


def test_kernels_and_terminals_find_the_course_first() -> None:
    around = {"PATH": "/usr/bin", "PYTHONHOME": "/somewhere"}
    launch.prepare(around)
    assert around["PATH"].split(os.pathsep) == [str(PINNED.scripts), "/usr/bin"]
    assert "PYTHONHOME" not in around


def test_the_tabs_that_are_open_here_are_kept_apart_from_other_projects() -> None:
    around: dict[str, str] = {}
    launch.prepare(around)
    assert around["JUPYTERLAB_WORKSPACES_DIR"] == str(paths.workspace() / ".course" / "tabs")
    around = {"JUPYTERLAB_WORKSPACES_DIR": "elsewhere"}
    launch.prepare(around)
    assert around["JUPYTERLAB_WORKSPACES_DIR"] == "elsewhere"


def test_a_token_of_the_learners_own_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JUPYTER_TOKEN", raising=False)
    assert len(launch.own_token([])) == 48
    assert launch.own_token(["--IdentityProvider.token=mine"]) == ""
    monkeypatch.setenv("JUPYTER_TOKEN", "mine")
    assert launch.own_token([]) == ""


def test_jupyterlab_asks_no_question_about_news(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "PINNED", Environment(tmp_path))
    launch.ask_nothing()
    told = json.loads((tmp_path / "share/jupyter/lab/settings/overrides.json").read_text(encoding="utf-8"))
    assert told["@jupyterlab/apputils-extension:notification"] == {"fetchNews": "false"}
