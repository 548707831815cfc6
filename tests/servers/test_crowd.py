"""Bids of a crowd, two hundred at a time, on two worker processes: exactly the rightful ones stand.

A thousand of them; `course test --soak` sends ten thousand.
"""

import asyncio
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest

from course.engine import chapters
from course.engine.checkpoint.logins import PASSWORD, REGISTER, TOKEN, email_of
from tests.fixtures.postgresql import free_port

BIDS = int(os.environ.get("COURSE_BIDS", "1000"))
AT_ONCE = 200
LOTS = 4
BIDDERS = 8
SECONDS = 120.0
"""How long the service may take to start, and to answer one request."""

KEEP_ALIVE = 60
"""Seconds that the service waits for another request on a connection. uvicorn's 5 are also httpx's: where
both end it at the same moment, a bid that is just sent finds nobody there."""


@dataclass
class Told:
    """What the bidders were told of one lot: the amounts that were taken, and those that were refused."""

    taken: list[Decimal] = field(default_factory=list)
    refused: list[Decimal] = field(default_factory=list)


@contextmanager
def serving(database_url: str, log: Path) -> Iterator[str]:
    """The newest checkpoint on two worker processes; its address."""
    port = free_port()
    words = f"--host 127.0.0.1 --port {port} --workers 2 --timeout-keep-alive {KEEP_ALIVE}".split()
    settings = {"GAVEL_DATABASE_URL": database_url, "GAVEL_LOG_LEVEL": "ERROR"}
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "uvicorn", "app.main:app", *words],
            cwd=chapters.numbered()[-1].checkpoint,
            env=os.environ | settings,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        try:
            yield f"http://127.0.0.1:{port}"
        except BaseException:
            print(log.read_text(errors="replace")[-4000:])
            raise
        finally:
            process.terminate()
            process.wait(SECONDS)


async def ready(house: httpx.AsyncClient) -> None:
    """Wait until the service answers."""
    async with asyncio.timeout(SECONDS):
        while True:
            try:
                answer = await house.get("/health")
            except httpx.TransportError:
                await asyncio.sleep(0.1)
                continue
            assert answer.status_code == 200, answer.text
            return


async def enter(house: httpx.AsyncClient, person: str) -> dict[str, str]:
    new = {"email": email_of(person), "name": person, "password": PASSWORD}
    answer = await house.post(REGISTER, json=new)
    assert answer.status_code in {201, 409}, answer.text  # 409: known from another test
    answer = await house.post(TOKEN, data={"username": email_of(person), "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


async def put_up(house: httpx.AsyncClient, seller: dict[str, str], number: int) -> int:
    lot = {"title": f"Lot {number}", "category": "art", "starting_price": "1.00", "min_raise": "1.00"}
    answer = await house.post("/api/v1/lots", json={"kind": "ascending", **lot}, headers=seller)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


async def auction(address: str) -> tuple[dict[int, Told], Counter[int], dict[int, dict[str, Any]]]:
    """Let everybody bid. What they were told of each lot, the count of each status, the lots afterwards."""
    chance = random.Random(7)
    told: dict[int, Told] = {}
    statuses: Counter[int] = Counter()
    limits = httpx.Limits(max_connections=AT_ONCE)
    async with httpx.AsyncClient(base_url=address, limits=limits, timeout=SECONDS) as house:
        await ready(house)
        people = [await enter(house, f"bidder{number}") for number in range(BIDDERS)]
        seller = await enter(house, "seller")
        for number in range(LOTS):
            told[await put_up(house, seller, number)] = Told()
        # The price climbs by a cent a bid; who comes late or early within the crowd is chance.
        ranks = sorted(range(BIDS), key=lambda rank: rank + chance.uniform(0, 2 * AT_ONCE))
        waiting = iter([(Decimal(100 + rank * 5) / 100, chance.choice([*told])) for rank in ranks])

        async def bid_on() -> None:
            for amount, lot in waiting:
                answer = await house.post(
                    f"/api/v1/lots/{lot}/bids", json={"amount": str(amount)}, headers=chance.choice(people)
                )
                statuses[answer.status_code] += 1
                (told[lot].taken if answer.status_code == 201 else told[lot].refused).append(amount)

        await asyncio.gather(*(bid_on() for _ in range(AT_ONCE)))
        lots = {lot: await standing(house, lot) for lot in told}
    return told, statuses, lots


async def standing(house: httpx.AsyncClient, lot: int) -> dict[str, Any]:
    """A lot as it stands, with the amounts of all its bids, the first one first."""
    found = (await house.get(f"/api/v1/lots/{lot}")).json()
    amounts: list[Decimal] = []
    while True:
        page = (await house.get(f"/api/v1/lots/{lot}/bids?limit=100&offset={len(amounts)}")).json()
        amounts += [Decimal(bid["amount"]) for bid in page["items"]]
        if len(amounts) >= page["total"] or not page["items"]:
            return {**found, "amounts": amounts[::-1]}


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_exactly_the_rightful_bids_stand(
    database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = (
        f"sqlite+aiosqlite:///{(tmp_path / 'gavel.db').as_posix()}"
        if database == "sqlite"
        else str(request.getfixturevalue("postgresql"))
    )
    log = tmp_path / "log"
    with serving(url, log) as address:
        told, statuses, lots = asyncio.run(auction(address))
    assert statuses.keys() == {201, 409}, (
        f"each bid stands or is refused: {statuses}\n{log.read_text()[-2000:]}"
    )
    assert statuses.total() == BIDS
    assert statuses[201] > BIDS / 100, f"a good part of them stands: {statuses}"
    for number, lot in lots.items():
        amounts = lot["amounts"]
        assert sorted(amounts) == sorted(told[number].taken), "who was told that a bid stands finds it there"
        steps = [later - earlier for earlier, later in pairwise(amounts)]
        assert min(steps) >= 1, "each bid is above the one before it by the least raise"
        assert Decimal(lot["price"]) == amounts[-1] == max(amounts), "the price is the last bid"
        assert lot["bid_count"] == len(amounts)
        highest = max(told[number].refused)
        assert highest < amounts[-1] + 1, "nobody was refused who offered enough"
