"""Requests per second of Gavel's routes, beside each route in bare FastAPI and beside bare Starlette.

Time is CPU time of this process and the three take turns, so that a busy machine does not decide. Requests go
straight to the ASGI app: no network, no client.
"""

import asyncio
import contextlib
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course import paths
from course.bench.twins import bare_starlette, bare_twins
from course.chapters import Chapter
from course.checkpoint.service import Service

LOTS = 20
REQUESTS = 150
"""How many requests make one turn."""


@dataclass(frozen=True, eq=False)
class Asked:
    """An app that is running, and the headers with which it is asked."""

    app: Any
    state: dict[str, Any]
    headers: list[tuple[bytes, bytes]]

    async def get(self, path: str) -> int:
        """Ask once; the status of the answer."""
        statuses: list[int] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b""}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])

        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": b"",
            "headers": self.headers,
            "client": ("127.0.0.1", 1),
            "server": ("testserver", 80),
            "extensions": {},
            "state": self.state.copy(),
        }
        await self.app(scope, receive, send)
        return statuses[0]

    async def cost(self, path: str) -> float:
        """Seconds of CPU time that one request takes.

        Raises:
            RuntimeError: it is not answered with 200.
        """
        began = time.process_time()
        for _ in range(REQUESTS):
            status = await self.get(path)
            if status != 200:
                raise RuntimeError(f"GET {path} answered {status}")
        return (time.process_time() - began) / REQUESTS


ROUTES = ("/", "/health", "/api/v1/lots", "/api/v1/lots/1", "/api/v1/lots/1/bids")


def measure(chapter: Chapter, runs: int) -> dict[str, dict[str, float]]:
    """For each route: requests per second of Gavel and its twin, and medians of what they keep.

    `of_twin` and `of_starlette` are ratios: 1.0 is as fast. Each is the median of `runs` turns.
    """
    with tempfile.TemporaryDirectory(prefix="gavel-bench-") as folder:
        service = Service(_package(chapter), chapter.checkpoint, Path(folder))
        _furnish(service)
        # The log is written for real, to where nobody reads it.
        with open(os.devnull, "w", encoding="utf-8") as nowhere, contextlib.redirect_stderr(nowhere):
            return asyncio.run(_compare(service, runs))


def _package(chapter: Chapter) -> str:
    return f"{paths.CHECKPOINTS.name}.{chapter.stem}.app"


def _furnish(service: Service) -> None:
    """Twenty lots, and bids on the first."""
    with service.client() as client:
        for number in range(LOTS):
            lot = {"title": f"Lot {number}", "category": "clocks", "starting_price": "10.00"}
            client.post("/api/v1/lots", json=lot).raise_for_status()
        ada = service.login(client, "ada")
        for amount in range(10, 10 + LOTS):
            path, bid = "/api/v1/lots/1/bids", {"amount": f"{amount}.00"}
            client.post(path, json=bid, headers=ada).raise_for_status()


async def _compare(service: Service, runs: int) -> dict[str, dict[str, float]]:
    settings = service.settings()
    if "log_level" in type(settings).model_fields:
        settings = service.settings(log_level="INFO")
    gavel = service.module("main").create_app(settings)
    headers = [(b"host", b"testserver"), (b"accept", b"application/json")]
    found: dict[str, dict[str, float]] = {}
    async with contextlib.AsyncExitStack() as stack:

        async def running(app: Any) -> Asked:
            state = await stack.enter_async_context(app.router.lifespan_context(app))
            return Asked(app, dict(state or {}), headers)

        ours = await running(gavel)
        twin = await running(bare_twins(service.package, settings))
        least = await running(bare_starlette())
        for path in ROUTES:
            turns: list[tuple[float, float, float]] = []
            for turn in range(runs + 1):
                costs = {who: await who.cost(where) for who, where in _in_turn(turn, path, ours, twin, least)}
                turns.append((costs[ours], costs[twin], costs[least]))
            found[path] = _figures(turns[1:])  # the first turn fills caches
    return found


def _in_turn(turn: int, path: str, ours: Asked, twin: Asked, least: Asked) -> list[tuple[Asked, str]]:
    order = [(ours, path), (twin, path), (least, "/")]
    return order if turn % 2 else order[::-1]


def _figures(turns: list[tuple[float, float, float]]) -> dict[str, float]:
    def median(of: Callable[[float, float, float], float]) -> float:
        return statistics.median(of(*turn) for turn in turns)

    return {
        "gavel": round(median(lambda ours, twin, least: 1 / ours)),
        "twin": round(median(lambda ours, twin, least: 1 / twin)),
        "starlette": round(median(lambda ours, twin, least: 1 / least)),
        "of_twin": round(median(lambda ours, twin, least: twin / ours), 3),
        "of_starlette": round(median(lambda ours, twin, least: least / ours), 4),
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
