"""The build, on a course of two small chapters in a folder of its own."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from course import paths
from course.engine import chapters, projects
from course.errors import CourseError
from course.maintain.build import freshness
from course.maintain.build.command import main

FIRST = """\
---
kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
---

# The door

Some prose.

```{code-cell} ipython3
guess = 6  ### STUB guess = ...
guess
```

+++

More prose.

```{code-cell} ipython3
:tags: [exercise]
# %%add is for the learner's kernel; this cell only stands here
print("printed")
```
"""
SECOND = FIRST.replace("# The door", "# The hall")
BUILDS = '\n```{code-cell} ipython3\n:tags: [raises-exception]\n%%add app/main.py\nname = "NAME"\n```\n'


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    for name in ("TEXTS", "MISCONCEPTIONS", "NOTEBOOKS", "SOLUTIONS", "CHECKPOINTS", "TESTS"):
        monkeypatch.setattr(paths, name, tmp_path / getattr(paths, name).relative_to(paths.ROOT))
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    paths.TEXTS.mkdir(parents=True)
    (paths.TESTS / "checkpoints").mkdir(parents=True)
    (tmp_path / "requirements.txt").write_text("fastapi==0.165.0\n")
    (paths.TEXTS / "ch00_door.md").write_text(FIRST)
    (paths.TEXTS / "ch01_hall.md").write_text(SECOND + BUILDS.replace("NAME", "hall"))
    projects.forget()
    yield tmp_path
    projects.forget()


@pytest.fixture
def built(small: Path) -> Path:
    assert main(["0"]) == 0
    return small


def notebook(path: Path) -> dict[str, object]:
    read: dict[str, object] = json.loads(path.read_text(encoding="utf-8"))
    return read


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_learner_gets_stubs_and_no_outputs(built: Path) -> None:
    cells = notebook(built / "notebooks/ch00_door.ipynb")["cells"]
    assert isinstance(cells, list)
    assert [cell["id"] for cell in cells] == [f"ch00-{number:02}" for number in range(1, 5)]
    assert "".join(cells[0]["source"]).startswith("# Chapter 0 · The door")
    assert "".join(cells[1]["source"]) == "guess = ...\nguess"
    assert all(not cell["outputs"] for cell in cells if cell["cell_type"] == "code")


def test_the_solution_is_executed(built: Path) -> None:
    cells = notebook(built / "solutions/ch00_door.ipynb")["cells"]
    assert isinstance(cells, list)
    assert cells[1]["outputs"][0]["data"]["text/plain"] == ["6"]
    assert cells[3]["outputs"][0]["text"] == ["printed\n"]
    assert "execution" not in cells[1]["metadata"]


def test_a_second_build_changes_no_byte(built: Path) -> None:
    before = bytes_of(built)
    assert main(["--all", "0"]) == 0
    assert bytes_of(built) == before


def test_only_what_changed_is_executed_again(built: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = paths.TEXTS / "ch00_door.md"
    text.write_text(FIRST.replace("Some prose", "Other prose"))
    assert main(["0"]) == 0
    assert "executing" not in capsys.readouterr().out
    text.write_text(FIRST.replace("printed", "said"))
    assert main(["0"]) == 0
    assert "executing" in capsys.readouterr().out


def test_a_new_title_of_the_following_chapter_is_told_by_the_one_before(built: Path) -> None:
    hall = paths.TEXTS / "ch01_hall.md"
    hall.write_text(hall.read_text().replace("# The hall", "# The great hall"))
    projects.forget()
    assert freshness.stale(chapters.find(0))
    assert main(["0"]) == 0
    assert freshness.stale(chapters.find(0)) == []


def test_each_kind_of_staleness_is_named(built: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check", "0"]) == 0
    (built / "solutions/ch00_door.ipynb").write_text("{}")
    (built / "notebooks/ch00_door.ipynb").unlink()
    (built / "app_checkpoints/ch00_door/app/stray.py").write_text("")
    (built / "notebooks/ch77_other.ipynb").write_text("{}")
    (built / "notebooks/course.ipynb").write_text("{}")
    (paths.TEXTS / "ch00_door.md").write_text(FIRST + "\nMore.\n")
    capsys.readouterr()
    assert main(["--check"]) == 1
    said = capsys.readouterr().out
    for words in (
        "ch00_door is older than its text",
        "solutions/ch00_door.ipynb was changed by hand",
        "notebooks/ch00_door.ipynb is missing",
        "app_checkpoints/ch00_door/app/stray.py does not belong there",
        "notebooks/ch77_other.ipynb belongs to no chapter",
        "notebooks/course.ipynb belongs to no chapter",
        "ch01_hall was never built",
        "python3 -m course build",
    ):
        assert words in said


def test_what_running_a_checkpoint_leaves_is_not_stale(built: Path) -> None:
    left = built / "app_checkpoints/ch00_door"
    (left / "gavel.db").write_bytes(b"")
    (left / "app/__pycache__").mkdir()
    (left / "app/__pycache__/main.cpython-311.pyc").write_bytes(b"")
    assert freshness.stale(chapters.find(0)) == []


def test_a_checkpoint_is_the_one_before_with_the_chapters_build_cells(small: Path) -> None:
    hall = chapters.find(1)
    assert set(projects.project(hall)) == set(projects.start(hall)) | {"app/main.py"}
    assert projects.project(hall)["app/main.py"] == 'name = "hall"\n'
    assert projects.variant(hall, ["%%add app/main.py\nrooms = 2"])["app/main.py"].endswith("rooms = 2\n")


def test_a_build_cell_that_cannot_be_applied_names_its_text(small: Path) -> None:
    (paths.TEXTS / "ch01_hall.md").write_text(SECOND + BUILDS.replace('"NAME"', "="))
    with pytest.raises(CourseError, match=r"ch01_hall.md, the cell `%%add app/main.py`"):
        projects.project(chapters.find(1))


def test_from_chapter_one_on_a_notebook_says_how_the_course_works(small: Path) -> None:
    from course.engine import begin_here, notebooks

    door, hall = chapters.find(0), chapters.find(1)
    for solution in (False, True):
        assert notebooks.notebook(door, solution=solution).cells[0].source == (
            "# Chapter 0 · The door\n\nSome prose."
        )
        first = notebooks.notebook(hall, solution=solution).cells[0].source
        assert first.startswith(
            "# Chapter 1 · The hall\n\n**If you begin here:** [chapter 0](ch00_door.ipynb) explains"
        )
        assert first.endswith("with gaps.\n\nSome prose.")
        assert begin_here.removed(first, hall) == "# Chapter 1 · The hall\n\nSome prose."
    for word in ("%%add", "%given", "predict", "%check", "%hint"):
        assert f"`{word}" in first


GIVEN = BUILDS.replace(":tags: [raises-exception]", ":tags: [given]\n:given: the-name\n:what: A name.")


def test_given_code_is_one_cell_of_both_notebooks_and_is_in_the_checkpoint(small: Path) -> None:
    from course.engine import notebooks

    second = BUILDS.replace(":tags: [raises-exception]", ":tags: [given]\n:given: the-name")
    (paths.TEXTS / "ch00_door.md").write_text(FIRST + GIVEN + second.replace("name =", "other ="))
    door = chapters.find(0)
    for solution in (False, True):
        cells = notebooks.notebook(door, solution=solution).cells
        assert [cell.id for cell in cells] == [f"ch00-{number:02}" for number in range(1, 6)]
        assert (cells[-1].source, cells[-1].metadata.tags) == ("%given the-name", ["given"])
    assert projects.project(door)["app/main.py"] == 'name = "NAME"\nother = "NAME"\n'
    assert projects.project(door, stubs=True) == projects.project(door)


def test_given_code_that_does_not_say_what_it_is_for_stops_the_build(small: Path) -> None:
    (paths.TEXTS / "ch01_hall.md").write_text(SECOND + GIVEN.replace(":what: A name.\n", ""))
    with pytest.raises(CourseError, match=r"ch01_hall.md, line \d+: `the-name` does not say what it is for"):
        main(["1"])
    assert not (small / "app_checkpoints/ch01_hall").exists()


@pytest.mark.parametrize("source", ["print(object())", "import os\nprint(os.getcwd())", "1 / 0"])
def test_a_solution_that_varies_or_raises_is_refused(small: Path, source: str) -> None:
    (paths.TEXTS / "ch00_door.md").write_text(FIRST.replace('print("printed")', source))
    with pytest.raises(CourseError, match=r"ch00_door"):
        main(["0"])
