"""`course update` that cannot be done: it says why, and everything is as it was."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from course.learn.update import repository, steps
from course.learn.update.repository import GitError
from tests.fixtures.clones import BLANKS, NOTEBOOK, OTHER, Clone, git

NEW = {
    NOTEBOOK: "better\n",
    BLANKS: "better\n",
    OTHER: "better\n",
    "course/gone.py": "better = 1\n",
    "notebooks/new.ipynb": "new\n",
    "fresh/file.py": "new = 1\n",
}


def changes(clone: Clone) -> None:
    """What a learner does: changes a file, stages a change, deletes a file."""
    clone.write(NOTEBOOK, "mine\n")
    clone.write(BLANKS, "staged\n")
    git(clone.root, "add", BLANKS)
    (clone.root / "course/gone.py").unlink()


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
    return "Git was told to ignore your changes to notebooks/ch01.ipynb"


def assumed_unchanged(clone: Clone) -> str:
    git(clone.root, "update-index", "--assume-unchanged", OTHER)
    clone.write(OTHER, "mine\n")
    return "Git was told to ignore your changes to notebooks/ch01.ipynb"


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


def notebooks_behind_a_link(clone: Clone) -> str:
    (clone.root / "notebooks").rename(clone.root.parent / "elsewhere")
    (clone.root / "notebooks").symlink_to(clone.root.parent / "elsewhere")
    return "The update changes notebooks, which is a link or a pipe here"


def a_notebook_behind_a_link(clone: Clone) -> str:
    (clone.root / OTHER).rename(clone.root.parent / "elsewhere.ipynb")
    (clone.root / OTHER).symlink_to(clone.root.parent / "elsewhere.ipynb")
    return f"The update changes {OTHER}, which is a link"


TROUBLES = [
    notebooks_behind_a_link,
    a_notebook_behind_a_link,
    diverged,
    no_network,
    no_upstream,
    detached,
    merging,
    untracked,
    ignored,
    a_file_for_a_folder,
    hidden_from_git,
    assumed_unchanged,
    locked,
    no_room_to_keep,
    conflicts_in_the_index,
]


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: str(trouble.__name__))
def test_an_update_that_fails_leaves_everything_as_it_was(
    clone: Clone, trouble: Callable[[Clone], str]
) -> None:
    changes(clone)
    words = trouble(clone)
    clone.publish(NEW)
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


def test_a_merge_that_stops_halfway_is_undone(clone: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    changes(clone)
    clone.publish(NEW)
    before, run = clone.state(), repository.git

    def halfway(*words: str, given: str = "") -> str:
        if words[0] == "merge":
            clone.write(OTHER, "better\n")
            clone.write("notebooks/new.ipynb", "new\n")
            raise GitError("error: unable to write file: No space left on device")
        return run(*words, given=given)

    monkeypatch.setattr(steps, "git", halfway)
    status, said = clone.update()
    assert status == 2
    assert "every file is as it was. Git says: error: unable to write file" in said
    assert clone.state() == before


def test_what_cannot_be_undone_is_said_and_the_copies_are_named(
    clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone.write(NOTEBOOK, "mine\n")
    clone.publish({NOTEBOOK: "better\n"})
    run = repository.git

    def broken(*words: str, given: str = "") -> str:
        if words[0] in {"merge", "read-tree"}:
            raise GitError("fatal: the disk is gone")
        return run(*words, given=given)

    monkeypatch.setattr(steps, "git", broken)
    status, said = clone.update()
    assert status == 2
    assert "could not be undone completely" in said
    assert "also in my_service/kept/" in said
    assert clone.read(NOTEBOOK) == "mine\n"


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
