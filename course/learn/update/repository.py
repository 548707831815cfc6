"""Git, as `course update` uses it: in the course's folder, and with its failures in words."""

import os
import re
import subprocess

from course import paths
from course.errors import CourseError

BY_HAND = (
    "Download the course again as a ZIP and unpack it next to this folder. Then copy your folder my_service, "
    "and the notebooks that you want to keep, into the new folder, and type `python3 -m course` there."
)
IN_PROGRESS = ("MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "rebase-merge", "rebase-apply")
ELSEWHERE = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE")
"""Variables that point Git to another repository; Git sets them for its hooks."""
AGAIN = "Correct this, then try again."


class GitError(CourseError):
    """A Git command failed; `said` is the line in which Git says why."""

    def __init__(self, said: str) -> None:
        super().__init__(f"Git says: {said}", AGAIN)
        self.said = said


def git(*words: str, given: str = "") -> str:
    """What a Git command prints, run in the course's folder.

    Raises:
        GitError: it failed.
        CourseError: Git is not installed.
    """
    ours = {name: value for name, value in os.environ.items() if name not in ELSEWHERE}
    try:
        done = subprocess.run(
            ["git", "--literal-pathspecs", *words],
            cwd=paths.ROOT,
            env={**ours, "LC_ALL": "C"},
            input=given,
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            check=False,
        )
    except FileNotFoundError:
        raise CourseError("Git is not installed.", f"Install it from git-scm.com. Or: {BY_HAND}") from None
    if done.returncode:
        raise GitError(_reason(done.stderr or done.stdout) or f"git {words[0]} failed")
    return done.stdout


def git_or(what: str, do: str, *words: str) -> str:
    """What a Git command prints; a failure is told with these sentences.

    Raises:
        CourseError: it failed.
    """
    try:
        return git(*words)
    except GitError as error:
        raise CourseError(f"{what}. Nothing was changed. Git says: {error.said}", do) from error


def version(commit: str) -> str:
    """The course's version at a commit, for people: `0.3.0 (8a427fa, 2026-11-30)`."""
    number = re.search(r'^version = "(.+)"$', git("show", f"{commit}:pyproject.toml"), re.MULTILINE)
    return f"{number[1] if number else '?'} ({git('log', '-1', '--format=%h, %cs', commit).strip()})"


def upstream() -> str:
    """The branch that the current one follows, such as `origin/main`.

    Raises:
        CourseError: there is none, or the repository is in a state that must not be touched.
    """
    if not (paths.ROOT / ".git").exists():
        raise CourseError("This folder is not a Git repository.", BY_HAND)
    git_or("Git cannot use this folder", AGAIN, "rev-parse", "--git-dir")
    if any((paths.ROOT / git("rev-parse", "--git-path", name).strip()).exists() for name in IN_PROGRESS):
        raise CourseError(
            "A merge or a rebase is in progress. Nothing was changed.",
            "Finish or abort it (`git status` says how), then try again.",
        )
    git_or(
        "No branch is checked out (detached HEAD)",
        "Type `git switch main`, then try again.",
        *("symbolic-ref", "--short", "HEAD"),
    )
    return git_or(
        "This branch has no upstream branch to update from",
        "Type `git branch --set-upstream-to=origin/main`, then try again.",
        *("rev-parse", "--abbrev-ref", "@{upstream}"),
    ).strip()


def _reason(printed: str) -> str:
    """The line that says why, with the one after it where it ends in a colon."""
    lines = [line.strip() for line in printed.splitlines() if line.strip()] or [""]
    at = next((at for at, line in enumerate(lines) if line.startswith(("error:", "fatal:"))), len(lines) - 1)
    return " ".join(lines[at : at + 2]) if lines[at].endswith(":") else lines[at]
