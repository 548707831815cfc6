"""The Dockerfile, step by step in a clean folder; no engine is needed, and none is tried."""

import json
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest

from course import paths
from tests.setup.places.conftest import DOCKERFILE, context
from tests.setup.places.dockerfile import Machine, ignored, read, steps

TRIES = 120


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


@contextmanager
def started(machine: Machine, port: str) -> Iterator[Path]:
    """What `CMD` starts, on another port; yields the file that it prints to, once JupyterLab answers."""
    said = machine.root / "said.txt"
    command = [word.replace("8888", port) for word in machine.command]
    with said.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=machine.folder, env=machine.environment, stdout=out, stderr=subprocess.STDOUT
        )
        try:
            for _ in range(TRIES):
                health = [word.replace("8888", port) for word in machine.health]
                if subprocess.run(health, env=machine.environment, capture_output=True).returncode == 0:
                    break
                assert process.poll() is None, said.read_text(encoding="utf-8")
                time.sleep(0.25)  # between two questions; nothing is asserted of how many
            yield said
        finally:
            process.terminate()
            process.wait(20)


def test_jupyterlab_answers_after_the_steps_of_the_dockerfile(machine: Machine) -> None:
    port = free_port()
    with started(machine, port) as said:
        words = said.read_text(encoding="utf-8")
        printed = re.search(rf"http://127\.0\.0\.1:{port}/lab\S*\?token=(\w+)", words)
        assert printed, words
        with urlopen(f"http://127.0.0.1:{port}/api/status?token={printed[1]}") as answer:
            assert "kernels" in json.load(answer)
        with urlopen(printed[0]) as page:
            assert "ch00_start_here.ipynb" in page.url


def test_the_learners_service_is_reached_on_jupyterlabs_own_port(machine: Machine) -> None:
    port, own, course = free_port(), free_port(), str(machine.folder / ".venv" / "bin" / "course")
    machine.run([course, "start", "1"])
    with started(machine, port) as said:
        token = re.search(r"token=(\w+)", said.read_text(encoding="utf-8"))
        assert token
        serving = subprocess.Popen(
            [course, "serve", "1", "--port", own],
            cwd=machine.folder,
            env=machine.environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert serving.stdout is not None
            assert any(f"answers at http://127.0.0.1:{own}" in line for line in serving.stdout)
            with urlopen(f"http://127.0.0.1:{port}/proxy/{own}/health?token={token[1]}") as answer:
                assert json.load(answer)["status"] == "ok"
        finally:
            serving.terminate()
            serving.communicate(timeout=20)


def test_what_only_a_container_can_do_is_one_step(machine: Machine) -> None:
    assert len(machine.left_out) == 1
    assert "apt-get install" in machine.left_out[0]
    assert "useradd" in machine.left_out[0]


@pytest.mark.parametrize("target", ["course", "hub"])
def test_nothing_runs_as_root(target: str) -> None:
    found = steps(read(DOCKERFILE.read_text(encoding="utf-8")), target)
    users = [step.rest for step in found if step.word == "USER"]
    assert users == ["1000:1000"]  # a number, so that Kubernetes sees that it is not root's


def test_the_learners_work_stays_out_of_the_image() -> None:
    patterns = [".git", ".venv*", "my_service", "**/__pycache__", "**/*.db"]
    for name in ("my_service/ch01/app/main.py", ".venv-teach/bin/x", "a/b/__pycache__/c.pyc", "x/gavel.db"):
        assert ignored(name, patterns)
    assert not ignored("course/venv.py", patterns)
    assert {"requirements.txt", "course/__main__.py", "notebooks/ch00_start_here.ipynb"} <= {
        name for _, name in context()
    }


def test_the_volumes_of_the_compose_file_are_folders_of_the_image(machine: Machine) -> None:
    import yaml  # type: ignore[import-untyped]

    compose = yaml.safe_load((paths.ROOT / ".docker" / "compose.yaml").read_text(encoding="utf-8"))
    mounted = [volume.split(":")[1] for volume in compose["services"]["course"]["volumes"]]
    assert mounted == ["/srv/gavel/my_service", "/srv/gavel/notebooks"]
    assert all(Path(machine.at(folder)).is_dir() for folder in mounted)
    database = compose["services"]["database"]
    assert database["profiles"] == ["postgresql"]
    assert "ports" not in database  # its password is known to everybody
