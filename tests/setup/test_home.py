"""A home folder that cannot be written keeps nobody from learning."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from course import paths
from course.errors import CourseError
from course.setup import home

FOLDERS = {"JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"}


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in FOLDERS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    monkeypatch.setenv("COURSE_WORKSPACE", str(tmp_path / "my_service"))
    return paths.workspace()


def shut(monkeypatch: pytest.MonkeyPatch, *folders: Path) -> None:
    """Let nobody write below these folders; root could, whatever their modes say."""
    monkeypatch.setattr(
        home, "writable", lambda folder: not any(folder.is_relative_to(each) for each in folders)
    )


def test_a_home_that_can_be_written_is_used(workspace: Path) -> None:
    around: dict[str, str] = {}
    home.lend(around)
    assert around == {}


def test_a_home_that_cannot_be_written_is_replaced_by_a_folder_that_git_ignores(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shut(monkeypatch, tmp_path / "home")
    around: dict[str, str] = {"IPYTHONDIR": "/own"}
    home.lend(around)
    assert set(around) == FOLDERS
    assert around.pop("IPYTHONDIR") == "/own"
    assert all(Path(folder).is_relative_to(workspace / ".course" / "home") for folder in around.values())


def test_where_nothing_can_be_written_the_message_says_what_to_set(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shut(monkeypatch, tmp_path)
    with pytest.raises(CourseError, match=r"Neither your home folder nor .* can be written\. Set HOME"):
        home.lend({})


def test_what_can_be_written_is_told_from_what_cannot(tmp_path: Path) -> None:
    (tmp_path / "a file").write_text("")
    assert home.writable(tmp_path / "not" / "there" / "yet")
    assert not home.writable(tmp_path / "a file" / "below")
    if os.name != "nt" and os.geteuid() != 0:
        tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
        assert not home.writable(tmp_path / "below")


@pytest.mark.skipif(os.name == "nt", reason="Windows takes the home folder from the account")
def test_a_user_without_an_account_gets_a_home(workspace: Path) -> None:
    program = (
        "import pathlib; pathlib.Path.home = classmethod(lambda cls: (_ for _ in ()).throw(RuntimeError()))\n"
        "import os; from course.setup import home; home.cache(); home.lend(os.environ)\n"
        "print(os.environ['HOME'])"
    )
    gone = {"HOME", "XDG_CACHE_HOME", *FOLDERS}
    around = {name: value for name, value in os.environ.items() if name not in gone}
    said = subprocess.run(
        [sys.executable, "-c", program],
        env=around,
        cwd=paths.ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout == f"{workspace / '.course' / 'home'}\n"
