"""The magics of a notebook, typed into IPython."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from course import checkpoint, hints, paths, progress
from course.chapters import Chapter
from course.report import Result, Verdict

Two = tuple[Chapter, Chapter]
HINTS = ("What does a door say?", "Look at `app/main.py`.", 'return {"status": "____"}')


def verdict(name: str, *, holds: bool) -> Verdict:
    return Verdict(
        id=f"test_{name}",
        chapter=0,
        sentence=f"The {name} answers.",
        outcome="holds" if holds else "fails",
        hints=HINTS,
    )


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let the next checks find these verdicts."""

    def finds(*verdicts: Verdict) -> None:
        def check(project: Path, chapter: Chapter, *, on_verdict: Callable[[Verdict], None]) -> Result:
            for each in verdicts:
                on_verdict(each)
            return Result(chapter=chapter.number, verdicts=verdicts)

        monkeypatch.setattr(checkpoint, "check", check)

    return finds


@pytest.mark.parametrize(
    "cell", ["%%add app/main.py\nx = 1", "%checkpoint", "%hint", "%solution", "%changes", "%serve"]
)
def test_before_a_chapter_is_open_each_magic_says_to_open_one(notebook: Any, cell: str) -> None:
    seen = notebook.run(cell)
    assert "No chapter is open in this notebook." in seen.text
    assert "`%chapter`" in seen.text
    assert seen.error is None


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("%chapter", "Type `%chapter 0`, for example."),
        ("%chapter 77", "Choose one of: 0 (doors), 1 (rooms)."),
        ("%hint two", "Type `%hint` or `%hint 2`."),
        ("%checkpoint now", "Type `%checkpoint`."),
        ("%changes all", "Type `%changes`."),
        ("%progress 3", "Type `%progress`."),
        ("%serve forever", "Type `%serve`, `%serve log` or `%serve stop`."),
        ("%start_over 77", "Choose one of: 0 (doors), 1 (rooms)."),
    ],
)
def test_a_magic_with_wrong_words_answers_with_what_to_type(notebook: Any, line: str, answer: str) -> None:
    seen = notebook.run(line)
    assert answer in seen.text
    assert seen.error is None


def test_a_chapter_opens_its_project_and_warms_its_checkpoint(notebook: Any, two_chapters: Two) -> None:
    doors, _ = two_chapters
    seen = notebook.run("%chapter 0")
    assert seen.text == "Chapter 0 starts from an empty service, in my_service/ch00_doors."
    assert Path.cwd() == doors.project.resolve() == Path(sys.path[0])
    assert notebook.warmed == [doors]


def test_another_chapter_takes_the_place_of_the_first(notebook: Any, two_chapters: Two) -> None:
    doors, _ = two_chapters
    notebook.run("%chapter 0")
    notebook.run("%%write app/main.py\nwhich = 'doors'")
    assert notebook.run("from app.main import which; print(which)").text == "doors"
    notebook.run("%chapter 1")
    notebook.run("%%write app/main.py\nwhich = 'rooms'")
    assert notebook.run("from app.main import which; print(which)").text == "rooms"
    assert str(doors.project.resolve()) not in sys.path


def test_an_import_after_each_build_cell_sees_the_new_code(notebook: Any) -> None:
    """Twenty edits within a second that keep the file's size: what compiled files cannot tell apart."""
    notebook.run("%chapter 0")
    for number in range(10, 30):
        notebook.run(f"%%add app/main.py\nnumber = {number}")
        assert notebook.run("from app.main import number; print(number)").text == str(number)


def test_an_import_in_the_cell_that_builds_sees_the_new_code(notebook: Any) -> None:
    notebook.run("%chapter 0")
    build = "get_ipython().run_cell_magic('add', 'app/main.py', 'number = {}')"
    look = "from app.main import number; print(number)"
    cell = "\n".join([build.format(1), look, build.format(2), look])
    assert notebook.run(cell).text.startswith("1\n2\n")


def test_an_import_sees_what_was_changed_in_an_editor(notebook: Any, two_chapters: Two) -> None:
    """The second edit has the size and the second of the first: a compiled file would pass for fresh."""
    notebook.run("%chapter 0")
    path = two_chapters[0].project / "app" / "main.py"
    for number in (1, 2):
        path.write_text(f"number = {number}\n", encoding="utf-8")
        os.utime(path, ns=(0, 1_000_000_000_000 + number))
        assert notebook.run("from app.main import number; print(number)").text == str(number)


def test_a_build_cell_answers_in_one_line_and_folds_the_file_below(notebook: Any) -> None:
    notebook.run("%chapter 0")
    seen = notebook.run("%%write app/main.py\nsign = '<b>' # a & b\n")
    assert seen.text == "app/main.py: created, 1 line"
    assert "<details><summary>app/main.py: created, 1 line</summary>" in seen.html
    assert "&lt;b&gt;" in seen.html
    assert "<b>" not in seen.html
    assert notebook.run("%%write app/main.py\nsign = '<b>' # a & b\n").text == "app/main.py: unchanged"


def test_a_build_cell_with_a_mistake_is_told_in_words_and_changes_nothing(
    notebook: Any, two_chapters: Two
) -> None:
    notebook.run("%chapter 0")
    notebook.run("%%write app/main.py\nx = 1\n")
    seen = notebook.run("%%write app/main.py\nx = (\n")
    assert seen.error is None
    assert "Traceback" not in seen.text
    assert "Line 2 of the cell" in seen.text
    assert (two_chapters[0].project / "app" / "main.py").read_text(encoding="utf-8") == "x = 1\n"


def test_braces_and_dollars_in_a_header_stay_as_they_are(notebook: Any) -> None:
    notebook.run("%chapter 0")
    notebook.run("name = 'main'")
    assert "{name}" in notebook.run("%%write app/{name}.html\n<p>").text


def test_a_project_that_was_deleted_is_said_and_made_anew(notebook: Any, two_chapters: Two) -> None:
    import shutil

    notebook.run("%chapter 0")
    shutil.rmtree(two_chapters[0].project)
    seen = notebook.run("%%add app/main.py\nx = 1")
    assert "There is no folder my_service/ch00_doors." in seen.text
    assert "starts from an empty service" in notebook.run("%chapter 0").text
    assert "`x` added" in notebook.run("%%add app/main.py\nx = 1").text


def test_starting_over_says_where_the_old_work_is(notebook: Any, two_chapters: Two) -> None:
    notebook.run("%chapter 0")
    notebook.run("%%add app/main.py\nx = 1")
    assert "Your work is kept in my_service/kept/ch00_doors-1." in notebook.run("%start_over").text
    assert "no module" in str(notebook.run("import app.main").error).lower()


def test_changes_tell_what_the_chapter_has_done_so_far(notebook: Any) -> None:
    notebook.run("%chapter 0")
    assert "has changed nothing yet" in notebook.run("%changes").text
    notebook.run("%%write app/main.py\nx = 1\ny = 2\n")
    notebook.run("%%write app/__init__.py\n'''Gavel.'''\n")
    seen = notebook.run("%changes")
    assert seen.text.startswith("Chapter 0 has changed 2 files so far.\n  app/__init__.py: changed, ")
    assert "  app/main.py: new, 2 lines" in seen.text
    assert "+x = 1" in seen.text
    assert seen.html.count("<details>") == 2


def test_a_checkpoint_shows_each_verdict_and_remembers_the_count(
    notebook: Any, two_chapters: Two, found: Callable[..., None]
) -> None:
    doors, _ = two_chapters
    notebook.run("%chapter 0")
    found(verdict("door", holds=True), verdict("bell", holds=False))
    seen = notebook.run("%checkpoint")
    assert "The door answers." in seen.text
    assert "Chapter 0: 1 of 2 requirements hold." in seen.text
    assert "`%hint` gives a hint" in seen.text
    assert progress.load().of(doors) == progress.Record(passed=False, holds=1, of=2)


def test_a_checkpoint_that_passes_says_what_to_open_next(
    notebook: Any, two_chapters: Two, found: Callable[..., None]
) -> None:
    notebook.run("%chapter 0")
    notebook.run("%%add app/main.py\nx = 1")
    found(verdict("door", holds=True))
    assert "Next: chapter 1, Rooms. Open `notebooks/ch01_rooms.ipynb`" in notebook.run("%checkpoint").text
    assert "your own chapter 0, which passed" in notebook.run("%chapter 1").text


def test_a_checkpoint_that_is_stopped_leaves_the_notebook_usable(
    notebook: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*args: object, **kwargs: object) -> Result:
        raise KeyboardInterrupt

    notebook.run("%chapter 0")
    monkeypatch.setattr(checkpoint, "check", stopped)
    seen = notebook.run("%checkpoint")
    assert seen.text.startswith("Stopped.")
    assert notebook.run("print(1)").text == "1"


def test_hints_climb_one_rung_at_a_time_and_stay_on_the_last(
    notebook: Any, two_chapters: Two, found: Callable[..., None]
) -> None:
    notebook.run("%chapter 0")
    assert "Run `%checkpoint` first" in notebook.run("%hint").text
    found(verdict("door", holds=True), verdict("bell", holds=False), verdict("mat", holds=False))
    notebook.run("%checkpoint")
    rungs = [notebook.run("%hint").text for _ in range(4)]
    assert all("For: The bell answers." in rung for rung in rungs)
    for rung, words in zip(rungs, [*HINTS, HINTS[2]], strict=True):
        assert words in rung
    assert "Hint 1 of 3, a question:" in rungs[0]
    assert "<pre" in notebook.run("%hint").html
    assert "That was the last hint." in rungs[3]
    assert "For: The mat answers." in notebook.run("%hint 3").text
    assert "requirements 1 to 3" in notebook.run("%hint 4").text


def test_hints_work_in_another_process_than_the_check(
    notebook: Any, two_chapters: Two, found: Callable[..., None]
) -> None:
    doors, _ = two_chapters
    notebook.run("%chapter 0")
    found(verdict("bell", holds=False))
    notebook.run("%checkpoint")
    assert (doors.project / ".course" / "last.json").exists()
    assert HINTS[0] in hints.hint(doors).text


def test_a_hint_says_when_the_files_have_changed_since_the_check(
    notebook: Any, found: Callable[..., None]
) -> None:
    notebook.run("%chapter 0")
    found(verdict("bell", holds=False))
    notebook.run("%checkpoint")
    assert "have changed since" not in notebook.run("%hint").text
    notebook.run("%%add app/main.py\nx = 1")
    assert "Your files have changed since the last check" in notebook.run("%hint").text


def test_a_spoilt_note_of_the_last_check_counts_as_none(notebook: Any, two_chapters: Two) -> None:
    notebook.run("%chapter 0")
    (two_chapters[0].project / ".course" / "last.json").write_text('{"result": 3', encoding="utf-8")
    assert "Run `%checkpoint` first" in notebook.run("%hint").text


def test_the_solution_is_a_difference_to_the_courses_files(notebook: Any) -> None:
    notebook.run("%chapter 0")
    notebook.run("%%write app/main.py\nfrom fastapi import FastAPI\n\napp = FastAPI()\n")
    seen = notebook.run("%solution app/main.py")
    assert seen.text.startswith("Lines with - are yours, lines with + are the course's")
    assert '-app = FastAPI()\n+app = FastAPI(title="Gavel")' in seen.text
    notebook.run("%%write app/own.py\nx = 1\n")
    assert "app/own.py: only you have it, 1 line" in notebook.run("%solution").text
    assert "There is no file app/other.py in this chapter." in notebook.run("%solution app/other.py").text


def test_the_last_chapter_has_no_next_one(notebook: Any, found: Callable[..., None]) -> None:
    notebook.run("%chapter 1")
    found(verdict("room", holds=True))
    assert "That was the last chapter." in notebook.run("%checkpoint").text


def test_a_solved_notebook_never_writes_in_the_learners_own_work(
    notebook: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COURSE_WORKSPACE")
    monkeypatch.setattr(paths, "ROOT", tmp_path.resolve())
    monkeypatch.setattr(paths, "SOLUTIONS", tmp_path.resolve() / "solutions")
    paths.SOLUTIONS.mkdir()
    monkeypatch.chdir(paths.SOLUTIONS)
    monkeypatch.setattr(os, "environ", os.environ.copy())
    assert "apart from your own work" in notebook.run("%chapter 0").text
    assert (tmp_path / "my_service" / "solved" / "ch00_doors").is_dir()
    assert not (tmp_path / "my_service" / "ch00_doors").exists()


def test_loading_twice_is_harmless_and_unloading_takes_everything_away(notebook: Any) -> None:
    notebook.shell.run_line_magic("reload_ext", "course")
    assert "starts from" in notebook.run("%chapter 0").text
    notebook.shell.run_line_magic("unload_ext", "course")
    assert "chapter" not in notebook.shell.magics_manager.magics["line"]
    assert "add" not in notebook.shell.magics_manager.magics["cell"]
    assert not any("my_service" in entry for entry in sys.path)


def test_the_course_is_importable_with_nothing_but_the_standard_library() -> None:
    """`python3 -m course` imports it before anything is installed."""
    code = "import sys; before = set(sys.modules); import course; print(sorted(set(sys.modules) - before))"
    run = subprocess.run(
        [sys.executable, "-S", "-c", code], cwd=paths.ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "['course']"


def test_loading_the_course_leaves_the_heavy_libraries_out_of_the_kernel() -> None:
    heavy = [
        "pytest",
        "nbformat",
        "jupytext",
        "nbclient",
        "libcst",
        "sqlalchemy",
        "opentelemetry",
        "markdown_it",
        "psutil",
    ]
    code = (
        "import sys; from IPython.core.interactiveshell import InteractiveShell as Shell\n"
        "shell = Shell.instance(); before = set(sys.modules); shell.run_line_magic('load_ext', 'course')\n"
        f"print([name for name in {heavy} if name in set(sys.modules) - before])"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=paths.ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"
