"""A chapter of two requirements and a service that fulfils them, for the tests of the check itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from course.engine import checkpoint
from course.engine.checkpoint import Limits, Worker, warm_workers

TESTS = '''
from course.engine.checkpoint.requirements import requirement

@requirement(hints=("Which path?",))
def test_the_door_is_open(service):
    """The door is open."""
    with service.client() as client:
        assert client.get("/").status_code == 200, "the door answers 200"

def test_it_has_a_title(service):
    """It has a title."""
    assert service.create_app().title == "Gavel", "the title is Gavel"
'''
MAIN = """
from fastapi import FastAPI

app = FastAPI(title="Gavel")

@app.get("/")
def root():
    return 1
"""
BANK = """
## The wrong title

- name: wrong-title
- requirement: test_it_has_a_title
- symptom: the title is Gavel
- code: FastAPI()

FastAPI calls a service FastAPI where you do not.

```python
%%write app/main.py
from fastapi import FastAPI

app = FastAPI()
```
"""


@dataclass(frozen=True)
class SmallChapter:
    """A chapter in a folder of its own."""

    folder: Path
    number: int = 0
    previous: "SmallChapter | None" = None

    @property
    def tests(self) -> Path:
        return self.folder / f"test_ch{self.number:02}_rooms.py"

    @property
    def misconceptions(self) -> Path:
        return self.folder / "misconceptions.md"

    @property
    def checkpoint(self) -> Path:
        return self.folder / "none"


@pytest.fixture
def chapter(tmp_path: Path) -> Iterator[SmallChapter]:
    chapter = SmallChapter(tmp_path)
    chapter.tests.write_text(TESTS)
    chapter.misconceptions.write_text(BANK)
    yield chapter
    checkpoint.cool()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "ch00_rooms"
    (folder / "app").mkdir(parents=True)
    (folder / "app" / "main.py").write_text(MAIN)
    return folder


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Worker]:
    """The workers that a check starts by itself."""
    started: list[Worker] = []
    prepared = warm_workers.prepared

    def make(of: warm_workers.Chapter, limits: Limits | None = None) -> Worker:
        started.append(prepared(of, limits))
        return started[-1]

    monkeypatch.setattr(warm_workers, "prepared", make)
    return started


def following(chapter: SmallChapter) -> SmallChapter:
    """A chapter after this one, with the same two requirements; the second has another name."""
    after = SmallChapter(chapter.folder, chapter.number + 1, chapter)
    after.tests.write_text(TESTS.replace("_it_has_a_title", "_it_is_named"))
    return after
