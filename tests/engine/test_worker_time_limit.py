"""Where the learner's code is: the line that runs in a thread, or the one that a task awaits."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from course.engine.report import Fault
from course.engine.worker.place import Place
from course.engine.worker.time_limit import TimeLimit, current_line

Load = Callable[[str], dict[str, Any]]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def run(source: str) -> dict[str, Any]:
        file = tmp_path / "app" / "main.py"
        file.parent.mkdir(exist_ok=True)
        file.write_text(source)
        names: dict[str, Any] = {}
        exec(compile(source, str(file), "exec"), names)
        return names

    return run


def test_the_line_that_runs_in_another_thread_is_found(tmp_path: Path, load: Load) -> None:
    wait = load("def wait(begun, end):\n    begun.set()\n    end.wait()\n")["wait"]
    begun, end = threading.Event(), threading.Event()
    thread = threading.Thread(target=wait, args=(begun, end))
    thread.start()
    begun.wait()
    fault = current_line(Place(tmp_path))
    while fault is not None and fault.line != 3:  # the thread may not have come to its last line
        fault = current_line(Place(tmp_path))
    end.set()
    thread.join()
    assert fault == Fault("", "", "app/main.py", 3, "end.wait()")


async def _found_while(waiting: Any, place: Path) -> Fault | None:
    task = asyncio.ensure_future(waiting)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    fault = current_line(Place(place))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    return fault


def test_the_innermost_line_that_a_task_awaits_is_found(tmp_path: Path, load: Load) -> None:
    names = load(
        "import asyncio\n\nasync def bid():\n    await asyncio.Event().wait()\n\n"
        "async def handler():\n    await bid()\n"
    )
    fault = asyncio.run(_found_while(names["handler"](), tmp_path))
    assert fault is not None
    assert (fault.line, fault.code) == (4, "await asyncio.Event().wait()")


def test_a_line_behind_an_async_generator_is_found(tmp_path: Path, load: Load) -> None:
    names = load("import asyncio\n\nasync def lifespan():\n    await asyncio.Event().wait()\n    yield\n")

    async def start() -> None:
        async with asynccontextmanager(names["lifespan"])():
            raise AssertionError("it never starts")

    fault = asyncio.run(_found_while(start(), tmp_path))
    assert fault is not None
    assert fault.line == 4


def test_nothing_of_the_project_is_nowhere(tmp_path: Path) -> None:
    assert current_line(Place(tmp_path)) is None


def test_the_watch_tells_once_and_only_when_time_is_nearly_up(tmp_path: Path, load: Load) -> None:
    told: list[Fault] = []
    heard = threading.Event()

    def tell(fault: Fault) -> None:
        told.append(fault)
        heard.set()

    watch = TimeLimit(Place(tmp_path), tell)
    watch.begin(1000.0)
    watch.end()
    assert told == []
    wait = load("def wait(heard):\n    heard.wait()\n")["wait"]
    watch.begin(0.01)
    wait(heard)
    watch.end()
    assert [fault.line for fault in told] == [2]
