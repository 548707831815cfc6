"""The exam of a part: a text without a predecessor, which is nobody's predecessor either."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jupytext  # noqa: F401  # what makes the notebooks; where it is missing, plain `pytest` leaves this file out
import pytest

from course import paths
from course.engine import chapters, checkpoint, notebooks, project_files, projects, texts
from course.engine.chapters import Chapter
from course.engine.report import Result, Verdict, as_text
from course.errors import CourseError
from course.learn import progress, workspace
from course.learn.progress_table import progress_table

EXAM = """\
# The tool shed

```{code-cell} ipython3
:tags: [skeleton]
%%write app/main.py
x = 1
```

```{code-cell} ipython3
# Your cells.
```

```{code-cell} ipython3
:tags: [solution]
%%write app/tools.py
hammer = 1
```
"""


@pytest.fixture
def exam(two_chapters: tuple[Chapter, Chapter]) -> Iterator[Chapter]:
    """The exam of Part I, after the chapters 0 (doors) and 1 (rooms)."""
    (paths.TEXTS / "exam_part1.md").write_text(EXAM, encoding="utf-8")
    (paths.TEXTS / "notes.md").write_text("no text of the course\n", encoding="utf-8")
    projects.forget()
    yield chapters.exams()[0]
    projects.forget()


@pytest.mark.parametrize("name", ["exam", "exam_part1", "part1", " EXAM "])
def test_an_exam_is_found_under_each_of_its_names(exam: Chapter, name: str) -> None:
    assert chapters.find(name) == exam


def test_an_exam_comes_after_all_chapters_and_is_nobodys_neighbour(exam: Chapter) -> None:
    doors, rooms, last = chapters.contents()
    assert last == exam
    assert chapters.numbered() == (doors, rooms)
    assert (exam.previous, exam.following, rooms.following) == (None, None, None)
    assert exam.road == (exam,)


def test_a_chapter_and_an_exam_say_what_they_are_called(exam: Chapter) -> None:
    doors = chapters.find(0)
    assert (doors.called, doors.subject, doors.label, doors.typed) == ("chapter 0", *["Chapter 0"] * 2, "0")
    assert (exam.called, exam.subject) == ("the exam of Part I", "The exam of Part I")
    assert (exam.label, exam.typed) == ("Part I exam", "exam_part1")


def test_an_unknown_chapter_is_refused_with_the_exam_among_the_choices(exam: Chapter) -> None:
    with pytest.raises(CourseError, match=r"1 \(rooms\), exam_part1"):
        chapters.find("99")


def test_an_exam_starts_from_its_skeleton_under_its_own_name(exam: Chapter) -> None:
    started = workspace.start(exam)
    assert "The exam of Part I starts from the skeleton" in started.sentence
    assert sorted(project_files.read(exam.project)) == ["README.md", "app/__init__.py", "app/main.py"]
    assert "Gavel" not in (exam.project / "app/__init__.py").read_text(encoding="utf-8")


def test_the_learner_does_not_get_the_cells_of_the_solution(exam: Chapter) -> None:
    text = exam.text.read_text(encoding="utf-8")
    assert len(texts.build_cells(text)) == 1
    assert texts.build_cells(text, stubs=True) == []
    assert "app/tools.py" in projects.project(exam)
    assert "app/tools.py" not in projects.project(exam, stubs=True)
    learners, ours = (notebooks.notebook(exam, solution=solution).cells for solution in (False, True))
    assert [cell.id for cell in learners] == ["exam-01", "exam-02", "exam-03"]
    assert learners[0].source == "# Part I exam · The tool shed"
    assert [cell.source for cell in ours][:3] == [cell.source for cell in learners]
    assert (learners[1].cell_type, learners[1].source) == ("markdown", "```python\nx = 1\n```")
    assert projects.project(exam, stubs=True)["app/main.py"] == "x = 1\n"
    assert ours[3].source.startswith("%%write app/tools.py")


def test_the_road_counts_chapters_and_names_the_exam(exam: Chapter) -> None:
    progress.checked(exam, passed=True, holds=3, of=3, fingerprint="3f")
    assert progress_table().text.split("\n") == [
        "0 of 2 chapters passed.",
        "     0  Doors          not begun",
        "     1  Rooms          not begun",
        "  exam  The tool shed  passed",
    ]


def test_a_report_on_an_exam_calls_it_by_its_name(exam: Chapter) -> None:
    held = Verdict("test_a", exam.number, "It is so.", "holds")
    assert as_text.summary_line(Result(exam.number, (held,))) == (
        "The exam of Part I passed: all 1 requirements hold."
    )
    assert as_text.summary_line(Result(exam.number)) == "The exam of Part I could not be checked yet."


@pytest.mark.parametrize(
    ("which", "said"),
    [
        ("1", "Next: the exam of Part I. Open `notebooks/exam_part1.ipynb`."),
        ("exam", "You built it alone."),
    ],
)
def test_after_the_last_chapter_comes_the_exam_and_after_the_exam_nothing(
    exam: Chapter, notebook: Any, monkeypatch: pytest.MonkeyPatch, which: str, said: str
) -> None:
    def passes(project: Path, chapter: Chapter, **_: object) -> Result:
        return Result(chapter.number, (Verdict("test_a", chapter.number, "It is so.", "holds"),))

    monkeypatch.setattr(checkpoint, "check", passes)
    notebook.run(f"%chapter {which}")
    assert said in notebook.run("%checkpoint").text


def test_who_opened_the_solution_did_not_build_the_exam_alone(
    exam: Chapter, notebook: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed = Result(exam.number, (Verdict("test_a", exam.number, "It is so.", "holds"),))
    monkeypatch.setattr(checkpoint, "check", lambda *_, **__: passed)
    projects.materialise(projects.project(exam), exam.checkpoint)
    notebook.run("%chapter exam")
    notebook.run("%solution")
    said = notebook.run("%checkpoint").text
    assert "alone" not in said
    assert "You have opened the course's solution" in said
    notebook.run("%start_over exam")
    assert progress.load().of(exam).opened, "a new beginning does not make it unread"


@pytest.mark.parametrize("spoilt", ["hammer = 1\n", "# mine\nhammer  =  1\n"])
def test_who_has_the_files_of_the_course_did_not_build_the_exam_alone(
    exam: Chapter, notebook: Any, monkeypatch: pytest.MonkeyPatch, spoilt: str
) -> None:
    passed = Result(exam.number, (Verdict("test_a", exam.number, "It is so.", "holds"),))
    monkeypatch.setattr(checkpoint, "check", lambda *_, **__: passed)
    notebook.run("%chapter exam")
    (exam.project / "app/tools.py").write_text(spoilt, encoding="utf-8")
    said = notebook.run("%checkpoint").text
    assert "alone" not in said
    assert "1 of 1 file is the course's own" in said
