"""The dev container's and Binder's own steps, in the folder that the Dockerfile's steps have filled."""

import json
import re
import stat
import subprocess
import sys
from pathlib import Path

from course import paths
from tests.setup.places.dockerfile import Machine, clean_environment, read

BINDER = paths.ROOT / ".binder"


def dev_container() -> dict[str, object]:
    """devcontainer.json, which may have comments of whole lines."""
    text = (paths.ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8")
    settings: dict[str, object] = json.loads(re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE))
    return settings


def test_what_the_dev_container_runs_once_makes_the_interpreter_that_it_names(machine: Machine) -> None:
    settings = dev_container()
    machine.run(["/bin/sh", "-c", str(settings["postCreateCommand"])])
    customized = json.dumps(settings["customizations"])
    named = re.search(r"\$\{containerWorkspaceFolder\}/([^\"]+)", customized)
    assert named
    machine.run([str(machine.folder / named[1]), "-c", "import course, fastapi, ipykernel"])


def test_the_dev_container_builds_a_stage_that_is_there() -> None:
    build = dev_container()["build"]
    assert isinstance(build, dict)
    dockerfile = paths.ROOT / ".devcontainer" / build["dockerfile"]
    assert build["target"] in read(dockerfile.read_text(encoding="utf-8"))


def test_binders_scripts_may_be_run() -> None:
    for name in ("postBuild", "start"):
        assert (BINDER / name).stat().st_mode & stat.S_IXUSR
        assert (BINDER / name).read_text(encoding="utf-8").startswith("#!/bin/bash\n")


def test_binders_own_jupyter_gets_the_courses_kernel_and_opens_chapter_0(machine: Machine) -> None:
    prefix = machine.root / "srv" / "conda"
    environment = {**clean_environment(machine.root / "binder"), "NB_PYTHON_PREFIX": str(prefix)}
    done = subprocess.run(
        [machine.folder / ".binder" / "postBuild"],
        cwd=machine.folder,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    kernel = json.loads((prefix / "share/jupyter/kernels/python3/kernel.json").read_text(encoding="utf-8"))
    assert Path(kernel["argv"][0]).is_relative_to(machine.folder / ".venv")
    opens = json.loads((prefix / "etc/jupyter/jupyter_lab_config.json").read_text(encoding="utf-8"))
    first = opens["LabApp"]["default_url"].removeprefix("/lab/tree/")
    assert (machine.folder / first).is_file()


def test_binders_start_keeps_binders_programs_first_and_adds_the_course(machine: Machine) -> None:
    environment = clean_environment(machine.root / "binder")
    done = subprocess.run(
        [machine.folder / ".binder" / "start", "sh", "-c", "command -v python3; command -v course"],
        cwd=machine.folder,
        env=environment,
        capture_output=True,
        text=True,
    )
    python, course = done.stdout.split()
    assert not python.startswith(str(machine.folder))
    assert course == str(machine.folder / ".venv" / "bin" / "course")


def test_set_up_says_that_it_is_done_and_opens_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "course", "setup"],
        cwd=paths.ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stdout) == (0, ".venv is ready.\n")


def test_what_binder_installs_is_what_the_course_has_pinned() -> None:
    lines = (BINDER / "requirements.txt").read_text(encoding="utf-8").split("\n")
    pins = (paths.ROOT / "course" / "setup" / "pins" / "teach.txt").read_text(encoding="utf-8").split("\n")
    assert all(line in pins for line in lines if line and not line.startswith("#"))
