"""`%given`: code that a chapter gives, applied whole or not at all."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from course.engine import projects
from course.engine.chapters import Chapter
from course.learn import commands
from course.learn.terminal import NOT_DONE

Two = tuple[Chapter, Chapter]
TEXT = """\
# Doors

## The door

```{code-cell} ipython3
%%write app/door.py
def open_door() -> str:
    return "open"
```

```{code-cell} ipython3
:tags: [given]
:given: web-page
:what: The page of the door: HTML and a route.
%%write app/web/index.html
<p class="door">Open</p>
```

```{code-cell} ipython3
:tags: [given]
:given: web-page
%%add app/door.py after open_door
def page() -> str:
    return f"<p>{open_door()}</p>"
```

```{code-cell} ipython3
:tags: [given]
:given: lock
:what: A lock.
%%add app/door.py before page
LOCKED = False
```
"""
FIRST = "%%write app/door.py\ndef open_door() -> str:\n    return 'open'"


@pytest.fixture
def doors(two_chapters: Two) -> Iterator[Chapter]:
    """Chapter 0, whose text gives two pieces of code."""
    two_chapters[0].text.write_text(TEXT, encoding="utf-8")
    projects.forget()
    yield two_chapters[0]
    projects.forget()


@pytest.fixture
def opened(notebook: Any, doors: Chapter) -> Any:
    """A notebook in which chapter 0 is open and its first build cell has run."""
    notebook.run("%chapter 0")
    notebook.run(FIRST)
    return notebook


def contents(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file() and ".course" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in files}


def test_given_code_is_applied_and_told_in_one_line(opened: Any, doors: Chapter) -> None:
    seen = opened.run("%given web-page")
    assert seen.text == (
        "The page of the door: HTML and a route. Changed: `app/web/index.html` and `app/door.py`."
    )
    files = contents(doors.project)
    assert files["app/web/index.html"] == '<p class="door">Open</p>\n'
    assert opened.run("from app.door import page; print(page())").text == "<p>open</p>"


def test_its_differences_are_folded_one_fold_a_file_with_colours(opened: Any) -> None:
    html = opened.run("%given web-page").html
    assert html.count("<details><summary>") == 2
    assert "<summary>app/web/index.html: new, 1 line</summary>" in html
    assert "<summary>app/door.py: changed, 4 lines added, 0 removed</summary>" in html
    assert '<span class="plus">+<span class="k">def</span> <span class="d">page</span>()' in html
    assert '<span class="plus">+&lt;<span class="k">p</span> <span class="d">class</span>' in html
    assert "@@" in html
    assert html.count("<div") == html.count("</div>")


def test_a_second_run_says_that_nothing_changed(opened: Any, doors: Chapter) -> None:
    opened.run("%given web-page")
    before = contents(doors.project)
    seen = opened.run("%given web-page")
    assert seen.text.endswith("Nothing changed: your service has this code already.")
    assert contents(doors.project) == before


def test_where_an_earlier_cell_is_missing_nothing_is_written_and_the_cell_is_named(
    notebook: Any, doors: Chapter
) -> None:
    notebook.run("%chapter 0")
    before = contents(doors.project)
    seen = notebook.run("%given web-page")
    assert seen.error is None
    assert "`%given web-page` changed nothing. `app/door.py` has no `open_door`" in seen.text
    assert (
        "First run the cell `%%write app/door.py` under “The door”: there is no `app/door.py` yet."
        in seen.text
    )
    assert contents(doors.project) == before


def test_an_earlier_piece_of_given_code_that_is_missing_is_named(opened: Any) -> None:
    seen = opened.run("%given lock")
    assert (
        "First run the cell `%given web-page` under “The door”: `app/door.py` has no `page` yet." in seen.text
    )


def test_a_file_of_the_learner_that_does_not_parse_is_told_in_its_own_words(
    opened: Any, doors: Chapter
) -> None:
    path = doors.project / "app" / "door.py"
    path.write_text("def open_door(:\n", encoding="utf-8")
    seen = opened.run("%given web-page")
    assert "changed nothing" in seen.text
    assert "First run" not in seen.text
    assert not (doors.project / "app" / "web").exists()


def test_a_file_that_cannot_be_written_leaves_all_of_them_as_they_were(
    opened: Any, doors: Chapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    from course.engine.compose import files

    before, replace = contents(doors.project), files._replace

    def full(project: Path, path: Path, content: bytes) -> None:
        if path.name == "door.py" and b"def page" in content:
            raise OSError(28, "No space left on device")
        replace(project, path, content)

    monkeypatch.setattr(files, "_replace", full)
    assert "No space left on device" in opened.run("%given web-page").text
    assert contents(doors.project) == before


def test_what_the_learner_wrote_and_given_code_replaces_is_told(opened: Any, doors: Chapter) -> None:
    doors.text.write_text(TEXT.replace("%%add app/door.py after open_door", "%%write app/door.py"))
    seen = opened.run("%given web-page")
    assert "app/door.py: written anew, 2 lines; no longer there: `open_door`" in seen.text


def test_without_a_name_the_chapters_names_are_listed(opened: Any) -> None:
    assert opened.run("%given").text == (
        "Chapter 0 gives:\n`%given web-page`: The page of the door: HTML and a route.\n`%given lock`: A lock."
    )


def test_an_unknown_name_gets_the_list_and_the_nearest(opened: Any) -> None:
    seen = opened.run("%given webpage")
    assert "Chapter 0 gives no code called `webpage`." in seen.text
    assert "Did you mean `%given web-page`? It gives: `web-page`, `lock`." in seen.text
    assert seen.error is None
    assert "Did you mean" not in opened.run("%given xyz").text


def test_a_chapter_that_gives_nothing_says_so(notebook: Any) -> None:
    notebook.run("%chapter 1")
    assert notebook.run("%given").text == "Chapter 1 gives no code: you write its cells yourself."
    assert "It gives none" in notebook.run("%given web-page").text


def test_the_terminal_has_the_same_words(opened: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.given() == 0
    assert "`%given lock`: A lock." in capsys.readouterr().out
    assert commands.given("web-page") == 0
    assert capsys.readouterr().out.startswith("The page of the door: HTML and a route. Changed: ")
    assert commands.given("door") == NOT_DONE
    assert "gives no code called `door`" in capsys.readouterr().err
