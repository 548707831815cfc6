"""What a test raised becomes a verdict that tells the learner's mistake from the course's."""

import gc
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import BaseModel

from course.engine.checkpoint.raised import stubs
from course.engine.report import Exchange, Verdict
from course.engine.worker.place import Place
from course.engine.worker.verdicts import judged

PLANNED = Verdict("test_it", 1, "It works.", "unknown", hints=("why?",))
SEEN = [Exchange("GET", "/", "", 200, "{}")]

Load = Callable[[str], ModuleType]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Make the learner's `app/main.py`, and run it."""

    def run(source: str) -> ModuleType:
        file = tmp_path / "app" / "main.py"
        file.parent.mkdir(exist_ok=True)
        file.write_text(source)
        module = ModuleType("app.main")
        exec(compile(source, str(file), "exec"), vars(module))
        return module

    return run


def verdict(test: Callable[[], object], place: Path, unwritten: Sequence[str] = ()) -> Verdict:
    """The verdict on a test: what it raises is judged."""
    error = None
    try:
        test()
    except BaseException as raised:
        error = raised
    return judged(PLANNED, error, SEEN, Place(place), unwritten)


def test_a_test_that_comes_to_its_end_holds(tmp_path: Path) -> None:
    told = verdict(lambda: None, tmp_path)
    assert told.outcome == "holds"
    assert told.exchanges == ()
    assert told.hints == ("why?",)


def test_the_message_of_an_assertion_is_what_was_expected_and_the_rest_is_detail(tmp_path: Path) -> None:
    def test() -> None:
        raise AssertionError(
            "the answer is 201\nassert 200 == 201\n +  where 200 = <Response at 0x7f00aa>.status_code"
        )

    told = verdict(test, tmp_path)
    assert told.outcome == "fails"
    assert told.expected == "the answer is 201"
    assert told.detail == "assert 200 == 201\n +  where 200 = <Response>.status_code"


def test_pytest_fail_is_a_requirement_that_does_not_hold(tmp_path: Path) -> None:
    told = verdict(lambda: pytest.fail("the service starts"), tmp_path)
    assert (told.outcome, told.expected) == ("fails", "the service starts")


def test_pytest_raises_without_a_raise_is_a_requirement_that_does_not_hold(tmp_path: Path) -> None:
    def test() -> None:
        with pytest.raises(ValueError, match="price"):
            pass

    told = verdict(test, tmp_path)
    assert told.outcome == "fails"
    assert "DID NOT RAISE" in told.expected


def test_an_exception_in_the_learners_code_names_their_line(tmp_path: Path, load: Load) -> None:
    main = load("def price(lot):\n    return lot['price']\n")
    told = verdict(lambda: main.price({}), tmp_path)
    assert told.outcome == "broken"
    assert told.fault is not None
    assert (told.fault.kind, told.fault.where) == ("KeyError", "app/main.py, line 2")
    assert told.fault.code == "return lot['price']"
    assert "app/main.py, line 2, in price" in told.detail


def test_an_assertion_of_the_learners_own_is_their_fault_and_not_our_expectation(
    tmp_path: Path, load: Load
) -> None:
    main = load("def check():\n    assert False, 'never'\n")
    told = verdict(main.check, tmp_path)
    assert told.outcome == "broken"
    assert told.fault is not None
    assert told.fault.message == "never"


def test_an_exercise_that_is_still_a_stub_is_to_do(tmp_path: Path, load: Load) -> None:
    main = load("def health():\n    raise NotImplementedError('Exercise 2: answer')\n")
    told = verdict(main.health, tmp_path)
    assert (told.outcome, told.expected, told.exchanges) == ("open", "Exercise 2: answer", ())


def test_a_stub_that_became_a_status_code_is_to_do(tmp_path: Path, load: Load) -> None:
    load("def health():\n    return {}\n")

    def check() -> None:
        raise AssertionError("GET /health responds with 200; it responded with 500")

    told = verdict(check, tmp_path, unwritten=["Exercise 2: answer"])
    assert (told.outcome, told.expected, told.exchanges) == ("open", "Exercise 2: answer", ())
    assert verdict(check, tmp_path).outcome == "fails"


def test_a_stub_in_a_request_is_noted() -> None:
    app = FastAPI()

    @app.get("/health")
    def check_health() -> None:
        raise NotImplementedError("Exercise 2: answer")

    stubs.clear()
    assert TestClient(app, raise_server_exceptions=False).get("/health").status_code == 500
    assert stubs[:1] == ["Exercise 2: answer"]
    stubs.clear()


def test_another_not_implemented_error_is_a_fault(tmp_path: Path, load: Load) -> None:
    main = load("def health():\n    raise NotImplementedError\n")
    assert verdict(main.health, tmp_path).outcome == "broken"


def test_one_exception_in_a_group_is_told_as_itself(tmp_path: Path, load: Load) -> None:
    main = load("def start():\n    raise ExceptionGroup('tasks', [ValueError('no database')])\n")
    told = verdict(main.start, tmp_path)
    assert told.fault is not None
    assert (told.fault.kind, told.fault.message) == ("ValueError", "no database")


def test_a_name_that_is_not_there_yet_is_a_requirement_that_does_not_hold(tmp_path: Path, load: Load) -> None:
    main = load("app = 1\n")
    told = verdict(lambda: main.create_app, tmp_path)
    assert told.outcome == "fails"
    assert "create_app" in told.expected


def test_a_module_that_is_not_there_yet_is_named_as_a_file(tmp_path: Path) -> None:
    def test() -> None:
        raise ModuleNotFoundError("No module named 'app.config'", name="app.config")

    told = verdict(test, tmp_path)
    assert told.outcome == "fails"
    assert "`app/config.py`" in told.expected


def test_a_field_that_is_not_in_the_answer_is_named(tmp_path: Path) -> None:
    answer: dict[str, str] = {}
    told = verdict(lambda: answer["id"], tmp_path)
    assert told.outcome == "fails"
    assert told.expected == "the response has a field 'id', and there is none in it"


@pytest.mark.filterwarnings("ignore:coroutine 'held' was never awaited")
@pytest.mark.parametrize(
    ("source", "options", "words"),
    [
        (
            "@asynccontextmanager\nasync def held(app):\n    pass",
            "lifespan=held",
            "the lifespan has no `yield`",
        ),
        (
            "@asynccontextmanager\nasync def held():\n    yield",
            "dependencies=[Depends(held)]",
            "without `@asynccontextmanager`",
        ),
    ],
)
def test_an_object_that_is_no_async_iterator_is_explained_by_where_it_stands(
    tmp_path: Path, load: Load, source: str, options: str, words: str
) -> None:
    top = "from contextlib import asynccontextmanager\nfrom fastapi import Depends, FastAPI\n"
    app = load(f"{top}{source}\napp = FastAPI({options})\napp.get('/')(lambda: 1)\n").app

    def test() -> None:
        with TestClient(app) as client:
            client.get("/")

    told = verdict(test, tmp_path)
    gc.collect()  # the coroutine that nobody awaited goes here, under this test's filter
    assert told.fault is not None
    assert words in told.fault.message


def test_a_setting_that_is_not_there_is_named_and_not_its_error_code(tmp_path: Path) -> None:
    class Settings(BaseModel, extra="forbid"):
        a: int = 1

    told = verdict(lambda: Settings.model_validate({"token_minutes": 7}), tmp_path)
    assert told.expected == "`Settings` has a field `token_minutes`, and there is none yet"
    told = verdict(lambda: Settings.model_validate({"a": "x"}), tmp_path)
    assert told.expected.startswith("`Settings` accepts what the check gives it for `a`: ")
