"""`course --version`: what a report of an error needs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from course import cli, paths
from course.setup import version
from course.setup.environment import Environment
from course.setup.stamp import Stamp, write


def test_the_versions_of_an_environment_are_read_from_its_files(tmp_path: Path) -> None:
    place = Environment(tmp_path)
    packages = tmp_path / ("Lib" if os.name == "nt" else "lib/python3.12") / "site-packages"
    (packages / "fastapi-9.8.7.dist-info").mkdir(parents=True)
    (packages / "fastapi-9.8.7.dist-info" / "METADATA").write_text("Name: fastapi\nVersion: 9.8.7\n")
    (tmp_path / "pyvenv.cfg").write_text("home = /usr/bin\nversion = 3.12.1\n")
    write(place.stamp, Stamp(str(tmp_path), "", {"learner": "1f", "validate": "2e"}))
    said = version.report(place).splitlines()
    assert said[1:4] == ["Python:    3.12.1", "FastAPI:   9.8.7", "Installed: learner, validate"]


def test_it_needs_no_environment_and_nothing_but_python() -> None:
    program = (
        f"import sys, pathlib; sys.path.insert(0, {str(paths.ROOT)!r}); "
        "from course.setup import environment, version; "
        "print(version.report(environment.Environment(pathlib.Path('none'))))"
    )
    ended = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=False
    )
    lines = dict(line.split(":", 1) for line in ended.stdout.splitlines())
    assert list(lines) == ["Gavel", "Python", "FastAPI", "Installed", "System"], ended.stderr
    assert lines["Python"].strip() == sys.version.split()[0]
    assert lines["FastAPI"].strip() == "not installed"


def test_the_word_sets_nothing_up(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli, "_inside", lambda *words: pytest.fail("sets up an environment"))
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("Gavel:     ")
