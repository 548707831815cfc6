"""`python -m app.demo` of the finished service, and `course serve --demo`."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from course.errors import CourseError
from course.learn import commands
from course.learn.serving import demo, serve

PASSWORD = "correct horse battery staple"
PRODUCTION = {
    "GAVEL_ENVIRONMENT": "production",
    "GAVEL_SECRET_KEY": "a key of more than thirty-two bytes, as production wants it",
    "GAVEL_ALLOWED_HOSTS": '["gavel.example.com"]',
}


@pytest.fixture
def project() -> Iterator[Path]:
    """A copy of the finished service, with an empty database."""
    with demo.copied() as project:
        yield project


@pytest.fixture
def served(project: Path) -> Iterator[serve.Serving]:
    serving = serve.Serving(demo.finished(), project=project)
    yield serving
    serving.stop()


def run_demo(project: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "app.demo"]
    own = os.environ | environment
    return subprocess.run(command, cwd=project, env=own, capture_output=True, text=True, check=False)


def test_it_gives_the_service_open_lots_bids_and_a_photo_and_a_second_run_adds_nothing(
    served: serve.Serving,
) -> None:
    seen = []
    for _ in range(2):
        assert "Log in as ada@example.com" in demo.filled(served)
        lots = httpx.get(f"{served.url}/api/v1/lots").json()["items"]
        seen.append([(lot["id"], lot["title"], lot["price"], lot["bid_count"]) for lot in lots])
        assert {lot["status"] for lot in lots} == {"open"}
    assert len(seen[0]) >= 4
    assert seen[1] == seen[0]
    assert sum(count for *_, count in seen[0]) >= 4
    photos = [lot["photo_url"] for lot in lots if lot["photo_url"]]
    assert httpx.get(f"{served.url}{photos[0]}").headers["content-type"] == "image/png"
    form = {"username": "ada@example.com", "password": PASSWORD}
    assert httpx.post(f"{served.url}/auth/token", data=form).status_code == 200


def test_it_refuses_production_and_leaves_no_database(project: Path) -> None:
    done = run_demo(project, **PRODUCTION)
    assert done.returncode == 1
    assert done.stderr.startswith("This is production")
    assert not list(project.glob("*.db"))


def test_a_project_without_the_module_is_told_so(served: serve.Serving) -> None:
    (served.project / "app" / "demo.py").unlink()
    with pytest.raises(CourseError, match=r"There is no app/demo\.py"):
        demo.filled(served)


def test_the_command_serves_the_finished_service_with_lots_in_it(
    workspace_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    lots: list[Any] = []
    projects: list[Path] = []

    class Interrupted(serve.Serving):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.process.wait = self._interrupted  # type: ignore[method-assign]

        def _interrupted(self, timeout: float | None = None) -> int:
            del self.process.wait
            lots.extend(httpx.get(f"{self.url}/api/v1/lots").json()["items"])
            projects.append(self.project)
            raise KeyboardInterrupt

    monkeypatch.setattr(serve, "Serving", Interrupted)
    assert commands.serve(demo=True) == 0
    said = capsys.readouterr().out
    assert lots
    assert "/watch/" in said
    assert PASSWORD in said
    assert not projects[0].exists()
    assert not workspace_folder.exists()
