"""Requests per second of Gavel's routes, beside each route in bare FastAPI and beside bare Starlette.

All three are served by uvicorn in this process as it serves by default, with a line in the log for each
request; Gavel writes that line itself and tells uvicorn not to. They are called over HTTP, one request after
the other, by another process. All run on one CPU and take turns, and what counts is this process's CPU
time: a busy machine does not decide.
"""

import asyncio
import contextlib
import logging
import os
import statistics
import sys
import tempfile
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import uvicorn

from course import paths
from course.engine import cpus
from course.engine.chapters import Chapter
from course.engine.checkpoint.service import Service
from course.maintain.bench.twins import bare_starlette, bare_twins

LOTS = 20
REQUESTS = 100
"""How many requests make one turn."""
ROUTES = ("/", "/health", "/api/v1/lots", "/api/v1/lots/1", "/api/v1/lots/1/bids")
CALLER = """
import http.client, sys
for order in sys.stdin:
    port, path, times = order.split()
    connection = http.client.HTTPConnection("127.0.0.1", int(port))
    for _ in range(int(times)):
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            sys.exit(f"GET {path} answered {answer.status}")
    connection.close()
    print("done", flush=True)
"""


def measure(chapter: Chapter, runs: int) -> dict[str, dict[str, float]]:
    """For each route: requests per second of CPU time, and medians of what Gavel keeps of the others'.

    `of_twin` and `of_starlette` are ratios: 1.0 is as fast. Each is the median of `runs` turns.

    Raises:
        RuntimeError: a request was not answered with 200.
    """
    with tempfile.TemporaryDirectory(prefix="gavel-bench-") as folder:
        package = f"{paths.CHECKPOINTS.name}.{chapter.stem}.app"
        service = Service(package, chapter.checkpoint, Path(folder))
        _furnish(service)
        # The logs are written for real, to where nobody reads them.
        with (
            open(os.devnull, "w", encoding="utf-8") as nowhere,
            contextlib.redirect_stderr(nowhere),
            contextlib.redirect_stdout(nowhere),
            cpus.one(),
        ):
            return asyncio.run(_compare(service, runs))


def _furnish(service: Service) -> None:
    """Twenty lots, and twenty bids on the first."""
    with service.client() as client:
        for number in range(LOTS):
            lot = {"title": f"Lot {number}", "category": "clocks", "starting_price": "10.00"}
            client.post("/api/v1/lots", json=lot).raise_for_status()
        ada = service.login(client, "ada")
        for amount in range(10, 10 + LOTS):
            bid = {"amount": f"{amount}.00"}
            client.post("/api/v1/lots/1/bids", json=bid, headers=ada).raise_for_status()


async def _compare(service: Service, runs: int) -> dict[str, dict[str, float]]:
    settings = service.settings(allowed_hosts=["127.0.0.1"], log_level="INFO")
    apps = (
        service.module("main").create_app(settings),
        bare_twins(service.package, settings),
        bare_starlette(),
    )
    found: dict[str, dict[str, float]] = {}
    async with contextlib.AsyncExitStack() as stack:
        caller = await stack.enter_async_context(_calling())
        ours, twin, least = [await stack.enter_async_context(_serving(app)) for app in apps]
        for path in ROUTES:
            turns = []
            for turn in range(runs + 1):
                order = [(ours, path), (twin, path), (least, "/")]
                costs = {}
                for port, at in order[:: 1 if turn % 2 else -1]:
                    logging.getLogger("uvicorn.access").setLevel("WARNING" if port == ours else "INFO")
                    costs[port] = await _cost(caller, port, at)
                turns.append((costs[ours], costs[twin], costs[least]))
            found[path] = _figures(turns[1:])  # the first turn fills caches
    return found


@contextlib.asynccontextmanager
async def _serving(app: Any) -> AsyncIterator[int]:
    """The port at which uvicorn serves an app."""
    server = uvicorn.Server(uvicorn.Config(app, port=0))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        if serving.done():
            serving.result()
            raise RuntimeError("the server did not start")
        await asyncio.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await serving


@contextlib.asynccontextmanager
async def _calling() -> AsyncIterator[Process]:
    """A process that sends requests when it is told to."""
    caller = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CALLER, stdin=PIPE, stdout=PIPE, stderr=PIPE
    )
    assert caller.stdin is not None
    try:
        yield caller
    finally:
        caller.stdin.close()
        await caller.wait()


async def _cost(caller: Process, port: int, path: str) -> float:
    """Seconds of this process's CPU time that one request takes."""
    assert caller.stdin is not None
    assert caller.stdout is not None
    began = time.process_time()
    caller.stdin.write(f"{port} {path} {REQUESTS}\n".encode())
    if await caller.stdout.readline() != b"done\n":
        raise RuntimeError((await caller.communicate())[1].decode())
    return (time.process_time() - began) / REQUESTS


def _figures(turns: list[tuple[float, float, float]]) -> dict[str, float]:
    ours, twin, least = (statistics.median(costs) for costs in zip(*turns, strict=True))
    return {
        "gavel": round(1 / ours),
        "twin": round(1 / twin),
        "starlette": round(1 / least),
        "of_twin": round(statistics.median(twin / ours for ours, twin, _ in turns), 3),
        "of_starlette": round(statistics.median(least / ours for ours, _, least in turns), 4),
    }


def table(figures: dict[str, dict[str, float]]) -> str:
    """The figures for a person."""
    lines = [
        "Requests per second of CPU time; each route beside a bare FastAPI twin with the same query",
        f"{'':24}{'Gavel':>9}{'bare FastAPI':>14}{'keeps':>8}{'of bare Starlette':>19}",
    ]
    for path, of in figures.items():
        lines.append(
            f"{path:24}{of['gavel']:9,.0f}{of['twin']:14,.0f}{of['of_twin']:8.0%}{of['of_starlette']:19.3f}"
        )
    return "\n".join(lines)
