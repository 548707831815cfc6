"""What a checkpoint stands on is photographed, compared, and put back."""

import sys
import time
from collections.abc import Iterator
from types import ModuleType

import httpx2
import pytest
from fastapi.testclient import TestClient

from course.worker import trust


@pytest.fixture
def photograph() -> Iterator[trust.Photograph]:
    photograph = trust.Photograph()
    yield photograph
    photograph.restore()


def test_nothing_differs_while_nothing_is_touched(photograph: trust.Photograph) -> None:
    assert photograph.differences() == []


def test_a_replaced_function_of_a_module_is_named_and_put_back(photograph: trust.Photograph) -> None:
    sleep = time.sleep
    time.sleep = lambda seconds: None
    assert photograph.differences() == ["time.sleep"]
    photograph.restore()
    assert time.sleep is sleep
    assert photograph.differences() == []


def test_a_replaced_method_is_named(photograph: trust.Photograph) -> None:
    TestClient.get = lambda *_, **__: None  # type: ignore[method-assign, assignment]
    assert "starlette.testclient.TestClient.get" in photograph.differences()
    photograph.restore()
    assert "get" not in vars(TestClient), "it was inherited before"


def test_the_code_inside_a_function_counts(photograph: trust.Photograph) -> None:
    TestClient.__exit__.__code__ = (lambda self, *a: None).__code__
    assert photograph.differences() == ["starlette.testclient.TestClient.__exit__"]


def test_a_property_that_lies_is_named(photograph: trust.Photograph) -> None:
    httpx2.Response.text = "well"  # type: ignore[assignment, method-assign]
    assert photograph.differences() == ["httpx2.Response.text"]


def test_a_module_that_was_exchanged_is_named(photograph: trust.Photograph) -> None:
    sys.modules["json"] = ModuleType("json")
    assert photograph.differences() == ["json"]


def test_the_words_name_what_was_replaced_as_the_learner_knows_it() -> None:
    assert "`TestClient.get`" in trust.in_words(["starlette.testclient.TestClient.get"])
    assert "`print`" in trust.in_words(["builtins.print"])


def test_every_trusted_module_is_one_that_exists() -> None:
    from course.worker.session import Checking

    assert Checking.__module__ in trust.MODULES
    missing = [name for name in trust.MODULES if name not in sys.modules]
    assert not missing
