"""Simulated learners in a process of their own, so that measuring beside them is not slowed by them.

    python -m course.teach.board.simulated_clients URL CODE LEARNERS SECONDS

Each joins, and then sends ten checks at moments of its own within the given seconds. One in fifty is sent
twice, as a machine does whose answer got lost. At the end one JSON text stands on standard output: what was
sent, by name, and how long each answer took, in milliseconds.
"""

import asyncio
import json
import random
import sys
from time import perf_counter
from typing import Any

import httpx

from course.teach.board.simulated_class import Walker, crowd

CHECKS = 10
AGAIN = 0.02
MOST_TRIES = 50


class Sent:
    """What was sent and taken, and how long it took."""

    def __init__(self) -> None:
        self.checks: dict[str, list[dict[str, Any]]] = {}
        self.took: list[float] = []
        self.again = 0
        self.tried_again = 0


async def post(client: httpx.AsyncClient, sent: Sent, token: str, body: dict[str, Any]) -> None:
    """Send one check until the board has it."""
    for attempt in range(MOST_TRIES):
        began = perf_counter()
        try:
            answer = await client.post("checks", json=body, headers={"Authorization": f"Bearer {token}"})
        except httpx.HTTPError:
            answer = None
        if answer is not None and answer.is_success:
            sent.took.append(1000 * (perf_counter() - began))
            return
        sent.tried_again += 1
        await asyncio.sleep(min(0.2 * (attempt + 1), 2))
    raise RuntimeError(f"a check was not taken after {MOST_TRIES} attempts")


async def learn(client: httpx.AsyncClient, walker: Walker, code: str, seconds: float, sent: Sent) -> None:
    """One learner's ten minutes, in so many seconds."""
    joined = await client.post("members", json={"code": code, "name": walker.name})
    joined.raise_for_status()
    token = joined.json()["token"]
    moments = random.Random(walker.name)
    began = perf_counter()
    for number in range(CHECKS):
        at = (number + moments.random()) * seconds / CHECKS
        await asyncio.sleep(max(0.0, began + at - perf_counter()))
        body = walker.check()
        sent.checks.setdefault(walker.name, []).append(body)
        await post(client, sent, token, body)
        if moments.random() < AGAIN:
            await post(client, sent, token, body)
            sent.again += 1


async def run(url: str, code: str, count: int, seconds: float) -> Sent:
    """All of them."""
    sent = Sent()
    limits = httpx.Limits(max_connections=count, max_keepalive_connections=count)
    async with (
        httpx.AsyncClient(base_url=f"{url}/api/v1/", limits=limits, timeout=30, trust_env=False) as client,
        asyncio.TaskGroup() as group,
    ):
        for walker in crowd(count):
            group.create_task(learn(client, walker, code, seconds, sent))
    return sent


if __name__ == "__main__":
    sent = asyncio.run(run(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])))
    print(
        json.dumps(
            {
                "checks": sent.checks,
                "took": sent.took,
                "again": sent.again,
                "tried_again": sent.tried_again,
            }
        )
    )
