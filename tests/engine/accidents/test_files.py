"""What may lie in a project's folder: each is named with what to do, and none is opened or changed."""

import contextlib
import os
import socket
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from course.engine import code_evidence, compose, project_files, report
from course.engine.checkpoint import check
from course.engine.checkpoint.blanks import left_in
from course.engine.pictures.modules import read as read_map
from course.errors import CourseError
from tests.engine.accidents.cases import Files
from tests.engine.accidents.conftest import SERVICE, Pool, SmallChapter

Write = Callable[[Files], Path]
Put = Callable[[Path], object]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows makes links only for administrators")


def pipe(path: Path) -> None:
    os.mkfifo(path)


def listener(path: Path) -> None:
    """A socket by a short relative name: the system allows about 100 characters."""
    with socket.socket(socket.AF_UNIX) as opened, contextlib.chdir(path.parent):
        opened.bind(path.name)


def huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(2 * 1024**3)


def of_a_crowd(path: Path) -> None:
    path.mkdir()
    for number in range(project_files.MOST):
        (path / f"{number}.txt").touch()


def outside(path: Path) -> None:
    target = path.parents[2] / "elsewhere.py"
    target.write_text("ours = 1\n")
    path.symlink_to(target)


ACCIDENTS: dict[str, tuple[str, Put, str]] = {
    "a link to itself": ("loop.py", lambda path: path.symlink_to(path.name), "is a link that leads nowhere"),
    "a link to a folder": ("away", lambda path: path.symlink_to(path.parents[2]), "is a link to a folder"),
    "a link to a file outside": ("theirs.py", outside, "is a link to a file"),
    "a link to a file beside it": ("m.py", lambda path: path.symlink_to("main.py"), "is a link to a file"),
    "a link to a device": ("zero.py", lambda path: path.symlink_to("/dev/zero"), "is a link to a device"),
    "a pipe": ("pipe.py", pipe, "is a pipe (FIFO), not a file"),
    "a socket": ("socket.py", listener, "is a socket, not a file"),
    "a file of 2 GB": ("huge.py", huge, "has 2.0 GB, and a service has at most 20 MB in all"),
    "too many files": ("crowd", of_a_crowd, "holds more than 2,000 files"),
    "a name that is not UTF-8": ("\udcff.py", Path.touch, r"`\xff.py"),
}


@pytest.fixture(params=ACCIDENTS)
def accident(request: pytest.FixtureRequest, project: Write) -> Iterator[tuple[Path, Path, str]]:
    """A project with something in its `app/` that is no file of a service; the path of it, and the words."""
    folder = project({"app/main.py": SERVICE})
    name, put, words = ACCIDENTS[request.param]
    path = folder / "app" / name
    try:
        put(path)
    except OSError as refused:  # as macOS refuses such a name
        pytest.skip(f"this system does not make it: {refused}")
    yield folder, path, words
    assert os.path.lexists(path), "it lies where it lay"
    if not path.is_dir():
        path.unlink()


def test_what_is_no_file_of_a_service_is_told_with_what_to_do(accident: tuple[Path, Path, str]) -> None:
    folder, path, words = accident
    with pytest.raises(CourseError) as refused:
        project_files.read(folder)
    if path.name == "\udcff.py":
        words = f"The name of `{folder.name}/app/\\xff.py` is not UTF-8"
    assert words in refused.value.what
    assert refused.value.do.endswith("Then do the same again.")


def test_a_check_says_it_in_the_place_of_verdicts(accident: tuple[Path, Path, str]) -> None:
    folder, _, words = accident
    told = " ".join(report.text(check(folder, SmallChapter())).split())
    assert f"{folder.name} cannot be read" in told
    assert words.strip("`") in told
    assert "Traceback" not in told


def test_what_only_looks_leaves_it_out(accident: tuple[Path, Path, str]) -> None:
    folder, _, _ = accident
    assert set(project_files.modules(folder)) == {"app/__init__.py", "app/main.py"}
    assert left_in(folder) == ()
    assert len(code_evidence.code_of(folder).modules) == 2
    assert list(read_map(folder).modules) == ["main"]


@pytest.mark.parametrize("what", ["a link to itself", "a link to a file beside it", "a pipe", "a socket"])
def test_a_build_cell_does_not_write_over_it(what: str, project: Write) -> None:
    folder = project({"app/main.py": SERVICE})
    name, put, words = ACCIDENTS[what]
    put(folder / "app" / name)
    before = os.lstat(folder / "app" / name)
    for cell in ("%%write", "%%add"):
        with pytest.raises(CourseError, match=words.replace("(", r"\(").replace(")", r"\)")):
            compose.apply(folder, f"{cell} app/{name}\nA = 1\n")
    assert os.path.samestat(os.lstat(folder / "app" / name), before)


@pytest.mark.parametrize("name", ["app/loop/x.py", "app/away/x.py"])
def test_a_build_cell_does_not_write_through_a_linked_folder(name: str, project: Write) -> None:
    folder = project({"app/main.py": SERVICE})
    (folder / "app" / "loop").symlink_to("loop")
    (folder / "app" / "away").symlink_to(folder.parent)
    with pytest.raises(CourseError):
        compose.apply(folder, f"%%write {name}\nA = 1\n")
    assert not (folder.parent / "x.py").exists()


@pytest.mark.parametrize(
    "left",
    [
        *(".#main.py", "main.py~", "#main.py#", ".main.py.swp", ".main.py.un~", ".~main.py", ".DS_Store"),
        *("._main.py", "main.py___jb_tmp___", "gavel.db", "gavel.db-wal", ".main.py-x.part"),
    ],
)
@pytest.mark.parametrize("put", [lambda path: path.symlink_to("me@here.123"), pipe, Path.touch])
def test_what_an_editor_or_a_run_left_is_ignored(left: str, put: Put, project: Write) -> None:
    folder = project({"app/main.py": SERVICE})
    before = project_files.read(folder)
    put(folder / "app" / left)
    assert project_files.read(folder) == before


def test_a_check_passes_beside_an_editors_lock(workers: Pool, project: Write) -> None:
    folder = project({"app/main.py": SERVICE, "app/main.py~": b"\xff", "app/#main.py#": b"\0"})
    (folder / "app" / ".#main.py").symlink_to("me@here.4711:1796050000")
    assert check(folder, SmallChapter()).passed


def test_a_file_that_vanishes_while_the_folder_is_read_is_left_out(
    project: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = project({"app/main.py": SERVICE, "app/gone.py": "", "app/inner/gone.py": ""})
    names = os.listdir

    def late(path: Path) -> list[str]:
        found = names(path)
        for gone in ("app/gone.py", "app/inner/gone.py"):
            (folder / gone).unlink(missing_ok=True)
        return found

    monkeypatch.setattr(os, "listdir", late)
    assert list(project_files.read(folder)) == ["app/__init__.py", "app/main.py"]


def test_a_file_that_becomes_a_pipe_or_a_link_is_not_opened(
    project: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = project({"app/main.py": SERVICE, "app/a.py": "", "app/b.py": ""})
    regular = os.lstat(folder / "app" / "main.py")
    for name, put in {"a.py": pipe, "b.py": outside}.items():
        path = folder / "app" / name
        path.unlink()
        put(path)
        with monkeypatch.context() as patched:
            patched.setattr(os, "lstat", lambda path: regular)
            with pytest.raises(CourseError, match=r"is a pipe|is a link"):
                project_files.read_file(folder, f"app/{name}")


def test_what_may_not_be_read_is_told(project: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = project({"app/main.py": SERVICE, "app/mine.py": "", "app/inner/x.py": ""})
    opened, listed = os.open, os.listdir

    def refuse(path: Path, *arguments: int) -> int:
        if path.name == "mine.py":
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *arguments)

    def refuse_folder(path: Path) -> list[str]:
        if path.name == "inner":
            raise PermissionError(13, "Permission denied", str(path))
        return listed(path)

    for name, refusal, words in (
        ("open", refuse, "mine.py` cannot be read: Permission denied"),
        ("listdir", refuse_folder, "inner` cannot be read: Permission denied"),
    ):
        with monkeypatch.context() as patched:
            patched.setattr(os, name, refusal)
            with pytest.raises(CourseError) as refused:
                project_files.read(folder)
        assert words in refused.value.what
        assert "chmod u+r" in refused.value.do


def test_a_project_that_lies_behind_a_link_is_read(project: Write, tmp_path: Path) -> None:
    folder = project({"app/main.py": SERVICE})
    (tmp_path / "linked").symlink_to(folder)
    assert project_files.read(tmp_path / "linked") == project_files.read(folder)


def test_a_file_that_only_its_owner_may_run_is_a_file(project: Write) -> None:
    folder = project({"app/main.py": SERVICE})
    (folder / "app" / "main.py").chmod(stat.S_IRWXU)
    assert "app/main.py" in project_files.read(folder)
