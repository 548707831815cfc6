"""A checkpoint is a project that runs by itself: `fastapi dev` starts each of them from its own folder."""

import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import psutil  # type: ignore[import-untyped]
import pytest

from course.engine import chapters
from course.engine.chapters import Chapter

PATIENCE = 60.0  # seconds that a start may take on a machine that does much else


def answer(url: str, process: subprocess.Popen[str]) -> httpx.Response:
    """The first answer of a service that is starting; it fails when the process ends instead."""
    until = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < until:
        try:
            return httpx.get(url)
        except httpx.TransportError:
            time.sleep(0.05)
    process.kill()
    raise AssertionError(process.communicate()[0])


@pytest.mark.parametrize("chapter", chapters.contents(), ids=lambda chapter: chapter.stem)
def test_fastapi_dev_starts_a_checkpoint_from_its_own_folder(chapter: Chapter, tmp_path: Path) -> None:
    project = shutil.copytree(chapter.checkpoint, tmp_path / "a project é")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "fastapi", "dev", "--port", str(port)]
    process = subprocess.Popen(
        command, cwd=project, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
    )
    try:
        health = answer(f"http://127.0.0.1:{port}/health", process)
        assert health.status_code == 200, health.text
        assert health.json()["status"] == "ok"
    finally:
        for each in [*psutil.Process(process.pid).children(recursive=True), process]:
            each.kill()
        process.communicate()
