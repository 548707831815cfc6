"""A learner's project on disk, a check of it, and what must be true after every check."""

import os
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from course.engine.checkpoint import Limits, Worker, check, process_cleanup, warm_workers
from course.engine.report import Result

HERE = Path(__file__).parent

SERVICE = """\
from contextlib import asynccontextmanager
from itertools import count

from fastapi import FastAPI


@asynccontextmanager
async def lifespan(app):
    yield


app = FastAPI(lifespan=lifespan)
lots = {}
numbers = count(41)


@app.get("/")
async def root():
    return {"service": "Gavel"}


@app.post("/lots", status_code=201)
async def list_lot(lot: dict):
    number = next(numbers)
    lots[number] = lot
    return {"id": number, **lot}


@app.get("/lots/{number}")
async def read_lot(number: int):
    return lots[number]


@app.get("/health")
async def health():
    return {"status": "ok"}
"""
"""A service that meets every requirement of the small chapter."""


@dataclass(frozen=True)
class SmallChapter:
    """A chapter whose tests lie here."""

    number: int = 0
    tests: Path = HERE / "requirements_of_a_small_chapter.py"
    misconceptions: Path = HERE / "no_misconceptions.md"
    checkpoint: Path = HERE / "no_checkpoint"
    previous: None = None


class Pool:
    """Workers that warm up while other tests run."""

    def __init__(self) -> None:
        self.ready: list[Worker] = []
        self.used: list[Worker] = []
        self.make = warm_workers.prepared

    def take(self, chapter: warm_workers.Chapter, limits: Limits | None = None) -> Worker:
        while len(self.ready) < 3:
            self.ready.append(self.make(SmallChapter()))
        worker = self.ready.pop(0)
        self.used.append(worker)
        return worker


@pytest.fixture(scope="session")
def pool() -> Iterator[Pool]:
    pool = Pool()
    yield pool
    for worker in pool.ready:
        worker.end()


@pytest.fixture
def workers(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pool]:
    """Every worker of a check comes from the pool; afterwards none of them has left anything running."""
    pool.used = []
    monkeypatch.setattr(warm_workers, "prepared", pool.take)
    yield pool
    for worker in pool.used:
        worker.settle()
        assert worker.ended, "the worker has ended"
        assert not worker.scratch.exists(), "its folder is gone"
        left = list(process_cleanup.marked(worker.mark))
        assert not left, f"these were left running: {left}"


@pytest.fixture
def project(tmp_path: Path) -> Callable[[dict[str, str | bytes]], Path]:
    """Write a learner's project: the small service, with these files in place of its own."""

    def write(files: dict[str, str | bytes]) -> Path:
        folder = tmp_path / f"ch00 Größe {secrets.token_hex(2)}"
        for name, content in ({"app/__init__.py": "", "app/main.py": SERVICE} | files).items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return folder

    return write


@pytest.fixture
def checked(
    workers: Pool, project: Callable[[dict[str, str | bytes]], Path]
) -> Callable[[dict[str, str | bytes], Limits], Result]:
    """Check a project made of these files. The learner's files must be as they were."""

    def run(files: dict[str, str | bytes], limits: Limits) -> Result:
        folder = project(files)
        before = contents(folder)
        result = check(folder, SmallChapter(), limits=limits)
        assert contents(folder) == before, "the learner's files are unchanged"
        return result

    return run


def contents(folder: Path) -> dict[str, bytes]:
    """All files under a folder."""
    return {
        os.path.relpath(path, folder): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
