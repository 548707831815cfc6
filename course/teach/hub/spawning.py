"""What each person's server is started with."""

import os
import shutil
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

from course.setup.environment import TEACHING
from course.teach.hub.settings import Settings

CONFIGURATION = Path(__file__).with_name("jupyter")
"""What JupyterLab is told: no announcements, and nothing of nbgrader, which is in the same environment."""
FIRST_PORT, BLOCK, BLOCKS = 10_000, 128, 170  # below 32768, where Linux takes its own free ports from
LONGEST_SOCKET = 107  # bytes


def words(room: Settings) -> list[str]:
    """The command line of `jupyterhub-singleuser`: no announcements, and an end to what is idle."""
    shell = shutil.which("bash") or "/bin/sh"
    look = min(300, max(1, room.idle // 2))  # seconds between two looks at who is idle
    allowed = [] if room.accounts or os.geteuid() else ["--allow-root"]
    return [
        *allowed,
        "--Application.log_level=" + ("INFO" if room.talkative else "ERROR"),
        # Over TCP anybody on this machine may listen to what a kernel prints; not where a folder is closed.
        *(["--KernelManager.transport=ipc"] if _sockets_fit(room) else []),
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        f"--MappingKernelManager.cull_idle_timeout={room.idle}",
        f"--MappingKernelManager.cull_interval={look}",
        "--MappingKernelManager.cull_connected=True",  # a window that was left open is no work
        f"--TerminalManager.cull_inactive_timeout={room.idle}",
        f"--TerminalManager.cull_interval={look}",
        f"--ServerApp.shutdown_no_activity_timeout={max(1, room.idle // 2)}",
        # Not a login shell, which would build its PATH anew and lose the `course` command.
        f"--ServerApp.terminado_settings=shell_command={shell}",
    ]


def environment(room: Settings) -> dict[str, Any]:
    """What every server, kernel and terminal finds in its environment."""
    return {
        "PATH": f"{TEACHING.scripts}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "VIRTUAL_ENV": str(TEACHING.folder),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "JUPYTER_CONFIG_PATH": str(CONFIGURATION),
        "PYTHONUTF8": "1",
        "COURSE_WORKSPACE": lambda spawner: str(room.homes / spawner.user.name / "my_service"),
        # The course's repository belongs to whoever runs the Hub, and Git asks whether that is meant.
        "GIT_CONFIG_SYSTEM": str(trusted(room)),
    }


def trusted(room: Settings) -> Path:
    """Git's system-wide settings for people's servers: the machine's own, and trust in the course's copy."""
    path = room.data / "gitconfig"
    path.write_text(
        f'[include]\n\tpath = /etc/gitconfig\n[safe]\n\tdirectory = "{room.data / "course.git"}"\n',
        encoding="utf-8",
    )
    path.chmod(0o644)
    return path


def log(room: Settings) -> int:
    """`servers.log`, opened to write at its end: the number of the open file. Its owner alone reads it."""
    return os.open(room.data / "servers.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)


def prepare(spawner: Any) -> None:
    """Before a server starts: a closed folder for its sockets, and ports that no other person is given.

    With ports of one's own `%serve` keeps its address, although all share a machine.
    """
    room = Settings.read()
    own = _sockets(room, spawner.user.name)
    own.mkdir(mode=0o700, parents=True, exist_ok=True)
    if room.accounts:
        shutil.chown(own, spawner.user.name)
    first = FIRST_PORT + BLOCK * (spawner.user.id % BLOCKS)
    spawner.environment = {
        **spawner.environment,
        "COURSE_FIRST_PORT": str(first),
        "JUPYTER_RUNTIME_DIR": str(own),
    }


def _sockets(room: Settings, name: str) -> Path:
    return room.data / "run" / name


def _sockets_fit(room: Settings) -> bool:
    """Whether the name of a kernel's socket is one that Linux can take (unix(7): 107 bytes)."""
    longest = _sockets(room, max(room.people, key=len)) / f"kernel-{uuid4()}-ipc-5"
    return len(os.fsencode(longest)) <= LONGEST_SOCKET


def spawner_for_accounts() -> str:
    """systemd where it runs and its spawner is installed: it alone enforces limits. Else plain processes.

    https://github.com/jupyterhub/systemdspawner
    """
    if not Path("/run/systemd/system").is_dir():
        return "localprocess"
    try:
        import systemdspawner  # type: ignore[import-not-found]  # noqa: F401
    except ImportError:
        do = f"{TEACHING.python} -m pip install jupyterhub-systemdspawner==1.0.2"
        print(f"Limits of memory and processors are not enforced. This makes them so: {do}", file=sys.stderr)
        return "localprocess"
    return "systemd"
