"""A real JupyterHub with two people; where what it needs is missing, its tests are left out, and named."""

import json
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from course import paths
from course.errors import CourseError
from course.setup.environment import TEACHING
from course.teach.hub import proxy
from course.teach.hub.simulated_user import Kernel, Person
from course.teach.hub.start import free_port

APART = Path(__file__).with_name("apart.sh")
SECONDS_TO_STOP = 20
NAMES = ("gavel-ada", "gavel-bob")


@dataclass(frozen=True)
class Hub:
    """A running Hub. With `accounts`, each person is a user of the system."""

    process: "subprocess.Popen[str]"
    url: str
    data: Path
    accounts: bool
    said: str

    def person(self, name: str) -> Person:
        known = json.loads((self.data / "people.json").read_text(encoding="utf-8"))
        return Person(self.url, name, known[name] if self.accounts else known[""])

    def home(self, name: str) -> Path:
        return self.data / "homes" / name


def missing() -> str | None:
    """Why no Hub can run here, or None."""
    if os.name != "posix":
        return "JupyterHub runs on POSIX systems alone"
    if shutil.which("git") is None:
        return "no Git is installed here"
    TEACHING.ensure()
    try:
        proxy.ensure()
    except CourseError as error:
        return f"{error.what} {error.do}"
    return None


def apart() -> list[str] | None:
    """The words that let a Hub make users of the system without touching this machine's; None: not here.

    It is run as root, with mounts and an /etc of its own (Linux namespaces).
    """
    words = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    if (
        platform.system() != "Linux"
        or os.geteuid() != 0
        or not all(map(shutil.which, ("unshare", "useradd")))
    ):
        return None
    tried = subprocess.run([*words, "true"], capture_output=True, check=False)
    return words if tried.returncode == 0 else None


@contextmanager
def running_hub(scratch: Path, *words: str, accounts: bool) -> Iterator[Hub]:
    """A Hub in a folder that every user of the system may pass through."""
    data, port = scratch / "data", free_port()
    command = [str(TEACHING.python), "-P", "-m", "course", "hub", "--port", str(port), "--data", str(data)]
    command += ["--users", ",".join(NAMES), *words]
    if accounts:
        command = [*(apart() or []), "sh", str(APART), str(scratch), sys.base_prefix, *command]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    said: list[str] = []
    reader: threading.Thread | None = None
    try:
        assert process.stdout is not None
        for line in process.stdout:
            said.append(line)
            if "Ctrl-C ends the Hub" in line:
                break
        else:
            raise AssertionError("The Hub did not start:\n" + "".join(said))
        reader = threading.Thread(target=process.stdout.read)
        reader.start()
        url = re.findall(r"http://\S+", "".join(said))[0]
        until_it_answers(url, process)
        yield Hub(process, url, data, accounts, "".join(said))
    finally:
        started = psutil.Process(process.pid).children(recursive=True)
        # What `unshare` runs is its child; a signal to itself would end all at once, like a power cut.
        (started[0] if accounts and started else process).terminate()
        try:
            process.wait(SECONDS_TO_STOP)
            assert psutil.wait_procs(started, timeout=5)[1] == [], "what the Hub started ends with it"
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            if reader is not None:
                reader.join(SECONDS_TO_STOP)
            assert process.stdout is not None
            process.stdout.close()


def until_it_answers(url: str, process: "subprocess.Popen[str]") -> None:
    import httpx

    with httpx.Client(transport=httpx.HTTPTransport(retries=0), trust_env=False) as client:
        for _ in range(600):
            assert process.poll() is None, "the Hub ended before it answered"
            try:
                if client.get(f"{url}/hub/health").status_code == 200:
                    return
            except httpx.TransportError:
                pass
            threading.Event().wait(0.1)
    raise AssertionError("the Hub does not answer")


@pytest.fixture(scope="session")
def scratch() -> Iterator[Path]:
    """Not pytest's own folder, which is closed to other users."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix="course-hub-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(scope="session")
def hub(scratch: Path) -> Iterator[Hub]:
    """With users of the system where that can be, else with all servers under one user."""
    if why := missing():
        pytest.skip(why)
    accounts = apart() is not None and paths.ROOT.stat().st_mode & 0o001 == 1
    with running_hub(scratch, *([] if accounts else ["--together"]), accounts=accounts) as running:
        yield running


@pytest.fixture(scope="session")
def people(hub: Hub) -> Iterator[tuple[Person, Person]]:
    """Ada and Bob, logged in, their servers started, and their notebooks there."""
    with ExitStack() as stack:
        ada, bob = (stack.enter_context(hub.person(name)) for name in NAMES)
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(come_in, (ada, bob)))
        yield ada, bob


def come_in(person: Person) -> None:
    """Log in, and wait for what the first page does."""
    person.log_in()
    person.start()
    landed = person.http.get(f"{person.home}/")
    assert person.pull(landed.url.raw_path.decode())[-1] == {"phase": "finished"}


@pytest.fixture(scope="session")
def kernel(people: tuple[Person, Person]) -> Iterator[Kernel]:
    """A kernel of Ada's, where her notebooks are."""
    with people[0].kernel("gavel/notebooks") as running:
        running.run("%load_ext course")
        yield running
