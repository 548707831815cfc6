"""A crowd that watches one lot, on a real server: all stay, also when the service is started anew.

A measurement too: `COURSE_WATCHERS=300 pytest -s tests/servers/test_watchers.py` prints what it saw.
"""

import asyncio
import json
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx
import websockets

from course.engine import chapters
from tests.fixtures.postgresql import free_port
from tests.servers.test_crowd import enter, put_up, ready

WATCHERS = int(os.environ.get("COURSE_WATCHERS", "100"))
SECONDS = 60.0
"""How long the service and its watchers may take for one step."""


class Crowd:
    """Clients that watch one lot, each over its own connection; they connect again as the page does."""

    def __init__(self, address: str, size: int) -> None:
        self.address, self.size = address, size
        self.closed: Counter[int] = Counter()
        self.messages: Counter[str] = Counter()
        self.count: dict[int, int] = {}
        """For each client that is connected, the number of watchers that it was told last."""

    async def watch(self, number: int) -> None:
        delay = 0.5
        while True:
            with suppress(OSError, TimeoutError, websockets.WebSocketException):
                async with websockets.connect(self.address, open_timeout=SECONDS) as line:
                    delay = 0.5
                    await self._read(number, line)
            self.count.pop(number, None)
            await asyncio.sleep(delay)
            delay = min(2 * delay, 10)

    async def _read(self, number: int, line: websockets.ClientConnection) -> None:
        try:
            async for text in line:
                message = json.loads(text)
                self.messages[message["type"]] += 1
                if message["type"] == "watchers":
                    self.count[number] = message["count"]
        finally:
            if line.close_code is not None:
                self.closed[line.close_code] += 1

    async def all_know_each_other(self) -> None:
        """Wait until each client is connected and was told that all are."""
        with suppress(TimeoutError):
            async with asyncio.timeout(SECONDS):
                while [*self.count.values()] != [self.size] * self.size:  # noqa: ASYNC110 - there is no event for it
                    await asyncio.sleep(0.05)

    def seen(self) -> str:
        told = f"{len(self.count)} connected, counts {dict(Counter(self.count.values()))}"
        return f"{told}, closed {dict(self.closed)}, messages {dict(self.messages)}"


@asynccontextmanager
async def serving(port: int, database: Path) -> AsyncIterator[None]:
    """The newest checkpoint on one process."""
    settings = {
        "GAVEL_DATABASE_URL": f"sqlite+aiosqlite:///{database.as_posix()}",
        "GAVEL_LOG_LEVEL": "ERROR",
        "GAVEL_WATCHERS_PER_LOT": str(2 * WATCHERS),
        "GAVEL_WATCHERS_PER_CLIENT": str(2 * WATCHERS),
    }
    words = ["-m", "uvicorn", "app.main:app", "--port", str(port), "--log-level", "error"]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *words,
        cwd=chapters.numbered()[-1].checkpoint,
        env=os.environ | settings,
    )
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as house:
            await ready(house)
        yield
    finally:
        process.terminate()
        await asyncio.wait_for(process.wait(), SECONDS)


async def watching(database: Path) -> Crowd:
    """All connect at once; then the service is started anew, and all come back."""
    port = free_port()
    async with serving(port, database):
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=SECONDS) as house:
            lot = await put_up(house, await enter(house, "seller"), 1)
        crowd = Crowd(f"ws://127.0.0.1:{port}/api/v1/lots/{lot}/live", WATCHERS)
        tasks = [asyncio.create_task(crowd.watch(number)) for number in range(WATCHERS)]
        await crowd.all_know_each_other()
        print(f"{WATCHERS} at once: {crowd.seen()}")
        assert not crowd.closed, f"nobody is closed; {crowd.seen()}"
        assert len(crowd.count) == WATCHERS, f"all stay; {crowd.seen()}"
    crowd.messages.clear()
    async with serving(port, database):
        await crowd.all_know_each_other()
        print(f"after a restart: {crowd.seen()}")
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return crowd


def test_all_watchers_stay_also_after_a_restart(tmp_path: Path) -> None:
    crowd = asyncio.run(watching(tmp_path / "gavel.db"))
    assert set(crowd.closed) <= {1000, 1001, 1006, 1012}, f"nobody fell behind, 1013; {crowd.seen()}"
    assert crowd.messages["state"] == WATCHERS, f"each came back once; {crowd.seen()}"
