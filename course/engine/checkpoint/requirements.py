"""The mark that makes a test a requirement, and a reader of a file's requirements that imports nothing.

This module is imported by every checkpoint test and by the learner's kernel: standard library only.
"""

import ast
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

Test = TypeVar("Test", bound=Callable[..., object])


@dataclass(frozen=True)
class Requirement:
    """One requirement of a chapter: the test's name, the sentence that the learner reads, and its hints.

    Attributes:
        given: the text gives the code for it, so that it holds in the untouched starter.
        exercise: the exercise after which it holds; None where it is given, and in an exam.
    """

    id: str
    sentence: str
    hints: tuple[str, ...] = ()
    given: bool = False
    exercise: int | None = None


def requirement(
    *, exercise: int | None = None, hints: tuple[str, ...] = (), given: bool = False
) -> Callable[[Test], Test]:
    """Mark a test as a requirement. Its docstring's first line is the sentence that the learner reads.

    Args:
        exercise: the number of its exercise, which `%check` takes. Where it needs two, the later one.
        hints: the rungs of `%hint`: a question about the concept, where to look, the code with blanks.
        given: whether it already holds in the starter.
    """

    def mark(test: Test) -> Test:
        sentence = sentence_of(test.__doc__)
        made = Requirement(test.__name__, sentence, tuple(hints), given, exercise)
        test.__requirement__ = made  # type: ignore[attr-defined]
        return test

    return mark


def sentence_of(docstring: str | None) -> str:
    """The first line of a docstring; empty where there is none."""
    return (docstring or "").strip().split("\n")[0].strip()


def read(tests: Path) -> tuple[Requirement, ...]:
    """The requirements of a file of checkpoint tests, in their order, without importing it."""
    if not tests.exists():
        return ()
    tree = ast.parse(tests.read_text(encoding="utf-8"))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return tuple(_read(function) for function in functions if function.name.startswith("test_"))


def _read(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Requirement:
    options: dict[str, object] = {}
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and getattr(decorator.func, "id", "") == "requirement":
            options = {str(word.arg): ast.literal_eval(word.value) for word in decorator.keywords}
    hints, exercise = options.get("hints", ()), options.get("exercise")
    return Requirement(
        function.name,
        sentence_of(ast.get_docstring(function)),
        tuple(str(hint) for hint in hints) if isinstance(hints, tuple | list) else (),
        bool(options.get("given", False)),
        exercise if isinstance(exercise, int) else None,
    )
