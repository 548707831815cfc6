"""`apply`: a build cell on a folder. Nothing is lost, and each refusal is one clear message."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from course.engine.compose import applied, apply
from course.engine.compose.lock import locked
from course.errors import CourseError

CELL = "%%add app/main.py\nA = 2\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "ch01 é"
    (folder / "app").mkdir(parents=True)
    (folder / "app" / "__init__.py").touch()
    (folder / "app" / "main.py").write_bytes(b"A = 1\r\n\r\nB = 1\r\n")
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and ".course" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_a_change_says_what_happened_and_keeps_the_previous_version(project: Path) -> None:
    change = apply(project, "%%add app/main.py\nimport os\nA = os\ndef late(): ...\n")
    assert change.summary == "app/main.py: `A` replaced, `late` added, 1 import added"
    assert (change.path, change.created, change.changed) == ("app/main.py", False, True)
    assert change.before == "A = 1\r\n\r\nB = 1\r\n"
    assert (project / "app/main.py").read_bytes().decode() == change.after
    assert (project / ".course/previous/app/main.py").read_bytes().decode() == change.before


def test_a_second_application_says_unchanged_and_touches_nothing(project: Path) -> None:
    apply(project, CELL)
    os.utime(project / "app/main.py", ns=(1, 1))
    change = apply(project, CELL)
    assert (change.changed, change.summary) == (False, "app/main.py: unchanged")
    assert (project / "app/main.py").stat().st_mtime_ns == 1
    assert b"A = 1" in (project / ".course/previous/app/main.py").read_bytes()


def test_a_missing_file_is_created_with_the_packages_above_it(project: Path) -> None:
    change = apply(project, "%%add app/api/v1/lots.py\nA = 1\n")
    assert change.created
    assert change.summary == "app/api/v1/lots.py: created, `A` added"
    assert {"app/api/__init__.py", "app/api/v1/__init__.py"} <= set(contents(project))


def test_write_replaces_the_whole_file(project: Path) -> None:
    assert apply(project, "%%write app/new.py\n\nA = 1\n\n\n").after == "A = 1\n"
    change = apply(project, "%%write app/main.py\nC = 1\nD = 1")
    assert (project / "app/main.py").read_bytes() == b"C = 1\r\nD = 1\r\n"
    assert change.summary == "app/main.py: written anew, 2 lines; no longer there: `A` and `B`"


def test_a_name_that_is_removed_here_and_added_there_was_moved(project: Path) -> None:
    apply(project, "%%write app/main.py\nA = 1\nB = 2\n")
    change = apply(project, "%%add app/main.py before A remove B\nB = 2\n")
    assert change.summary == "app/main.py: `B` moved"
    assert (project / "app/main.py").read_text() == "B = 2\nA = 1\n"


def test_a_removed_name_that_is_not_there_is_mentioned(project: Path) -> None:
    change = apply(project, "%%add app/main.py remove A, Z\n")
    assert change.summary == "app/main.py: `A` removed, `Z` was not there"
    assert apply(project, "%%add app/main.py remove A\n").summary == (
        "app/main.py: unchanged, `A` was not there"
    )


def test_a_project_in_memory_gets_the_same_as_one_on_disk(project: Path) -> None:
    files = {"app/__init__.py": "", "app/main.py": "A = 1\r\n\r\nB = 1\r\n"}
    for cell in (
        CELL,
        "%%write app/routers/lots.py\nC = 1\n",
        "%%add app/routers/lots.py\nimport os\nD = os\n",
    ):
        apply(project, cell)
        files = applied(files, cell)
    assert {path: text.encode() for path, text in files.items()} == contents(project)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_a_file_keeps_its_permissions(project: Path) -> None:
    (project / "app/main.py").chmod(0o750)
    apply(project, CELL)
    assert (project / "app/main.py").stat().st_mode & 0o777 == 0o750


def test_compiled_files_of_the_old_code_are_removed(project: Path) -> None:
    cache = project / "app/__pycache__"
    cache.mkdir()
    for name in ("main.cpython-311.pyc", "mainly.cpython-311.pyc"):
        (cache / name).touch()
    apply(project, CELL)
    assert [path.name for path in cache.iterdir()] == ["mainly.cpython-311.pyc"]


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("%%add app/main.py\nA = (\n", "Line 2 of the cell is not Python yet"),
        ("\n%%add app/main.py\nA = 2\ndef\n", "Line 4 of the cell is not Python yet"),
        ("%%add ../x.py\nA = 2\n", "lies outside your service"),
        ("%%add /tmp/x.py\nA = 2\n", "lies outside your service"),
        ("%%add C:\\x.py\nA = 2\n", "lies outside your service"),
        ("%%add ~/x.py\nA = 2\n", "lies outside your service"),
        ("%%write .course/lock\nA = 2\n", "not a file that a build cell may write"),
        ("%%add\nA = 2\n", "does not say which file"),
        ("%%ad app/main.py\nA = 2\n", "`%%ad` is not a build cell"),
        ("A = 2\n", "not a build cell: its first line names no file"),
        ("%%add app/main.py into Store\nA = 2\n", "`into Store` is not understood"),
        ("%%add app/main.py after\nA = 2\n", "`after` takes one name"),
        ("%%add app/main.py after A before B\nA = 2\n", "has both"),
        ("%%write app/main.py after A\nA = 2\n", "`%%write` takes a path and nothing else"),
        ("%%add app/page.html\nA = 2\n", "is not a Python file"),
        ("%%write pyproject.toml\na = \n", r"not TOML yet: Invalid value \(at line 1"),
        ("%%write data.json\n{\n", "not JSON yet: line 3 of the cell"),
        ("%%write app\nA = 2\n", "a folder stands where a file belongs"),
        ("%%write app/main.py/x.py\nA = 2\n", "a folder stands where a file belongs"),
    ],
)
def test_a_cell_that_cannot_be_applied_says_so_and_changes_nothing(
    project: Path, cell: str, said: str
) -> None:
    before = contents(project)
    with pytest.raises(CourseError, match=said) as refused:
        apply(project, cell)
    assert refused.value.do.endswith((".", "`"))
    assert contents(project) == before


def test_a_link_out_of_the_project_is_refused(project: Path, tmp_path: Path) -> None:
    (project / "away").symlink_to(tmp_path)
    with pytest.raises(CourseError, match="leads out of your service"):
        apply(project, "%%write away/x.py\nA = 1\n")


def test_a_file_that_is_not_utf8_names_its_line(project: Path) -> None:
    (project / "app/main.py").write_bytes(b"A = 1\nB = '\xe9'\n")
    with pytest.raises(CourseError, match=r"`app/main\.py` is not UTF-8 text: line 2"):
        apply(project, CELL)
    assert (project / "app/main.py").read_bytes() == b"A = 1\nB = '\xe9'\n"


def test_a_deleted_folder_says_how_to_get_one(project: Path) -> None:
    with pytest.raises(CourseError, match=r"`gone` is gone.*`%chapter`"):
        apply(project.with_name("gone"), CELL)


@pytest.mark.skipif(os.name == "nt", reason="Windows does not mark folders read-only")
@pytest.mark.parametrize(("place", "mode"), [("", 0o555), ("app", 0o555), ("app/main.py", 0o444)])
def test_what_is_read_only_is_named(project: Path, place: str, mode: int) -> None:
    before = contents(project)
    (project / place).chmod(mode)
    try:
        with pytest.raises(
            CourseError, match=f"`{(project.name + '/' + place).rstrip('/')}` cannot be written"
        ):
            apply(project, CELL)
    finally:
        (project / place).chmod(0o755)
    assert contents(project) == before


@pytest.mark.parametrize(
    ("error", "said"),
    [(PermissionError(13, "no"), "cannot be written"), (OSError(28, "No space left"), "No space")],
)
def test_what_the_system_refuses_is_one_message_and_loses_nothing(
    project: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, said: str
) -> None:
    def refuse(*_: object) -> None:
        raise error

    before = contents(project)
    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(CourseError, match=said):
        apply(project, CELL)
    assert contents(project) == before


def test_a_lock_that_is_held_makes_others_wait_and_then_say_so(project: Path) -> None:
    (project / ".course").mkdir()
    lock = project / ".course" / "lock"
    said = "Another notebook is writing to `ch01 é`"
    with locked(lock), pytest.raises(CourseError, match=said), locked(lock, patience=0):
        pass
    with locked(lock, patience=0):
        pass


APPLY_MANY = """
import sys
from pathlib import Path
from course.engine.compose import apply
project, letter = Path(sys.argv[1]), sys.argv[2]
print("ready", flush=True)
sys.stdin.readline()
for n in range(20):
    name = f"{letter}{n}"
    apply(project, f"%%add app/main.py\\nimport {name}\\ndef {letter}_{n}():\\n    return {name}\\n")
"""


def test_two_kernels_that_write_at_one_time_lose_nothing(project: Path) -> None:
    kernels = [
        subprocess.Popen(
            [sys.executable, "-c", APPLY_MANY, str(project), letter],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for letter in "xy"
    ]
    for kernel in kernels:
        assert kernel.stdout is not None
        assert kernel.stdout.readline() == "ready\n"
    for kernel in kernels:
        assert kernel.stdin is not None
        kernel.stdin.write("go\n")
        kernel.stdin.flush()
    for kernel in kernels:
        kernel.communicate(timeout=60)
        assert kernel.returncode == 0
    text = (project / "app/main.py").read_text()
    wanted = [f"{letter}{n}" for letter in "xy" for n in range(20)]
    assert [name for name in wanted if f"import {name}\n" not in text or f"return {name}\n" not in text] == []


DIE = """
import os, sys
from pathlib import Path
from course.engine.compose import apply
project, step = Path(sys.argv[1]), sys.argv[2]
steps = []
real_write, real_replace = Path.write_bytes, os.replace

def write(path, content):
    steps.append("write")
    if f"{steps.count('write')} write" == step:
        real_write(path, content[: len(content) // 2])
        os._exit(9)
    return real_write(path, content)

def replace(*paths):
    steps.append("replace")
    if f"{steps.count('replace')} replace" == step:
        os._exit(9)
    real_replace(*paths)

Path.write_bytes, os.replace = write, replace
apply(project, "%%add app/main.py\\nA = 2\\n")
"""


@pytest.mark.parametrize("step", ["1 write", "1 replace", "2 write", "2 replace"])
def test_a_kernel_killed_in_the_middle_of_a_write_leaves_the_old_file_whole_and_no_lock(
    project: Path, step: str
) -> None:
    before = contents(project)
    done = subprocess.run([sys.executable, "-c", DIE, str(project), step], check=False)
    assert done.returncode == 9
    assert contents(project) == before
    assert apply(project, CELL).summary == "app/main.py: `A` replaced"


def test_a_file_goes_with_the_last_name_that_is_removed(project: Path) -> None:
    (project / "app/store.py").write_text('"""A shelf."""\n\nimport os\n\nA = os\n')
    before = contents(project)
    cell = "%%add app/store.py remove A\n# It is not needed any more.\n"
    left = applied({name: text.decode() for name, text in before.items()}, cell)
    assert "app/store.py" not in left
    change = apply(project, cell)
    assert change.summary == "app/store.py: `A` removed, and with the last name the file"
    assert contents(project) == {name: text for name, text in before.items() if name != "app/store.py"}
    assert (project / ".course/previous/app/store.py").read_bytes() == before["app/store.py"]
    assert apply(project, cell).summary == "app/store.py: not there"
    assert contents(project).keys() == left.keys()
