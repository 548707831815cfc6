"""One clean folder, set up once as the Dockerfile says, that all places are tried in."""

import os
import subprocess
from pathlib import Path

import pytest

from course import paths
from tests.setup.places.dockerfile import Machine, clean_environment, ignored, read, steps

DOCKERFILE = paths.ROOT / ".docker" / "Dockerfile"


def context() -> list[tuple[Path, str]]:
    """What `docker build` would be sent: the files of the repository, without what is ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=paths.ROOT, capture_output=True, text=True, check=True
    )
    lines = DOCKERFILE.with_name("Dockerfile.dockerignore").read_text(encoding="utf-8").split("\n")
    patterns = [line for line in lines if line and not line.startswith("#")]
    return [
        (paths.ROOT / name, name)
        for name in listed.stdout.split("\0")
        if name and (paths.ROOT / name).is_file() and not ignored(name, patterns)
    ]


@pytest.fixture(scope="session")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """A folder in which the steps of the target `course` were performed."""
    if os.name == "nt":
        pytest.skip("The steps of an image are a Linux system's; Windows has no shell to perform them in.")
    root = tmp_path_factory.mktemp("image")
    machine = Machine(root, context(), clean_environment(root / "srv" / "learner"))
    for step in steps(read(DOCKERFILE.read_text(encoding="utf-8")), "course"):
        machine.perform(step)
    return machine
