"""What a checkpoint stands on is photographed, compared, and put back."""

import sys
import time
from collections.abc import Iterator
from types import ModuleType

import httpx2
import pytest
from fastapi.testclient import TestClient

from course.engine.worker import tamper_check


@pytest.fixture
def snapshot() -> Iterator[tamper_check.Snapshot]:
    snapshot = tamper_check.Snapshot()
    yield snapshot
    snapshot.restore()


def test_nothing_differs_while_nothing_is_touched(snapshot: tamper_check.Snapshot) -> None:
    assert snapshot.differences() == []


def test_a_replaced_function_of_a_module_is_named_and_put_back(snapshot: tamper_check.Snapshot) -> None:
    sleep = time.sleep
    time.sleep = lambda seconds: None
    assert snapshot.differences() == ["time.sleep"]
    snapshot.restore()
    assert time.sleep is sleep
    assert snapshot.differences() == []


def test_a_replaced_method_is_named(snapshot: tamper_check.Snapshot) -> None:
    TestClient.get = lambda *_, **__: None  # type: ignore[method-assign, assignment]
    assert "starlette.testclient.TestClient.get" in snapshot.differences()
    snapshot.restore()
    assert "get" not in vars(TestClient), "it was inherited before"


def test_the_code_inside_a_function_counts(snapshot: tamper_check.Snapshot) -> None:
    TestClient.__exit__.__code__ = (lambda self, *a: None).__code__
    assert snapshot.differences() == ["starlette.testclient.TestClient.__exit__"]


def test_a_property_that_lies_is_named(snapshot: tamper_check.Snapshot) -> None:
    httpx2.Response.text = "well"  # type: ignore[assignment, method-assign]
    assert snapshot.differences() == ["httpx2.Response.text"]


def test_a_module_that_was_exchanged_is_named(snapshot: tamper_check.Snapshot) -> None:
    sys.modules["json"] = ModuleType("json")
    assert snapshot.differences() == ["json"]


def test_the_words_name_what_was_replaced_as_the_learner_knows_it() -> None:
    assert "`TestClient.get`" in tamper_check.in_words(["starlette.testclient.TestClient.get"])
    assert "`print`" in tamper_check.in_words(["builtins.print"])


def test_every_trusted_module_is_one_that_exists() -> None:
    from course.engine.worker.pytest_session import Checking

    assert Checking.__module__ in tamper_check.MODULES
    missing = [name for name in tamper_check.MODULES if name not in sys.modules]
    assert not missing
