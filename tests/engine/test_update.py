"""`course update`, with real repositories: what is kept, what is replaced, what is left alone."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from course import paths
from course.cli import main
from course.update import steps

NOTEBOOK, OTHER, BLANKS = "notebooks/ch00.ipynb", "notebooks/ch01.ipynb", "notebooks/a name é.ipynb"
FILES = {
    NOTEBOOK: "outputs: none\n",
    OTHER: "outputs: none\n",
    BLANKS: "outputs: none\n",
    "course/gone.py": "old = 1\n",
    "requirements.txt": "fastapi==1\n",
    "pyproject.toml": 'version = "0.3.0"\n',
    ".gitignore": "my_service/\n",
}
SETTINGS = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "GIT_TERMINAL_PROMPT": "0"}


def git(folder: Path, *words: str) -> str:
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.com")
    done = subprocess.run(
        ["git", *identity, *words], cwd=folder, check=True, capture_output=True, encoding="utf-8"
    )
    return done.stdout.strip()


@dataclass(frozen=True)
class Clone:
    """A learner's clone, and the folder in which the course's authors work."""

    root: Path
    authors: Path
    capsys: pytest.CaptureFixture[str]

    @property
    def kept(self) -> list[str]:
        """The files under `my_service/kept`, without the folder that is named after the time."""
        kept = self.root / "my_service" / "kept"
        found = (path.relative_to(kept) for path in kept.rglob("*") if path.is_file())
        return sorted(Path(*path.parts[1:]).as_posix() for path in found)

    def kept_text(self, name: str) -> list[str]:
        kept = sorted((self.root / "my_service" / "kept").glob(f"*/{name}"))
        return [path.read_text(encoding="utf-8") for path in kept]

    def write(self, name: str, text: str) -> None:
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        (self.root / name).write_text(text, encoding="utf-8", newline="")

    def read(self, name: str) -> str:
        return (self.root / name).read_text(encoding="utf-8")

    def publish(self, files: dict[str, str | None], version: str = "0.4.0") -> None:
        """Publish a new version of the course; None deletes a file."""
        for name, text in {**files, "pyproject.toml": f'version = "{version}"\n'}.items():
            path = self.authors / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink(missing_ok=True) if text is None else path.write_text(text, encoding="utf-8")
        git(self.authors, "add", "--all")
        git(self.authors, "commit", "--quiet", "-m", version)
        git(self.authors, "push", "--quiet", "origin", "main")

    def update(self) -> tuple[int, str]:
        """The exit status of `course update`, and all that it printed."""
        self.capsys.readouterr()
        status = main(["update"])
        said = self.capsys.readouterr()
        return status, said.out + said.err

    def state(self) -> tuple[object, ...]:
        """All that must not change when an update fails."""
        files = {
            path.relative_to(self.root): path.read_bytes()
            for path in sorted(self.root.rglob("*"))
            if path.is_file() and {".git", "my_service"}.isdisjoint(path.relative_to(self.root).parts)
        }
        return files, git(self.root, "rev-parse", "HEAD"), git(self.root, "status", "--porcelain=2")


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Clone:
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("COURSE_WORKSPACE", raising=False)
    authors, root = tmp_path / "authors", tmp_path / "a folder é"
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", "published.git")
    git(tmp_path, "clone", "--quiet", "published.git", "authors")
    git(authors, "checkout", "--quiet", "-b", "main")
    made = Clone(root, authors, capsys)
    made.publish({**FILES}, "0.3.0")
    git(tmp_path, "clone", "--quiet", "published.git", root.name)
    monkeypatch.setattr(paths, "ROOT", root)
    return made


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


def test_windows_line_endings_alone_are_no_change(clone: Clone) -> None:
    clone.publish({".gitattributes": "* text=auto eol=lf\n"}, "0.3.1")
    assert clone.update()[0] == 0
    clone.write(NOTEBOOK, "outputs: none\r\n")
    clone.publish({NOTEBOOK: "better\n"})
    assert clone.update()[0] == 0
    assert clone.kept == []
    assert clone.read(NOTEBOOK) == "better\n"


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


def a_commit_of_ones_own(clone: Clone) -> None:
    clone.write("my.txt", "mine\n")
    git(clone.root, "add", "my.txt")
    git(clone.root, "commit", "--quiet", "-m", "mine")


def test_commits_of_ones_own_are_named_and_left_alone(clone: Clone) -> None:
    a_commit_of_ones_own(clone)
    before = clone.state()
    status, said = clone.update()
    assert (status, clone.state()) == (0, before)
    assert "1 commit of your own" in said


def diverged(clone: Clone) -> str:
    a_commit_of_ones_own(clone)
    return "1 commit of your own"


def no_network(clone: Clone) -> str:
    git(clone.root, "remote", "set-url", "origin", str(clone.root.parent / "unreachable"))
    return "could not be fetched"


def no_upstream(clone: Clone) -> str:
    git(clone.root, "branch", "--unset-upstream")
    return "no upstream branch"


def detached(clone: Clone) -> str:
    git(clone.root, "checkout", "--quiet", "--detach")
    return "detached HEAD"


def merging(clone: Clone) -> str:
    (clone.root / ".git" / "MERGE_HEAD").write_text(git(clone.root, "rev-parse", "HEAD") + "\n")
    return "A merge or a rebase is in progress"


def untracked(clone: Clone) -> str:
    clone.write("notebooks/new.ipynb", "mine\n")
    return "already exist here: notebooks/new.ipynb"


def ignored(clone: Clone) -> str:
    clone.write(".git/info/exclude", "*.ipynb\n")
    clone.write("notebooks/new.ipynb", "mine\n")
    return "already exist here: notebooks/new.ipynb"


def a_file_for_a_folder(clone: Clone) -> str:
    clone.write("fresh", "mine\n")
    return "every file is as it was"


def hidden_from_git(clone: Clone) -> str:
    git(clone.root, "update-index", "--skip-worktree", OTHER)
    clone.write(OTHER, "mine\n")
    return "Your local changes"


def locked(clone: Clone) -> str:
    (clone.root / ".git" / "index.lock").touch()
    return "index.lock"


def no_room_to_keep(clone: Clone) -> str:
    clone.write("my_service/kept", "a file\n")
    return "my_service/kept is a file"


def conflicts_in_the_index(clone: Clone) -> str:
    blob = git(clone.root, "rev-parse", f"HEAD:{OTHER}")
    stages = "".join(f"100644 {blob} {stage}\t{OTHER}\n" for stage in (1, 2, 3))
    words = ["git", "update-index", "--index-info"]
    subprocess.run(words, cwd=clone.root, input=stages, encoding="utf-8", check=True)
    return "Files have conflicts"


TROUBLES = [
    diverged,
    no_network,
    no_upstream,
    detached,
    merging,
    untracked,
    ignored,
    a_file_for_a_folder,
    hidden_from_git,
    locked,
    no_room_to_keep,
    conflicts_in_the_index,
]


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: str(trouble.__name__))
def test_an_update_that_fails_leaves_everything_as_it_was(
    clone: Clone, trouble: Callable[[Clone], str]
) -> None:
    clone.write(NOTEBOOK, "mine\n")
    clone.write(BLANKS, "staged\n")
    git(clone.root, "add", BLANKS)
    (clone.root / "course/gone.py").unlink()
    words = trouble(clone)
    new = {"notebooks/new.ipynb": "n\n", "fresh/file.py": "f\n"}
    clone.publish({NOTEBOOK: "better\n", BLANKS: "b\n", OTHER: "b\n", "course/gone.py": "new = 1\n", **new})
    before = clone.state()
    status, said = clone.update()
    assert words in said
    assert status == 2
    assert clone.state() == before
    assert "Traceback" not in said
    assert len(said.splitlines()) <= 4


def test_copies_that_cannot_be_made_stop_the_update(clone: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    clone.write(NOTEBOOK, "mine\n")
    clone.write(OTHER, "mine too\n")
    clone.publish({NOTEBOOK: "better\n", OTHER: "better\n"})
    before, copy = clone.state(), steps.copy

    def full(source: Path, target: Path) -> None:
        if source.name == "ch01.ipynb":
            raise OSError(28, "No space left on device", str(target))
        copy(source, target)

    monkeypatch.setattr(steps, "copy", full)
    status, said = clone.update()
    assert status == 2
    assert "No space left on device. Nothing was changed." in said
    assert clone.state() == before
    assert clone.kept == []


def test_an_old_copy_survives_where_no_new_folder_can_be_made(
    clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone.write("my_service/kept/earlier/a.ipynb", "precious\n")
    clone.write(NOTEBOOK, "mine\n")
    clone.publish({NOTEBOOK: "better\n"})

    def refuse(wanted: Path) -> Path:
        raise PermissionError(13, "Permission denied", str(wanted))

    monkeypatch.setattr(steps, "_new_folder", refuse)
    status, said = clone.update()
    assert (status, clone.kept) == (2, ["a.ipynb"])
    assert "Permission denied" in said


def test_a_file_that_changes_while_it_is_copied_stops_the_update(
    clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone.write(NOTEBOOK, "mine\n")
    clone.publish({NOTEBOOK: "better\n"})
    copy = steps.copy

    def late(source: Path, target: Path) -> None:
        copy(source, target)
        source.write_text("saved by JupyterLab meanwhile\n", encoding="utf-8")

    monkeypatch.setattr(steps, "copy", late)
    status, said = clone.update()
    assert status == 2
    assert "A file changed while it was copied" in said
    assert clone.read(NOTEBOOK) == "saved by JupyterLab meanwhile\n"


def test_without_git_it_says_where_to_get_it(clone: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    clone.publish({NOTEBOOK: "better\n"})
    monkeypatch.setenv("PATH", str(clone.root))
    status, said = clone.update()
    assert status == 2
    assert "Git is not installed." in said
    assert "ZIP" in said


def test_a_folder_from_a_zip_is_told_how_to_update(clone: Clone) -> None:
    (clone.root / ".git").rename(clone.root / "git")
    git(clone.root.parent, "init", "--quiet")  # a repository around the course is not the course's
    status, said = clone.update()
    assert status == 2
    assert "not a Git repository" in said
    assert "copy your folder my_service" in said


KILLED = """
import os, sys
from pathlib import Path
from course import cli, paths
from course.update import steps
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
    assert process.poll() is None
    process.kill()
    process.communicate()
    assert clone.kept_text(NOTEBOOK) == ["mine\n"]
    status, said = clone.update()
    assert status == 0, said
    assert clone.read(NOTEBOOK) == "better\n"
    assert set(clone.kept_text(NOTEBOOK)) == {"mine\n"}
