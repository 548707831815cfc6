"""A call with arguments that do not fit is told with what it was given and what is accepted."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from course.engine.report import Verdict
from course.engine.worker.app_import import import_problem
from course.engine.worker.calls import words_of_misfit
from course.engine.worker.place import Place
from course.engine.worker.verdicts import judged

Load = Callable[[str], ModuleType]
MAKE = """
def make(a, *, b=1):
    pass

def one():
    make()

def two():
    make(1, x + 2, b=3)

x = 1
"""


@pytest.fixture
def load(tmp_path: Path) -> Iterator[Load]:
    """Run the learner's `app/main.py` as a module that can be found by its name."""

    def run(source: str) -> ModuleType:
        file = tmp_path / "app" / "main.py"
        file.parent.mkdir(exist_ok=True)
        file.write_text(source)
        module = ModuleType("app.main")
        module.__file__ = str(file)
        sys.modules["app.main"] = module
        exec(compile(source, str(file), "exec"), vars(module))
        return module

    yield run
    sys.modules.pop("app.main", None)


def raised(work: Callable[[], object]) -> TypeError:
    with pytest.raises(TypeError) as caught:
        work()
    return caught.value


def test_an_unknown_keyword_is_told_with_what_is_accepted(load: Load, tmp_path: Path) -> None:
    source = "from fastapi import APIRouter\n\nrouter = APIRouter(prefixx='/lots', tags=['lots'])\n"
    error = raised(lambda: load(source))
    words = words_of_misfit(error, Place(tmp_path))
    assert words.startswith("`APIRouter(...)` was given `prefixx`, `tags`; it accepts `prefix`, `tags`, ")
    assert words.endswith("more. Did you mean `prefix`?")
    problem = import_problem(error, Place(tmp_path))
    assert problem.title == "The app cannot be built (app/main.py, line 3)"
    assert "unexpected keyword argument 'prefixx'. `APIRouter(...)` was given" in problem.words
    assert "APIRouter(prefixx=" in problem.detail


def test_a_missing_and_a_superfluous_argument_are_told(load: Load, tmp_path: Path) -> None:
    main = load(MAKE)
    assert words_of_misfit(raised(main.one), Place(tmp_path)) == (
        "`make(...)` was given no arguments; it accepts `a`, `b`"
    )
    assert words_of_misfit(raised(main.two), Place(tmp_path)) == (
        "`make(...)` was given `1`, `x + 2`, `b`; it accepts `a`, `b`"
    )


def test_another_type_error_is_left_alone(load: Load, tmp_path: Path) -> None:
    main = load("def add():\n    return 1 + 'a'\n")
    assert words_of_misfit(raised(main.add), Place(tmp_path)) == ""


def test_a_call_of_the_check_leads_to_the_learners_definition(load: Load, tmp_path: Path) -> None:
    main = load("x = 1\n\ndef create_app(config):\n    pass\n")
    planned = Verdict("test_it", 1, "It works.", "unknown")
    told = judged(planned, raised(lambda: main.create_app(settings=1)), [], Place(tmp_path))
    assert told.outcome == "broken"
    assert told.fault is not None
    assert told.fault.where == "app/main.py, line 3"
    assert "`create_app(...)` was given `settings` (the check calls it so)" in told.fault.message
    assert "it accepts `config`" in told.fault.message
