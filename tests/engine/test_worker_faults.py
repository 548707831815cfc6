"""What an exception means, in words that only say what its own message proves."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi import Depends, FastAPI
from pydantic import BaseModel, ConfigDict

from course.engine.worker.faults import meaning_of
from course.engine.worker.place import Place


class Bid(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    amount: int


async def find() -> None:
    """A query that is not awaited below."""


def not_awaited(use: Callable[[object], object]) -> Exception:
    waiting = find()
    try:
        use(waiting)
    except Exception as error:
        return error
    finally:
        waiting.close()
    raise AssertionError("this raises nothing")


def unpacked(result: object) -> None:
    _, _ = result  # type: ignore[misc]


@pytest.mark.parametrize(
    "use",
    [
        lambda result: result.url,
        unpacked,
        lambda result: result["title"],
        list,
        lambda result: result + 1,
        json.dumps,
        Bid.model_validate,
    ],
)
def test_a_coroutine_in_place_of_its_result_is_named(use: Callable[[object], object], tmp_path: Path) -> None:
    assert "write `await` before the call" in meaning_of(not_awaited(use), Place(tmp_path))


def test_a_dependency_that_was_called_is_named(tmp_path: Path) -> None:
    def depend_on(result: object) -> None:
        def endpoint(found: object = Depends(result)) -> None:  # type: ignore[arg-type]
            """It depends on what is no function."""

        FastAPI().get("/")(endpoint)

    assert "name without parentheses" in meaning_of(not_awaited(depend_on), Place(tmp_path))


@pytest.mark.parametrize(
    "error",
    [
        TypeError("a coroutine was expected"),
        RuntimeError("cannot reuse already awaited coroutine"),
        AttributeError("'Lot' object has no attribute 'url'"),
    ],
)
def test_other_messages_are_not_explained_by_it(error: Exception, tmp_path: Path) -> None:
    assert meaning_of(error, Place(tmp_path)) == ""
