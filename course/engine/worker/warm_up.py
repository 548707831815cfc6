"""Do before the job comes what a process does only once: imports, and the first request."""

import contextlib
import importlib
import sys
from pathlib import Path

from fastapi import FastAPI

from course import paths
from course.engine.checkpoint.recording import Exchanges, RecordingClient
from course.engine.checkpoint.service import Service


def warm_up(example: Path, scratch: Path) -> None:
    """Serve one request from a small app, and one from the course's own checkpoint of the chapter.

    The checkpoint imports what the learner's service will import, opens a database as theirs will, and so
    fills the caches of those libraries. Its modules are removed from `sys.modules` again.
    """
    app = FastAPI()

    @app.get("/")
    async def root() -> dict[str, str]:
        return {}

    with RecordingClient(app, Exchanges()) as client:
        client.get("/")
    if example.parent == paths.CHECKPOINTS and (example / "app" / "main.py").exists():
        with contextlib.suppress(Exception):  # a checkpoint that is being written may not even import
            _serve_once(example, scratch)
        for name in [name for name in sys.modules if name.startswith(paths.CHECKPOINTS.name)]:
            del sys.modules[name]


def _serve_once(example: Path, scratch: Path) -> None:
    package = f"{paths.CHECKPOINTS.name}.{example.name}.app"
    importlib.import_module(f"{package}.main")
    folder = scratch / "warming"
    folder.mkdir()
    with Service(package, example, folder).client() as client:
        client.get("/health")
