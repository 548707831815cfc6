"""The site, built once for all tests, as a person builds it; and a server that shows it."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from course import paths
from course.setup.environment import TEACHING
from course.teach.site import serving

SECONDS = 600  # that building may take on a machine that does much else


@dataclass(frozen=True)
class Site:
    """A built site: its folder, and what building it printed."""

    folder: Path
    printed: str

    @property
    def pages(self) -> list[Path]:
        return sorted(self.folder.rglob("*.html"))

    def read(self, name: str) -> str:
        """The HTML of the page that is called `chapters/ch03_dependency_injection`."""
        return (self.folder / f"{name}.html").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Built with `course site`; skipped where what teaching needs is not installed."""
    if not TEACHING.ready():
        pytest.skip("what teaching the course needs is not set up here: run `python3 -m course site` once")
    folder = tmp_path_factory.mktemp("site") / "built"
    words = [sys.executable, "-P", "-m", "course", "site", "--output", str(folder)]
    done = subprocess.run(words, cwd=paths.ROOT, capture_output=True, text=True, timeout=SECONDS)
    assert done.returncode == 0, done.stdout + done.stderr
    return Site(folder, done.stdout)


@pytest.fixture(scope="session")
def address(site: Site) -> Iterator[str]:
    """Where the built site is served, without a slash at its end."""
    with serving.server(site.folder) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()
