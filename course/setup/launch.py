"""Opening JupyterLab on the first chapter. Runs inside `.venv`."""

import contextlib
import json
import os
import secrets
import shlex
import shutil
import socket
import sys
from collections.abc import Sequence

from course import paths
from course.errors import CourseError
from course.setup import home
from course.setup.environment import PINNED, Environment

FIRST = "notebooks/ch00_start_here.ipynb"
USUAL = 8888  # JupyterLab's own first choice


def launch(*, browser: bool, port: int | None, rest: Sequence[str]) -> int:
    """Run JupyterLab until it is stopped; `rest` goes to it as it is.

    Raises:
        CourseError: the port that was asked for cannot be had.
    """
    if port is not None:
        try_port(port)
    prepare(os.environ)
    ask_nothing()
    print("Opening JupyterLab ...", flush=True)
    from jupyterlab.labapp import LabApp  # type: ignore[import-untyped]

    token = own_token(rest)
    known = [f"--IdentityProvider.token={token}"] if token else []
    server = LabApp.initialize_server(argv=[*options(browser=browser, port=port), *known, *rest])
    if port is None and server.port != USUAL and not any("port" in word for word in rest):
        print(f"Port {USUAL} is taken by another program, so JupyterLab answers on {server.port}.")
    print(f"\nGavel is ready. Open this address in a browser{' (it opens by itself)' if browser else ''}:\n")
    address = f"{server.public_url.split('?')[0]}?token={token}" if token else server.public_url
    print(f"    {address}\n\nCtrl-C here stops it.\n", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        server.start()
    return 0


def options(*, browser: bool, port: int | None) -> list[str]:
    """What JupyterLab is told: the course as its root, chapter 0 first, no announcements, few log lines."""
    start = f"/lab/tree/{FIRST}" if (paths.ROOT / FIRST).exists() else "/lab"
    told = [
        f"--ServerApp.root_dir={paths.ROOT}",
        f"--LabApp.default_url={start}",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--Application.log_level=WARN",
        "--ServerApp.answer_yes=True",
    ]
    if os.name != "nt":
        # Not a login shell, which would build its PATH anew and lose the `course` command.
        shell = os.environ.get("SHELL") or shutil.which("sh") or "/bin/sh"
        told.append(f"--ServerApp.terminado_settings=shell_command={shlex.quote(shell)}")
        if os.geteuid() == 0:
            told.append("--allow-root")  # containers; the server listens to this machine alone, with a token
    if port is not None:
        told += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    if not browser:
        told.append("--no-browser")
    return told


def own_token(rest: Sequence[str]) -> str:
    """A token to print once; JupyterLab would print its own in three addresses. Empty where one is set."""
    if "JUPYTER_TOKEN" in os.environ or any("token" in word or "password" in word for word in rest):
        return ""
    return secrets.token_hex(24)


def prepare(environment: "os._Environ[str] | dict[str, str]", place: Environment = PINNED) -> None:
    """Let kernels and terminals find `place` first, and keep the course's open tabs its own.

    Without a folder of its own JupyterLab would open what the learner last had open in another project
    (https://jupyterlab.readthedocs.io/en/stable/user/directories.html#jupyterlab-workspaces-dir).

    Raises:
        CourseError: neither the user's home folder nor the course's can be written.
    """
    environment["PATH"] = str(place.scripts) + os.pathsep + environment.get("PATH", "")
    environment["VIRTUAL_ENV"] = str(place.folder)
    environment["JUPYTER_PREFER_ENV_PATH"] = "1"
    environment.setdefault("JUPYTERLAB_WORKSPACES_DIR", str(paths.workspace() / ".course" / "tabs"))
    environment.pop("PYTHONHOME", None)
    home.lend(environment)


def ask_nothing() -> None:
    """Answer "no" to JupyterLab's question about announcements, which `news_url` alone does not stop.

    https://jupyterlab.readthedocs.io/en/stable/user/directories.html#overrides-json; what a person chooses in
    JupyterLab's own settings counts for more.
    """
    settings = PINNED.folder / "share" / "jupyter" / "lab" / "settings"
    settings.mkdir(parents=True, exist_ok=True)
    no = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false"}}
    (settings / "overrides.json").write_text(json.dumps(no) + "\n", encoding="utf-8")


def try_port(port: int) -> None:
    """Listen on a port of this machine for a moment.

    Raises:
        CourseError: another program listens there, or this user may not, or there is no such port.
    """
    why = f"Port {port} is taken by another program."
    with socket.socket() as probe:
        if sys.platform != "win32":  # there it would allow two listeners on one port
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("localhost", port))
            return
        except OverflowError:
            why = f"There is no port {port}: they go up to 65535."
        except PermissionError:
            why = f"Port {port} is for programs of the system."
        except OSError:
            pass
    raise CourseError(why, "Choose another one with --port, or leave it out and a free one is found.")
