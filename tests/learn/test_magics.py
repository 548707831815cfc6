"""The magics of a notebook, typed into IPython."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from course import paths
from course.engine.chapters import Chapter

Two = tuple[Chapter, Chapter]


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


def test_loading_the_course_a_second_time_prints_nothing(notebook: Any) -> None:
    notebook.run("%chapter 0")
    seen = notebook.run("%load_ext course")
    assert seen.text == ""
    assert "goes on where you left it" in notebook.run("%chapter 0").text


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
