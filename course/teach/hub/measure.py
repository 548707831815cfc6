"""What one learner costs, measured: memory as Linux shares it out, processor time as it counts it.

PSS (https://docs.kernel.org/filesystems/proc.html, `smaps_rollup`) divides a page that several processes hold
by their number, so that the sum over all processes is what they really take.
"""

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil  # type: ignore[import-untyped]

from course.errors import CourseError
from course.teach.hub.simulated_user import Person
from course.teach.hub.start import free_port

MIB = 2**20
PAUSE, IDLE = 8.0, 20.0  # seconds in which nobody does anything
PARTS = {
    "jupyterhub.singleuser": "server",
    "ipykernel_launcher": "kernel",
    "service_process.py": "service",
    "course.engine.worker": "workers",
    "configurable-http-proxy": "proxy",
    "jupyterhub": "hub",
}


def part_of(words: list[str]) -> str:
    """What a process is, by its command line."""
    line = " ".join(words)
    return next((name for mark, name in PARTS.items() if mark in line), "other")


def family(process: psutil.Process) -> Iterator[psutil.Process]:
    """A process and what it started."""
    yield process
    yield from process.children(recursive=True)


def pss(process: psutil.Process) -> float:
    """MiB that are this process's share; 0 where it has ended."""
    try:
        for line in Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0.0


def memory(root: psutil.Process) -> dict[str, float]:
    """MiB by part, of everything that `root` started."""
    found: dict[str, float] = {}
    for process in family(root):
        try:
            name = part_of(process.cmdline())
        except psutil.NoSuchProcess:
            continue
        found[name] = found.get(name, 0) + pss(process)
    return found


def processor(root: psutil.Process) -> float:
    """Seconds of processor time, of everything that `root` started and of what has ended since."""
    total = 0.0
    for process in family(root):
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += sum(times[:4])  # user, system, and those of children that ended
    return total


@contextmanager
def peak(root: psutil.Process) -> Iterator[list[float]]:
    """The largest memory, in MiB, that `root` and what it started held meanwhile."""
    seen, over = [sum(memory(root).values())], threading.Event()

    def look() -> None:
        while not over.wait(0.2):
            seen[0] = max(seen[0], sum(memory(root).values()))

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield seen
    finally:
        over.set()
        watcher.join()


@contextmanager
def running_hub(learners: int) -> Iterator[tuple[psutil.Process, list[Person]]]:
    """A Hub of its own, in a folder that goes; its process, and people who have not logged in yet."""
    names = [f"learner-{number}" for number in range(1, learners + 1)]
    with tempfile.TemporaryDirectory(prefix="course-hub-") as folder:
        port = free_port()
        words = ["--users", ",".join(names), "--port", str(port), "--data", folder, "--together"]
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "course", "hub", *words], stdout=subprocess.DEVNULL
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(address, process)
            password = json.loads((Path(folder) / "people.json").read_text())[""]
            yield psutil.Process(process.pid), [Person(address, name, password) for name in names]
        finally:
            process.terminate()
            process.wait()


def _wait_for(address: str, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise CourseError("The Hub did not start.", "`course hub` says why.")
        try:
            if httpx.get(f"{address}/hub/health", trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise CourseError("The Hub did not answer within a minute.", "`course hub` says why.")


def solved(chapter: str) -> str:
    """The cell that puts the course's own files of a chapter in place of a learner's work."""
    return (
        f"%chapter {int(chapter[2:4])}\nimport shutil\nfrom course import paths\n"
        f"shutil.copytree(paths.CHECKPOINTS / '{chapter}', '.', dirs_exist_ok=True)"
    )


def table(learners: int) -> str:
    """Measure so many learners at once; Markdown. Takes about a minute and a half on two cores."""
    lines = [f"| {learners} learners, for each | memory, MiB | processor, s | took, s |", "|---|---|---|---|"]

    def note(what: str, held: float, used: float | None, took: float) -> None:
        spent = "" if used is None else f"{used / learners:.1f}"
        lines.append(f"| {what} | {held / learners:.0f} | {spent} | {took:.1f} |")

    with running_hub(learners) as (hub, people), ThreadPoolExecutor(learners) as pool:

        def all_do(what: str, do: Callable[[Any], object], each: Sequence[object]) -> None:
            once, before, began = _fixed(hub), processor(hub), time.monotonic()
            with peak(hub) as most:
                list(pool.map(do, each))
                took = time.monotonic() - began
            note(f"{what}, at most", most[0] - once, processor(hub) - before, took)

        def rest(what: str, seconds: float) -> None:
            before = processor(hub)
            time.sleep(seconds)
            note(f"{what}, all idle", _theirs(hub), processor(hub) - before, seconds)

        all_do("log in, server starts", _come_in, people)
        rest("logged in", PAUSE)
        kernels = [person.kernel("") for person in people]
        opened = list(pool.map(lambda kernel: kernel.__enter__(), kernels))
        for chapter in ("ch03_dependency_injection", "ch09_websockets"):
            cell = f"%load_ext course\n{solved(chapter)}"
            all_do(f"open {chapter}", lambda kernel, cell=cell: kernel.run(cell), opened)  # type: ignore[misc]
            rest("kernel and two warm workers", PAUSE)
            all_do(f"checkpoint of {chapter}", lambda kernel: kernel.run("%checkpoint"), opened)
        all_do("serve", lambda kernel: kernel.run("%serve"), opened)
        rest("all of it", IDLE)
        parts = memory(hub)
        for each in kernels:
            each.__exit__(None, None, None)
    shares = ", ".join(f"{name} {value:.0f}" for name, value in sorted(parts.items()))
    return "\n".join([*lines, "", f"All of them together, MiB by part: {shares}."])


def _come_in(person: Person) -> None:
    person.log_in()
    person.start()


def _fixed(hub: psutil.Process) -> float:
    """MiB of what is there once, however many come: the Hub and its proxy."""
    return sum(value for name, value in memory(hub).items() if name in {"hub", "proxy"})


def _theirs(hub: psutil.Process) -> float:
    return sum(memory(hub).values()) - _fixed(hub)
