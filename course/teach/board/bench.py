"""`course board --bench`: the teacher's page beside a full room, and whether anything is lost.

What is assumed: each learner checks once a minute, for ten minutes, and each check holds the requirements of
one chapter (about 17), sent as one message. With 300 learners these are 3,000 messages. By default they come
within one minute in place of ten, so ten times as thick; `--seconds 600` takes the time that it says.

Beside that one page watches (server-sent events), and the page and its picture of the room are asked for five
times a second, from another process than the learners'.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import perf_counter, sleep
from typing import Any, NamedTuple

import httpx

from course import paths
from course.errors import CourseError

CODE, TOKEN = "BENCH234", "the-token-of-the-bench"
AS_TEACHER = {"Authorization": f"Bearer {TOKEN}"}
BETWEEN = 0.2
PATIENCE = 30.0


class Watched(NamedTuple):
    """How long answers took, in milliseconds, and how many pictures the watching page was sent."""

    page: list[float]
    room: list[float]
    pictures: int


def command(chosen: argparse.Namespace) -> int:
    """Measure and print; 0 where nothing was lost and nothing counted twice."""
    with tempfile.TemporaryDirectory(prefix="course-board-", ignore_cleanup_errors=True) as folder:
        database = chosen.database or f"sqlite:///{folder}/board.db"
        with board(Path(folder), database) as url:
            sent, watched = measure(url, chosen.learners, chosen.seconds)
            with httpx.Client(base_url=url, headers=AS_TEACHER, trust_env=False, timeout=60) as teacher:
                kept = teacher.get("/api/v1/room/export.json").raise_for_status().json()
                counted = teacher.get("/api/v1/room").raise_for_status().json()["checks"]
    print(table(sent, watched, "SQLite" if "sqlite" in database else "PostgreSQL", chosen))
    lost, strange = compare(sent["checks"], kept)
    total = sum(map(len, sent["checks"].values()))
    print(
        f"sent {total} checks, {sent['again']} of them twice; the board keeps {total - lost + strange}, "
        f"of which {strange} were not sent so, and its page counts {counted}. Lost: {lost}."
    )
    return 0 if lost == strange == 0 and counted == total else 1


@contextmanager
def board(folder: Path, database: str) -> Iterator[str]:
    """A board in a process of its own; gives its address."""
    environment = {
        **os.environ,
        "COURSE_WORKSPACE": str(folder),
        "GAVEL_BOARD_ADDRESS_RATE": "10000000",  # all of them come from one address here
        "PYTHONUNBUFFERED": "1",
    }
    words = ["--port", "0", "--room", f"bench {os.getpid()}", "--code", CODE, "--token", TOKEN]
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "course", "board", *words, "--database", database],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        env=environment,
        cwd=paths.ROOT,
    )
    assert process.stdout is not None
    try:
        said = []
        for line in process.stdout:
            said.append(line)
            if "#token=" in line:
                yield line.split()[-1].partition("/#")[0]
                break
        else:
            raise CourseError("The board did not start: " + "".join(said), "Mend that and measure again.")
    finally:
        process.terminate()
        process.wait(PATIENCE)
        process.stdout.close()


def measure(url: str, learners: int, seconds: float) -> tuple[dict[str, Any], Watched]:
    """Let the learners work, and look at the page beside them until they are done."""
    words = [url, CODE, str(learners), str(seconds)]
    crowd = subprocess.Popen(
        [sys.executable, "-P", "-m", "course.teach.board.simulated_clients", *words],
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        cwd=paths.ROOT,
        env={**os.environ, "PYTHONPATH": str(paths.ROOT)},
    )
    answer: list[str] = []
    assert crowd.stdout is not None
    reader = threading.Thread(target=lambda out: answer.append(out.read()), args=(crowd.stdout,))
    reader.start()
    watched = look(url, crowd)
    reader.join()
    if crowd.wait() != 0:
        raise CourseError("The simulated learners did not get through.", "The lines above say why.")
    return json.loads(answer[0]), watched


def look(url: str, crowd: "subprocess.Popen[str]") -> Watched:
    """Watch one stream, and ask for the page and the room's picture again and again."""
    page: list[float] = []
    room: list[float] = []
    pictures = 0
    over = threading.Event()

    def watch() -> None:
        nonlocal pictures
        with (
            suppress(httpx.HTTPError),  # the board ends before this does
            httpx.Client(base_url=url, headers=AS_TEACHER, trust_env=False, timeout=PATIENCE) as client,
            client.stream("GET", "/api/v1/room/events") as stream,
        ):
            for line in stream.iter_lines():
                pictures += line.startswith("data:")
                if over.is_set():
                    return

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    with httpx.Client(base_url=url, headers=AS_TEACHER, trust_env=False, timeout=PATIENCE) as client:
        while crowd.poll() is None:
            for path, times in (("/", page), ("/api/v1/room", room)):
                began = perf_counter()
                client.get(path).raise_for_status()
                times.append(1000 * (perf_counter() - began))
            sleep(BETWEEN)
    over.set()
    return Watched(page, room, pictures)


def compare(sent: dict[str, list[dict[str, Any]]], kept: dict[str, Any]) -> tuple[int, int]:
    """How many checks are not stored as they were sent, and how many are stored twice or were never sent."""
    ours = [(name, each["id"], json.dumps(each["results"])) for name, many in sent.items() for each in many]
    theirs = [
        (person["name"], each["id"], json.dumps(each["results"]))
        for person in kept["people"]
        for each in person["checks"]
    ]
    lost = len(set(ours) - set(theirs))
    return lost, len(theirs) - (len(ours) - lost)


def table(sent: dict[str, Any], watched: Watched, database: str, chosen: argparse.Namespace) -> str:
    """The figures, in milliseconds."""
    rows = {
        "the teacher's page": watched.page,
        "the picture of the room": watched.room,
        "a check that is sent": sent["took"],
    }
    total = sum(map(len, sent["checks"].values()))
    lines = [
        f"{chosen.learners} learners, {total} checks in {chosen.seconds:.0f} s, {database}, "
        f"{watched.pictures} pictures to the watching page; milliseconds",
        f"{'':26}{'times':>8}{'p50':>9}{'p95':>9}{'p99':>9}{'most':>9}",
    ]
    for name, times in rows.items():
        share = statistics.quantiles(times, n=100, method="inclusive") if len(times) > 1 else times * 99
        figures = "".join(f"{each:9.1f}" for each in (share[49], share[94], share[98], max(times)))
        lines.append(f"{name:26}{len(times):8}{figures}")
    return "\n".join(lines)
