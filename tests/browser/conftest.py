"""A real JupyterLab, to be opened in Chromium."""

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from course import paths

SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "docmanager-extension/plugin": {"autosave": False},
    "notebook-extension/tracker": {"windowingMode": "none"},  # cells out of sight are drawn too
}
SECONDS = 120
SECONDS_TO_STOP = 20


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab. `root` is the folder that it shows; `url` is its address."""

    root: Path
    url: str
    token: str


@contextmanager
def running_lab(root: Path, home: Path) -> Iterator[Lab]:
    """JupyterLab on copies of the notebooks, with settings and a workspace of its own."""
    for folder in (paths.NOTEBOOKS, paths.SOLUTIONS):
        shutil.copytree(folder, root / folder.name)
    for name, values in SETTINGS.items():
        path = home / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values), encoding="utf-8")
    token = "course"
    environment = {
        **os.environ,
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "IPYTHONDIR": str(home / "ipython"),
        "COURSE_WORKSPACE": str(home / "my_service"),
    }
    words = [
        "-m",
        "jupyterlab",
        "--no-browser",
        "--expose-app-in-browser",
        "--port=0",
        f"--ServerApp.root_dir={root}",
        "--MappingKernelManager.cull_idle_timeout=600",  # ends it, too, where this process is killed
        "--ServerApp.shutdown_no_activity_timeout=600",
    ]
    if hasattr(os, "getuid") and os.getuid() == 0:
        words.append("--allow-root")
    with subprocess.Popen(
        [sys.executable, *words, f"--IdentityProvider.token={token}"],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        env=environment,
        cwd=root,
        text=True,
    ) as process:
        try:
            yield Lab(root, _address(process), token)
        finally:
            process.terminate()
            try:
                process.wait(SECONDS_TO_STOP)
            except subprocess.TimeoutExpired:
                process.kill()


def _address(process: "subprocess.Popen[str]") -> str:
    """`http://127.0.0.1:PORT`, once JupyterLab answers there; what it prints later is read and dropped."""
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(line)
        if "http://127.0.0.1:" in line:
            threading.Thread(target=process.stderr.read, daemon=True).start()
            return line[line.index("http://127.0.0.1:") :].split("/lab")[0]
    raise AssertionError("JupyterLab did not start:\n" + "".join(said[-20:]))


@pytest.fixture(scope="session")
def lab(browser: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    folder = tmp_path_factory.mktemp("lab")
    with running_lab(folder / "course", folder / "home") as started:
        yield started


@pytest.fixture
def open_notebook(lab: Lab, browser: Any) -> Iterator[Callable[[str], Any]]:
    """Open a notebook in a window of its own, and wait until its kernel is ready."""
    opened = []

    def opening(path: str) -> Any:
        page = browser.new_page(viewport={"width": 1200, "height": 900})
        opened.append(page)
        page.set_default_timeout(SECONDS * 1000)
        page.goto(f"{lab.url}/lab/tree/{path}?token={lab.token}&reset")
        page.wait_for_function(
            "window.jupyterapp?.shell.currentWidget?.context?.sessionContext?.session?.kernel?.status"
            " === 'idle'"
        )
        return page

    yield opening
    for page in opened:
        page.close()
    with httpx.Client(
        base_url=lab.url, headers={"Authorization": f"token {lab.token}"}, timeout=SECONDS
    ) as jupyter:
        for kernel in jupyter.get("/api/kernels").json():
            jupyter.delete(f"/api/kernels/{kernel['id']}")
