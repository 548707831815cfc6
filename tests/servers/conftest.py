"""A PostgreSQL server of the tests' own; where none is installed its tests are left out, and named."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def programs() -> Path | None:
    """The folder with `initdb` and `pg_ctl`; Debian keeps them off the PATH."""
    found = shutil.which("initdb") or max(Path("/usr/lib/postgresql").glob("*/bin/initdb"), default=None)
    return Path(found).resolve().parent if found else None


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The SQLAlchemy URL of an empty database."""
    folder = programs()
    if folder is None:
        pytest.skip("no PostgreSQL server is installed here")
    with tempfile.TemporaryDirectory(prefix="course-", ignore_cleanup_errors=True) as name:
        # Not pytest's own folder, which is closed to other users: the server refuses to run as root.
        root = hasattr(os, "geteuid") and os.geteuid() == 0
        if root:
            shutil.chown(name, "postgres")
        yield from serve(folder, Path(name), "postgres" if root else None)


def serve(folder: Path, home: Path, user: str | None) -> Iterator[str]:
    """Run the programs of `folder` on a new cluster in `home`, until the tests are done."""

    def run(program: str, *words: str) -> None:
        subprocess.run([folder / program, *words], user=user, check=True, cwd=home, stdout=subprocess.DEVNULL)

    port = free_port()
    run("initdb", "-D", str(home / "data"), "-U", "gavel", "-A", "trust", "--encoding=UTF8")
    options = f"-h 127.0.0.1 -p {port} -k {home} -c fsync=off"
    run("pg_ctl", "-D", str(home / "data"), "-o", options, "-l", str(home / "log"), "-w", "start")
    try:
        yield f"postgresql+asyncpg://gavel@127.0.0.1:{port}/postgres"
    finally:
        run("pg_ctl", "-D", str(home / "data"), "-m", "immediate", "-w", "stop")
