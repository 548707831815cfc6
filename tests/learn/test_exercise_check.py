"""`%check 2` and `course check 0.2`: the requirements of one exercise, and what comes next."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from course import paths
from course.engine import checkpoint, exercises, projects, stages
from course.engine.chapters import Chapter
from course.engine.report import Fault, Verdict
from course.learn import commands, exercise_check, hints, progress, progress_table, workspace

Two = tuple[Chapter, Chapter]

TEXT = """---
stages:
- "Build: the door"
- "The bell"
---

# Doors

## Build: the door

```{code-cell} ipython3
%%write app/main.py
from fastapi import FastAPI

app = FastAPI()
```

**Exercise 1.** Write the words of the door.

```{code-cell} ipython3
:tags: [exercise]
%%write app/words.py
### BEGIN SOLUTION
WORDS = "come in"
### STUB
WORDS = "____"
### END SOLUTION
```

```{code-cell} ipython3
%%add app/main.py
from .words import WORDS


@app.get("/")
async def door() -> str:
    return WORDS
```

## The bell

**Exercise 2.** Let `GET /bell` ring.

```{code-cell} ipython3
:tags: [exercise]
%%add app/main.py
### BEGIN SOLUTION
@app.get("/bell")
async def bell() -> str:
    return "ring"
### STUB
# Write it here.
### END SOLUTION
```
"""
TESTS = '''
from course.engine.checkpoint.requirements import requirement


@requirement(exercise=1, hints=("Which words?", "app/words.py", 'WORDS = "____"'))
def test_the_door_has_words(service):
    """The door says `come in`."""
    with service.client() as client:
        assert client.get("/").json() == "come in", "the words are `come in`"


@requirement(exercise=1, hints=("Which type?", "app/words.py", 'WORDS = "____"'))
def test_the_words_are_short(service):
    """The words have two parts."""
    assert len(service.module("words").WORDS.split()) == 2, "two parts"


@requirement(exercise=2, hints=("Which path?", "app/main.py", '@app.get("____")'))
def test_the_bell_rings(service):
    """The bell rings."""
    with service.client() as client:
        assert client.get("/bell").json() == "ring", "it rings"


@requirement(given=True)
def test_there_is_an_app(service):
    """There is an app."""
    assert service.create_app(), "an app"
'''
STAGES = {
    "of": 2,
    "exercises": {"0": {"at": [1, 60], "after": [1, 60]}, "1": {"at": [1, 42], "after": [2, 33]}},
}


@pytest.fixture
def doors(two_chapters: Two, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Chapter]:
    """Chapter 0 with two exercises, three requirements of theirs, and no minutes yet."""
    first, _ = two_chapters
    monkeypatch.setattr(paths, "TESTS", tmp_path / "tests")
    monkeypatch.setattr(stages, "_read", lambda chapter: STAGES if chapter == first else {})
    first.text.write_text(TEXT, encoding="utf-8")
    first.tests.parent.mkdir(parents=True)
    first.tests.write_text(TESTS, encoding="utf-8")
    projects.forget()
    yield first
    projects.forget()
    checkpoint.cool()


BEGUN = "from fastapi import FastAPI\n\napp = FastAPI()\n"


def begin(doors: Chapter, words: str) -> None:
    workspace.start(doors)
    projects.materialise({"app/main.py": BEGUN, "app/words.py": f'WORDS = "{words}"\n'}, doors.project)


def test_an_exercise_holds_before_the_cells_that_connect_it(notebook: Any, doors: Chapter) -> None:
    begin(doors, "come in")
    notebook.run("%chapter 0")
    seen = notebook.run("%check 1")
    assert seen.text == (
        "[holds] The door says `come in`.\n[holds] The words have two parts.\n"
        "Exercise 1 holds. Go on with exercise 2, in the section “The bell”. "
        "Stage 2 of 2, about 35 minutes left."
    )
    assert (doors.project / "app" / "main.py").read_text(encoding="utf-8") == BEGUN, "nothing was changed"
    assert progress.load().of(doors) == progress.Record(exercises=(1,))


def test_the_first_failure_is_shown_in_full_and_the_others_in_a_line(notebook: Any, doors: Chapter) -> None:
    begin(doors, "____")
    notebook.run("%chapter 0")
    seen = notebook.run("%check 1")
    assert "expected: the words are `come in`" in seen.text
    assert "[does not hold yet] The words have two parts." in seen.text
    assert "two parts\n" not in seen.text.split("The words have two parts.")[1]
    assert exercise_check.ADDED in seen.text
    assert "Exercise 1: 0 of 2 requirements hold. Type `%hint`" in seen.text
    assert seen.text.endswith("Stage 1 of 2, about 40 minutes left.")
    assert "The bell rings" not in seen.text
    assert "For: Exercise 1: The door says `come in`." in notebook.run("%hint").text


def test_a_regression_is_forgotten_as_held(doors: Chapter) -> None:
    begin(doors, "come in")
    exercise = exercises.of(doors)[0]
    assert exercise_check.check(doors, exercise).holds
    begin(doors, "____")
    assert not exercise_check.check(doors, exercise).holds
    assert progress.load().of(doors).exercises == ()
    assert not progress.load().of(doors).passed


def test_a_check_without_a_number_lists_the_exercises(notebook: Any, doors: Chapter) -> None:
    begin(doors, "come in")
    notebook.run("%chapter 0")
    listed = "Chapter 0 has 2 exercises: `%check 1` (Build: the door), `%check 2` (The bell)."
    assert notebook.run("%check").text == f"Say which exercise to check.\n{listed}"
    assert notebook.run("%check 7").text == f"There is no exercise 7.\n{listed}"


def test_a_chapter_without_exercises_says_so(notebook: Any, two_chapters: Two) -> None:
    notebook.run("%chapter 1")
    assert "Chapter 1 has no exercises." in notebook.run("%check 1").text


def test_the_terminal_checks_one_exercise(doors: Chapter, capsys: Any) -> None:
    begin(doors, "come in")
    assert commands.check("0.1") == 0
    assert "Exercise 1 holds." in capsys.readouterr().out
    assert commands.check("0.2") == 1
    assert "Type `course hint` for a hint" in capsys.readouterr().out
    assert hints.last(doors.project) is not None
    assert commands.check("0.9") == 2
    assert "`course check 0.1` (Build: the door)" in capsys.readouterr().err


def test_a_file_that_is_no_python_is_checked_as_it_is(doors: Chapter) -> None:
    begin(doors, "come in")
    (doors.project / "app" / "main.py").write_text("app = (\n", encoding="utf-8")
    found = exercise_check.check(doors, exercises.of(doors)[0])
    assert found.result.problem is not None
    assert "could not be checked yet" in exercise_check.report(doors, found, "%hint").text


def test_a_fault_is_told_with_the_line_of_the_learners_file() -> None:
    """The check adds imports at the top of a file, which moves what is below."""
    files = {"app/main.py": "x = 1\ny = 1 / 0\nz = 1\nz = 1\n"}
    for code, line in (("y = 1 / 0", 2), ("z = 1", 0), ("not there", 0)):
        fault = Fault("ZeroDivisionError", "division by zero", "app/main.py", 9, code)
        told = exercise_check._in(Verdict("test_it", 0, "It works.", "broken", fault=fault), files)
        assert told.fault is not None
        assert told.fault.line == line


def test_progress_says_in_which_stage_the_learner_is(doors: Chapter) -> None:
    begin(doors, "come in")
    assert "begun. Stage 1 of 2, about 60 minutes left." in progress_table.progress_table().text
    progress.exercise_checked(doors, 1, holds=True)
    assert "begun. Stage 2 of 2, about 35 minutes left." in progress_table.progress_table().text
    stored = json.loads(progress.location().read_text(encoding="utf-8"))
    assert stored["chapters"]["ch00_doors"]["exercises"] == [1]


def test_a_full_check_counts_its_exercises(doors: Chapter, capsys: Any) -> None:
    begin(doors, "come in")
    projects.materialise({"app/main.py": projects.project(doors)["app/main.py"]}, doors.project)
    assert commands.check("0") == 0
    record = progress.load().of(doors)
    assert (record.passed, record.exercises) == (True, (1, 2))


def test_the_next_chapter_is_a_link_in_the_notebook(notebook: Any, doors: Chapter) -> None:
    begin(doors, "come in")
    projects.materialise({"app/main.py": projects.project(doors)["app/main.py"]}, doors.project)
    notebook.run("%chapter 0")
    seen = notebook.run("%checkpoint")
    assert '<a href="ch01_rooms.ipynb"><code>notebooks/ch01_rooms.ipynb</code></a>' in seen.html
    assert "`notebooks/ch01_rooms.ipynb`" in seen.text
