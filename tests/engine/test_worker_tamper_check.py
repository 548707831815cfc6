"""What a checkpoint stands on is photographed, compared, and put back."""

import json
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


def test_every_trusted_module_is_one_that_exists(snapshot: tamper_check.Snapshot) -> None:
    missing = [name for name in tamper_check.MODULES if name not in sys.modules]
    assert not missing


def test_a_method_of_a_class_of_the_course_is_named_and_put_back() -> None:
    from course.engine.worker.pytest_session import Checking

    usual = Checking._try
    snapshot = tamper_check.Snapshot()
    Checking._try = None  # type: ignore[assignment, method-assign]
    assert snapshot.differences() == ["course.engine.worker.pytest_session.Checking._try"]
    snapshot.restore()
    assert Checking._try is usual


def test_a_name_that_hides_one_of_pythons_is_named_and_goes() -> None:
    module = ModuleType("tests.of_a_chapter")
    snapshot = tamper_check.Snapshot(module)
    module.len = module.further = len  # type: ignore[attr-defined]
    assert snapshot.differences() == ["of_a_chapter.len"]
    snapshot.restore()
    assert not hasattr(module, "len")


def test_an_object_with_a_method_of_its_own_is_named_and_put_back() -> None:
    class Test:
        name = "test_a"

        def run(self) -> None: ...

    test = Test()
    snapshot = tamper_check.Snapshot(test)
    test.run = lambda: None  # type: ignore[method-assign]
    assert snapshot.differences() == ["test_a.run"]
    snapshot.restore()
    assert not vars(test)


def test_what_a_function_holds_is_compared_and_put_back() -> None:
    word = "true"

    def said() -> str:
        return word

    snapshot = tamper_check.Snapshot(said)
    assert said.__closure__ is not None
    said.__closure__[0].cell_contents = "false"
    assert snapshot.differences() == ["said"]
    snapshot.restore()
    assert said() == "true"


def test_a_trace_function_is_named_and_goes() -> None:
    before = sys.gettrace()
    snapshot = tamper_check.Snapshot()
    sys.settrace(lambda *_: None)
    try:
        found = snapshot.differences()
        snapshot.restore()
        assert found == ["sys.settrace"]
        assert sys.gettrace() is before
    finally:
        sys.settrace(before)


def test_a_known_way_to_write_datetimes_is_no_forgery(snapshot: tamper_check.Snapshot) -> None:
    usual = json.JSONEncoder.default
    json.JSONEncoder.default = lambda self, o: str(o)  # type: ignore[method-assign]
    try:
        assert snapshot.differences() == []
    finally:
        json.JSONEncoder.default = usual  # type: ignore[method-assign]
