"""Two decks, made once by the verb itself, and what is read out of them."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest

from course.engine import chapters
from course.engine.chapters import Chapter

VOID = {"img", "meta", "br", "hr", "link", "input"}
Slides = Callable[..., "subprocess.CompletedProcess[str]"]


def squeezed(text: str) -> str:
    """A text without its blanks: how lines are broken and wrapped does not count."""
    return "".join(text.split())


class Read(HTMLParser):
    """What stands where: the words of slides and of notes, each element's classes around it, all pictures."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.words: list[tuple[str, str]] = []
        self.pictures: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "img":
            self.pictures.append(told.get("alt", ""))
        if tag not in VOID:
            self.open.append((tag, told.get("class", "")))

    def handle_endtag(self, tag: str) -> None:
        while tag not in VOID and self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        around = " ".join(f"{tag} {names}" for tag, names in self.open)
        self.words.append((around, data))

    def within(self, *names: str) -> str:
        """All words inside of elements of these names or classes, squeezed."""
        return squeezed("".join(data for around, data in self.words if {*names} <= {*around.split()}))


@dataclass
class Deck:
    """A chapter's deck as it was written."""

    chapter: Chapter
    path: Path
    html: str = field(init=False)
    read: Read = field(init=False)

    def __post_init__(self) -> None:
        self.html = self.path.read_text(encoding="utf-8")
        self.read = Read(self.html)


def run(*words: str, workspace: Path) -> "subprocess.CompletedProcess[str]":
    """`course slides` with these words."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "course", "slides", *words],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "COURSE_WORKSPACE": str(workspace), "PYTHONUTF8": "1"},
        timeout=120,
        check=False,
    )


@pytest.fixture
def slides(tmp_path: Path) -> Slides:
    return lambda *words: run(*words, workspace=tmp_path)


@pytest.fixture(scope="session")
def decks(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Deck]:
    """The deck of a chapter, made when it is first asked for."""

    @cache
    def made(name: str) -> Deck:
        chapter = chapters.find(name)
        workspace = tmp_path_factory.mktemp("slides")
        done = run(name, workspace=workspace)
        assert done.returncode == 0, done.stderr
        return Deck(chapter, workspace / "slides" / f"{chapter.stem}.html")

    return made


@pytest.fixture(params=["3", "exam"])
def deck(request: pytest.FixtureRequest, decks: Callable[[str], Deck]) -> Deck:
    return decks(request.param)
