"""Setting up: what a fresh, an old, a broken and a moved environment come to."""

import ast
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from course import __main__ as door
from course import paths
from course.errors import CourseError
from course.setup import environment, install, pins
from course.setup.environment import Environment

OLD = (3, 6)


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was made and installed since the list was last cleared; nothing really is."""
    done: list[str] = []

    def make(folder: Path, keep: str) -> None:
        done.append("made")
        place = Environment(folder)
        place.scripts.mkdir(parents=True, exist_ok=True)
        place.python.unlink(missing_ok=True)
        place.python.write_text("runs")
        (folder / "lib").mkdir(exist_ok=True)

    def site_packages(python: Path) -> Path | None:
        runs = python.exists() and python.read_text() == "runs"
        return python.parent.parent / "lib" if runs else None

    def pinned(python: Path, parts: Sequence[str], *, again: bool) -> None:
        extras = [part for part in parts if part != pins.LEARNER]
        done.append(" ".join(["installed again" if again else "installed", *extras]))
        if len(extras) == len(parts):
            done[-1] += " alone"

    monkeypatch.setattr(install, "make", make)
    monkeypatch.setattr(install, "site_packages", site_packages)
    monkeypatch.setattr(install, "pinned", pinned)
    monkeypatch.setattr(install, "compile_used", lambda python: None)
    return done


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, done: list[str]) -> Environment:
    """The environment of a fresh clone in a folder with spaces and accents."""
    root = tmp_path / "a folder é"
    root.mkdir()
    (root / "course" / "setup" / "pins").mkdir(parents=True)
    for part in (pins.LEARNER, *pins.EXTRAS):
        (root / pins.name(part)).write_text("fastapi==0.165.0\n", encoding="utf-8")
    monkeypatch.setattr(paths, "ROOT", root)
    return Environment(root / ".venv")


def change(part: str) -> None:
    (paths.ROOT / pins.name(part)).write_text("fastapi==0.166.0\n", encoding="utf-8")


def test_an_old_python_is_told_so_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 8, 18, "final", 0))
    assert door.main() == 1  # type: ignore[no-untyped-call]
    said = capsys.readouterr().err
    assert said.startswith("Python 3.8 is too old: the course needs 3.11 or later")
    assert said.count("\n") == 1


@pytest.mark.parametrize("name", ["__init__.py", "__main__.py"])
def test_what_an_old_python_reads_first_is_spelled_for_it(name: str) -> None:
    source = (paths.ROOT / "course" / name).read_text(encoding="utf-8")
    ast.parse(source, feature_version=OLD)


def test_the_command_and_the_set_up_need_nothing_but_python() -> None:
    program = (
        f"import sys; sys.path.insert(0, {str(paths.ROOT)!r}); "
        "import course.cli, course.setup.ahead, course.setup.launch, course.maintain.validate.options; "
        "course.cli._parser()"
    )
    # -S: without site-packages, so that anything else than the standard library cannot be imported.
    ended = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr


def test_a_fresh_folder_is_set_up_once(place: Environment, done: list[str]) -> None:
    assert not place.ready()
    place.ensure()
    assert done == ["made", "installed"]
    assert place.ready()
    done.clear()
    place.ensure()
    assert done == []


def test_changed_requirements_are_installed_in_the_same_environment(
    place: Environment, done: list[str]
) -> None:
    place.ensure()
    done.clear()
    change(pins.LEARNER)
    place.ensure()
    assert done == ["installed"]


def test_an_interrupted_installation_is_done_again_from_the_start(
    place: Environment, done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(python: Path, parts: object, *, again: bool) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(install, "pinned", interrupted)
        with pytest.raises(KeyboardInterrupt):
            place.ensure()
    assert not place.ready()
    done.clear()
    place.ensure()
    assert done == ["installed again"]
    assert place.ready()


def test_a_python_that_is_gone_is_replaced(place: Environment, done: list[str]) -> None:
    place.ensure()
    done.clear()
    place.python.unlink()
    place.ensure()
    assert done == ["made", "installed"]


def test_a_python_that_does_not_run_is_replaced(place: Environment, done: list[str]) -> None:
    place.ensure()
    done.clear()
    place.stamp.unlink()
    place.python.write_text("broken")
    place.ensure()
    assert done == ["made", "installed"]


def test_a_moved_folder_is_set_up_again(
    place: Environment, done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    place.ensure()
    done.clear()
    moved = paths.ROOT.with_name("elsewhere ü")
    paths.ROOT.rename(moved)
    monkeypatch.setattr(paths, "ROOT", moved)
    there = Environment(moved / ".venv")
    there.ensure()
    assert done == ["made", "installed"]
    assert there.ready()


def test_a_stamp_that_cannot_be_read_is_no_stamp(place: Environment) -> None:
    place.ensure()
    place.stamp.write_text("{half of a st")
    assert not place.ready()


def test_a_folder_that_cannot_be_written_is_named(
    place: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(CourseError, match=r"The folder .*a folder é cannot be written\. Copy the course"):
        place.ensure()


def test_a_file_that_is_missing_is_named(place: Environment) -> None:
    (paths.ROOT / "requirements.txt").unlink()
    with pytest.raises(CourseError, match=r"Setting up the course failed\. It said: .*requirements\.txt"):
        place.ensure()


@pytest.mark.skipif(os.name == "nt", reason="a shell script stands for the Windows Python")
def test_on_windows_the_words_and_the_exit_status_are_handed_on(
    place: Environment, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(environment, "WINDOWS", True)
    monkeypatch.setenv("PYTHONUTF8", "1")
    place.scripts.mkdir(parents=True)
    place.python.write_text('#!/bin/sh\nprintf "%s|" "$@"\nexit 7\n')
    place.python.chmod(0o755)
    with pytest.raises(SystemExit) as ended:
        place.enter(["new", "04 é"])
    assert ended.value.code == 7
    assert capfd.readouterr().out == "-P|-m|course|new|04 é|"


def test_the_newest_releases_are_looked_up_every_time(
    place: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    (paths.ROOT / "pyproject.toml").write_text('[project]\ndependencies = ["fastapi[standard]"]\n')
    asked: list[list[str]] = []
    monkeypatch.setattr(install, "newest", lambda python, parts: asked.append(pins.asked(*parts)))
    newest = Environment(place.folder, newest=True)
    newest.ensure()
    newest.ensure()
    assert asked == [["fastapi[standard]"], ["fastapi[standard]"]]


def test_a_kernel_finds_the_course_whatever_letters_its_folder_has(tmp_path: Path) -> None:
    root = tmp_path / "a folder é ñ 漢"
    (root / "course").mkdir(parents=True)
    (root / "course" / "__init__.py").write_text("here = __file__\n")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(root / ".venv")], check=True)
    place = Environment(root / ".venv")
    asked = [str(place.python), "-I", "-c", "import sysconfig; print(ascii(sysconfig.get_path('purelib')))"]
    packages = Path(
        ast.literal_eval(subprocess.run(asked, capture_output=True, text=True, check=True).stdout)
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paths, "ROOT", root)
        place._link(packages)
    told = [str(place.python), "-I", "-c", "import course; print(ascii(course.here))"]
    where = subprocess.run(told, capture_output=True, text=True, check=True, cwd=tmp_path).stdout
    assert Path(ast.literal_eval(where)).samefile(root / "course" / "__init__.py")


@pytest.mark.skipif(os.name == "nt", reason="a shell script is made there only")
def test_the_word_course_runs_the_environments_own_python(place: Environment) -> None:
    place.ensure()
    launcher = place.scripts / "course"
    place.python.unlink()
    place.python.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    place.python.chmod(0o755)
    said = subprocess.run([str(launcher), "start", "3"], capture_output=True, text=True, check=True).stdout
    assert said.split() == ["-P", "-m", "course", "start", "3"]


def test_windows_has_its_own_folder_and_launcher(place: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "WINDOWS", True)
    assert place.python == place.folder / "Scripts" / "python.exe"
    place.ensure()
    assert (place.scripts / "course.cmd").read_bytes() == b'@"%~dp0python.exe" -P -m course %*\r\n'
