"""The Hub itself: set up, told to people, run until Ctrl-C."""

import compileall
import contextlib
import os
import signal
import socket
import stat
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from course import paths
from course.errors import CourseError
from course.setup.environment import TEACHING
from course.teach.hub import accounts, proxy, source
from course.teach.hub.settings import NAMED, Settings

CONFIGURATION = Path(__file__).with_name("jupyterhub_config.py")
SECONDS_TO_STOP = 20


@dataclass(frozen=True)
class Wanted:
    """What the command line asked for."""

    data: Path
    ip: str
    port: int
    people: tuple[str, ...]
    admins: tuple[str, ...]
    repo: str | None = None
    branch: str = "main"
    memory: str = "2G"
    cores: float = 1.0
    idle: int = 3600
    certificate: Path | None = None
    key: Path | None = None
    talkative: bool = False
    together: bool = False


def is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def set_up(wanted: Wanted) -> tuple[Settings, dict[str, str]]:
    """Make what the Hub needs; its settings, and the passwords by name.

    Raises:
        CourseError: something is missing; the message says what to install or to change.
    """
    if os.name != "posix":
        raise CourseError("JupyterHub runs on Linux.", "On Windows, run it in WSL (`wsl --install`).")
    program = proxy.ensure()
    data = wanted.data.resolve()
    data.mkdir(parents=True, exist_ok=True)
    accounted = is_root() and not wanted.together
    if accounted:
        data.chmod(0o711)  # people pass through to their homes, and see nothing on the way
        for folder in (paths.ROOT, TEACHING.folder, Path(sys.base_prefix), data):
            _see_that_all_may_read(folder)
    everyone = tuple(dict.fromkeys((*wanted.admins, *wanted.people)))
    repo = wanted.repo or source.publish(data)
    if accounted:
        passwords = accounts.make(everyone, data)
    else:
        known = accounts.load(data)
        known = {"": known.get("", accounts.password()), "admin": known.get("admin", accounts.password(32))}
        accounts.save(data, known)
        passwords = {name: known["admin" if name in wanted.admins else ""] for name in everyone}
    certificate = str(wanted.certificate.resolve()) if wanted.certificate else ""
    settings = Settings(
        data=data,
        address=f"http{'s' if certificate else ''}://{wanted.ip}:{wanted.port}",
        people=everyone,
        admins=wanted.admins,
        accounts=accounted,
        repo=repo,
        branch=wanted.branch,
        proxy=program,
        proxy_port=free_port(),
        hub_port=free_port(),
        memory=wanted.memory,
        cores=wanted.cores,
        idle=wanted.idle,
        certificate=certificate,
        key=str(wanted.key.resolve()) if wanted.key else "",
        talkative=wanted.talkative,
        password=None if accounted else known[""],
        admin_password=None if accounted or not wanted.admins else known["admin"],
    )
    settings.write()
    # Made here, since SQLite would let everybody read it; it keeps the mode that it finds.
    os.close(os.open(data / "hub.sqlite", os.O_WRONLY | os.O_CREAT, 0o600))
    _compile()
    return settings, passwords


def run(settings: Settings) -> int:
    """Run JupyterHub until it ends or is interrupted; what it started ends with it."""
    environment = {**os.environ, NAMED: str(settings.data / "settings.json"), "PYTHONUTF8": "1"}
    environment["PATH"] = f"{TEACHING.scripts}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    environment.pop("COURSE_WORKSPACE", None)
    command = [sys.executable, "-P", "-m", "jupyterhub", "--config", str(CONFIGURATION)]
    process = subprocess.Popen(command, cwd=settings.data, env=environment, start_new_session=True)
    stopping = signal.signal(signal.SIGTERM, lambda number, frame: process.terminate())
    try:
        while True:
            try:
                return _status(process.wait())
            except KeyboardInterrupt:
                print("\nStopping: everybody's server ends, their files stay.", flush=True)
                process.terminate()
    finally:
        signal.signal(signal.SIGTERM, stopping)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(SECONDS_TO_STOP)
        process.kill()


def _status(code: int) -> int:
    return 0 if code in {0, -signal.SIGTERM, -signal.SIGINT} else 1


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _see_that_all_may_read(folder: Path) -> None:
    """See that other users of the system can reach a folder that they all share.

    Raises:
        CourseError: a folder on the way to it is closed to them.
    """
    for each in (folder, *folder.parents):
        if not each.stat().st_mode & stat.S_IXOTH:
            raise CourseError(
                f"Other users of this system may not enter {each}, and people's servers run as such.",
                f"Copy the course to a folder that all may read, such as /srv/gavel, or open {each} to them.",
            )


def _compile() -> None:
    """Compile the course once, since the people who import it cannot write here."""
    for folder in ("course", "tests", "app_checkpoints"):
        with contextlib.suppress(OSError):
            compileall.compile_dir(paths.ROOT / folder, quiet=2)
