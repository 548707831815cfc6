"""The steps of an update: what it changes, the copies, the move forward, and the way back."""

import filecmp
import os
import shutil
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from course import paths
from course.engine import storage
from course.errors import CourseError
from course.learn.update.repository import GitError, git, git_or

SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
DIFF = ("diff", "--name-only", "--no-renames", "-z")


@dataclass(frozen=True)
class Update:
    """What moving from one commit to another does, by path from the repository's root.

    Attributes:
        mine: files that the learner changed or deleted.
        added, changed: files that the update adds; that it changes or deletes.
        index: the tree of what is staged.
    """

    old: str
    new: str
    mine: tuple[str, ...]
    added: tuple[str, ...]
    changed: tuple[str, ...]
    index: str

    @property
    def replaced(self) -> tuple[str, ...]:
        """Files that the learner and the update both changed."""
        return tuple(name for name in self.mine if name in self.changed)


def planned(branch: str) -> Update:
    """What the update to the newest commit of a branch does.

    Raises:
        CourseError: it would overwrite files that Git does not know, or the index has conflicts.
    """
    old, new = git("rev-parse", "HEAD").strip(), git("rev-parse", branch).strip()
    added = _names(git(*DIFF, "--diff-filter=A", old, new))
    if there := [name for name in added if os.path.lexists(paths.ROOT / name)]:
        raise CourseError(
            f"The update adds files that already exist here: {', '.join(there[:3])}. Nothing was changed.",
            "Move your files to my_service or rename them, then try again.",
        )
    index = git_or("Files have conflicts", "Resolve them (`git status`), then try again.", "write-tree")
    changed = _names(git(*DIFF, "--diff-filter=a", old, new))
    _refuse_hidden(changed)
    _refuse_links((*added, *changed))
    git("status", "--porcelain")  # so that a file that was only touched is no change
    mine = _names(git("diff-index", *DIFF[1:], "HEAD"))
    return Update(old, new, mine, added, changed, index.strip())


def _refuse_hidden(changed: Sequence[str]) -> None:
    """Refuse to replace files whose changes Git was told not to see.

    Raises:
        CourseError: there are some.
    """
    tags = dict(line.split(" ", 1)[::-1] for line in _names(git("ls-files", "-v", "-z")))
    if hidden := [name for name in changed if not tags.get(name, "H").isupper() or tags.get(name) == "S"]:
        raise CourseError(
            f"Git was told to ignore your changes to {', '.join(hidden[:3])}. Nothing was changed.",
            f"Type `git update-index --no-skip-worktree --no-assume-unchanged {hidden[0]}`, then try again.",
        )


def _refuse_links(names: Sequence[str]) -> None:
    """Refuse to write where something stands in place of a file or folder of the course.

    Git would remove a link in its way, and a copy of a pipe waits without end.

    Raises:
        CourseError: there is a link, a pipe or the like.
    """
    touched = {str(each): None for name in names for each in (Path(name), *Path(name).parents[:-1])}
    for name in touched:
        path = paths.ROOT / name
        if paths.is_link(path) or (path.exists() and not path.is_file() and not path.is_dir()):
            raise CourseError(
                f"The update changes {name}, which is a link or a pipe here. Nothing was changed.",
                f"Move it to my_service, type `git checkout -- {name}`, then try again.",
            )


def keep(plan: Update) -> Path | None:
    """Copy the files that are replaced to a new folder in `my_service/kept`; None where there are none.

    Raises:
        CourseError: they could not be copied. Nothing else has been done by then.
    """
    there = [name for name in plan.replaced if os.path.lexists(paths.ROOT / name)]
    if not there:
        return None
    parent, folder = paths.workspace() / "kept", None
    storage.require_folder(parent)
    try:
        folder = _new_folder(parent / datetime.now().strftime("%Y-%m-%d_%H-%M-%S"))
        for name in there:
            copy(paths.ROOT / name, folder / name)
        same = all(filecmp.cmp(paths.ROOT / name, folder / name, shallow=False) for name in there)
    except OSError as error:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
        raise CourseError(
            f"Your changed files could not be copied to {paths.shown(parent)}: {error.strerror}. "
            "Nothing was changed.",
            "Make room on the disk and make sure that the folder can be written, then try again.",
        ) from error
    if not same:
        raise CourseError(
            "A file changed while it was copied. Nothing was updated.", "Save your notebooks, then try again."
        )
    return folder


def apply(plan: Update, kept: Path | None) -> None:
    """Restore the files that are in the way, and move the branch and the folder forward.

    Raises:
        CourseError: Git refused; everything is put back.
    """
    where = f" Your changed files are also in {paths.shown(kept)}." if kept else ""
    with _uninterrupted():
        try:
            _restore(plan.replaced)
            git("merge", "--ff-only", "--quiet", plan.new)
        except GitError as error:
            try:
                put_back(plan, kept)
            except (GitError, OSError) as second:
                raise CourseError(
                    f"The update failed: {error.said}. It could not be undone completely: {second}.{where}",
                    "Correct the cause, type `git status` to see what differs, then try again.",
                ) from error
            raise CourseError(
                f"The update failed, and every file is as it was. {error.what}{where}", error.do
            ) from error


def put_back(plan: Update, kept: Path | None) -> None:
    """Undo an update, wherever it stopped."""
    try:
        _restore(plan.changed)
        for name in plan.added:
            with suppress(FileNotFoundError, NotADirectoryError):
                (paths.ROOT / name).unlink()
        git("read-tree", plan.index)
    finally:
        for name in plan.replaced:
            if kept is not None and (kept / name).exists():
                copy(kept / name, paths.ROOT / name)
            else:
                (paths.ROOT / name).unlink(missing_ok=True)


def copy(source: Path, target: Path) -> None:
    """Copy a file, and return when it is on the disk."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as content, target.open("wb") as file:
        shutil.copyfileobj(content, file)
        file.flush()
        os.fsync(file.fileno())
    shutil.copymode(source, target)


def _restore(names: Sequence[str]) -> None:
    """Give these files the content that they have in the current commit."""
    if names:
        words = ("--pathspec-from-file=-", "--pathspec-file-nul")
        git("checkout", "--quiet", "HEAD", *words, given="\0".join(names))


def _names(listed: str) -> tuple[str, ...]:
    return tuple(name for name in listed.split("\0") if name)


def _new_folder(wanted: Path) -> Path:
    """Make a folder that did not exist; a number follows its name where that is taken."""
    folder, number = wanted, 1
    while True:
        with suppress(FileExistsError):
            folder.mkdir(parents=True)
            return folder
        number += 1
        folder = wanted.with_name(f"{wanted.name}-{number}")


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Ignore Ctrl+C and the like for the second that Git needs; Git itself inherits this."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler or signal.SIG_DFL)
