"""The notebooks as a Git repository of their own, which everybody's server pulls at log-in.

Only `notebooks/` is in it: small, without solutions, and without the course's own code, which all share.
"""

import os
import subprocess
import tempfile
from pathlib import Path

from course import paths
from course.errors import CourseError

NAME = "course.git"
AUTHOR = ("-c", "user.name=Gavel", "-c", "user.email=course@example.com", "-c", "commit.gpgsign=false")


def publish(data: Path, notebooks: Path | None = None) -> str:
    """Put the notebooks as they are now into the repository in `data`, as one commit; returns its address.

    Nothing is committed where nothing has changed. People's copies follow at their next log-in.

    Raises:
        CourseError: Git is missing, or did not do it.
    """
    repository = data / NAME
    if not repository.exists():
        _git("init", "--quiet", "--bare", "--initial-branch=main", "--shared=0644", str(repository))
    tree = _git_in(repository, notebooks or paths.NOTEBOOKS)
    last = _git("--git-dir", str(repository), "rev-parse", "--quiet", "--verify", "main", check=False)
    before = ["-p", last] if last else []
    if last and _git("--git-dir", str(repository), "rev-parse", "main^{tree}") == tree:
        return repository.as_uri()
    words = ["commit-tree", tree, *before, "-m", "The notebooks of the course"]
    commit = _git(*AUTHOR, "--git-dir", str(repository), *words)
    _git("--git-dir", str(repository), "update-ref", "refs/heads/main", commit)
    return repository.as_uri()


def _git_in(repository: Path, notebooks: Path) -> str:
    """Write the notebooks into the repository's store; the name of the tree that has them as `notebooks/`."""
    with tempfile.TemporaryDirectory() as folder:
        index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
        work = ["--git-dir", str(repository), "--work-tree", str(notebooks)]
        _git(*work, "-c", "core.bare=false", "add", "--all", "--", "*.ipynb", env=index)
        inner = _git("--git-dir", str(repository), "write-tree", env=index)
    return _git("--git-dir", str(repository), "mktree", said=f"040000 tree {inner}\tnotebooks\n")


def _git(*words: str, env: dict[str, str] | None = None, said: str = "", check: bool = True) -> str:
    try:
        done = subprocess.run(
            ["git", *words],
            input=said,
            capture_output=True,
            text=True,
            env={**os.environ, **(env or {})},
            check=False,
            cwd=paths.ROOT,
        )
    except FileNotFoundError:
        raise CourseError("Git is not installed here.", "Install it (`sudo apt install git`).") from None
    if done.returncode and check:
        last = (done.stderr.strip().splitlines() or ["nothing"])[-1]
        raise CourseError(
            f"Git could not put the notebooks in a repository: {last}", "Mend that, then try again."
        )
    return done.stdout.strip()
