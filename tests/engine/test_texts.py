import pytest

from course.engine import texts
from course.errors import CourseError

BLOCK = """\
def health():
    ### BEGIN SOLUTION
    return {"status": "ok"}
    ### STUB
    return {"status": "____"}
    ### END SOLUTION"""


def test_the_solution_keeps_what_stands_between_the_marks() -> None:
    assert texts.solved(BLOCK) == 'def health():\n    return {"status": "ok"}'


def test_the_learner_gets_the_stub_instead() -> None:
    assert texts.stubbed(BLOCK) == 'def health():\n    return {"status": "____"}'


def test_without_a_stub_the_learner_gets_an_ellipsis_at_the_same_depth() -> None:
    source = "def health():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION\n"
    assert texts.stubbed(source) == "def health():\n    ...\n"


def test_an_empty_stub_leaves_nothing() -> None:
    source = "### BEGIN SOLUTION\na = 1\n### STUB\n### END SOLUTION"
    assert texts.stubbed(source) == ""


def test_a_mark_within_a_line_swaps_the_line() -> None:
    source = "    guess = 404  ### STUB guess = ...  # a status code"
    assert texts.solved(source) == "    guess = 404"
    assert texts.stubbed(source) == "    guess = ...  # a status code"


@pytest.mark.parametrize(
    "source",
    [
        "### BEGIN SOLUTION\na = 1",
        "a = 1\n### END SOLUTION",
        "### STUB\na = 1\n### END SOLUTION",
        "### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION",
    ],
)
def test_marks_that_do_not_match_are_refused(source: str) -> None:
    with pytest.raises(CourseError, match="do not match"):
        texts.solved(source)


def test_only_cells_with_marks_are_exercises() -> None:
    assert texts.is_exercise(BLOCK)
    assert not texts.is_exercise("a = 1")


TEXT = """\
# A title

```{code-cell} ipython3
:tags: [exercise, raises-exception]

%%add app/main.py
a = 1  ### STUB a = ...
```

```python
%%write app/b.py
b = 2
```

```
%%write app/c.py
not a cell
```

```{code-cell} ipython3
print("%%add app/main.py")
```
"""


def test_code_cells_are_the_fences_that_run() -> None:
    cells = texts.code_cells(TEXT)
    assert [cell.builds for cell in cells] == [True, True, False]
    assert cells[0].tags == ("exercise", "raises-exception")
    assert cells[0].source == "%%add app/main.py\na = 1  ### STUB a = ..."


def test_build_cells_come_solved_or_with_stubs() -> None:
    assert texts.build_cells(TEXT) == ["%%add app/main.py\na = 1", "%%write app/b.py\nb = 2"]
    assert texts.build_cells(TEXT, stubs=True)[0] == "%%add app/main.py\na = ..."
