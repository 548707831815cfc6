"""A published course, the authors' clone of it, and a learner's clone, in which `course update` runs."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from course.cli import main

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

    def publish(self, files: Mapping[str, str | None], version: str = "0.4.0") -> None:
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


def published(folder: Path, capsys: pytest.CaptureFixture[str]) -> Clone:
    """Publish version 0.3.0 and clone it."""
    made = Clone(folder / "a folder é", folder / "authors", capsys)
    git(folder, "init", "--quiet", "--bare", "--initial-branch=main", "published.git")
    git(folder, "clone", "--quiet", "published.git", "authors")
    git(made.authors, "checkout", "--quiet", "-b", "main")
    made.publish(FILES, "0.3.0")
    git(folder, "clone", "--quiet", "published.git", made.root.name)
    return made
