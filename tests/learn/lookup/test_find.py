"""`course find` and `%find`: what learners ask, what is found, and what is said to be nothing."""

import io
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from course import paths
from course.learn.lookup.find import answer, find, shown, told
from course.learn.lookup.find.documents import official, sections
from tests.learn.lookup import questions


@pytest.mark.parametrize(("question", "title"), questions.FIRST.items(), ids=list(questions.FIRST))
def test_a_question_of_a_learner_is_answered_in_the_first_three(question: str, title: str) -> None:
    found = answer(question)
    titles = [hit.document.title for hit in found.course[:3]] + [page.title for page in found.pages[:3]]
    assert any(title in each for each in titles), f"{question!r} gives {titles}"


@pytest.mark.parametrize(("question", "url"), questions.OFFICIAL.items(), ids=list(questions.OFFICIAL))
def test_what_the_course_does_not_cover_leads_to_the_official_page(question: str, url: str) -> None:
    found = answer(question)
    assert any(url in page.url for page in found.pages), f"{question!r} gives {[p.url for p in found.pages]}"


@pytest.mark.parametrize("question", ["graphql", "alembic migrations", "sqlmodel", "deploy with docker"])
def test_what_is_not_covered_is_said_so_before_anything_else(question: str) -> None:
    assert told(answer(question)).startswith("The course does not cover this. The official page is:")


@pytest.mark.parametrize("question", questions.NOTHING)
def test_what_nothing_speaks_of_is_said_to_be_no_hit(
    question: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert find([question]) == 1
    assert capsys.readouterr().out.startswith("No hit. ")


def test_the_answer_says_where_each_hit_is_opened(capsys: pytest.CaptureFixture[str]) -> None:
    assert find(["websocket", "rooms"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["In the course:", "- Quick reference: Broadcast a message to many WebSockets"]
    assert "  notebooks/ch09_websockets.ipynb, section “Bounded queues and channels”" in lines


def test_a_slip_of_the_pen_is_named() -> None:
    assert told(answer("websokcet rooms")).startswith("Nothing for `websokcet`. Did you mean `websocket`?")


def test_a_word_that_the_course_knows_is_no_slip_of_the_pen() -> None:
    assert not answer("pathlib").meant, "the official index alone would take it for authlib"


def test_a_question_without_a_word_is_told_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert find(["???"]) == 1
    assert "no word to look for" in capsys.readouterr().out


def test_without_words_the_standard_input_is_read(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("pagination\n"))
    assert find([]) == 0
    assert "Return one page of a list" in capsys.readouterr().out


def test_a_question_that_is_longer_than_any_is_answered_in_few_words() -> None:
    assert len(told(answer("x" * 5_000_000))) < 500


def test_the_command_answers_without_anything_heavy() -> None:
    script = "import sys; from course.cli import main; main(['find', 'cors']); print(*sys.modules, sep='\\n')"
    command = [sys.executable, "-P", "-c", f"import sys; sys.path.insert(0, '.'); {script}"]
    told_by = subprocess.run(command, cwd=paths.ROOT, capture_output=True, text=True, check=True).stdout
    assert "Allow pages of other origins (CORS)" in told_by
    heavy = {"fastapi", "pydantic", "sqlalchemy", "IPython", "markdown_it", "pytest", "nbformat"}
    assert not heavy & set(told_by.splitlines())


def test_a_notebook_shows_the_same_and_links_the_pages() -> None:
    found = answer("graphql")
    assert repr(shown(found)) == told(found)
    assert '<a href="https://fastapi.tiangolo.com/how-to/graphql/">' in shown(found).html


def test_in_a_notebook_code_is_shown_as_code_and_not_between_backticks() -> None:
    html = shown(answer("websocket session")).html
    assert "`" in told(answer("websocket session"))
    assert "`" not in html
    assert "<br><br>" not in html, "a hit without a context has no empty line"


def test_what_stands_in_a_title_is_no_html() -> None:
    html = shown(answer("DetachedInstanceError")).html
    assert "Instance &lt;…&gt;" in html
    assert "<…>" not in html


def test_the_magic_answers(capsys: pytest.CaptureFixture[str]) -> None:
    shell = InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    try:
        shell.run_line_magic("load_ext", "course")
        shell.run_line_magic("find", '"websocket rooms"')
        shell.run_line_magic("unload_ext", "course")
    finally:
        InteractiveShell.clear_instance()
    assert "Broadcast a message to many WebSockets" in capsys.readouterr().out


def test_each_official_page_is_listed_once_with_a_sentence_of_its_own() -> None:
    pages = official()
    assert len(pages) >= 300
    assert len({page.url for page in pages}) == len(pages)
    for page in pages:
        parts = urlsplit(page.url)
        assert (parts.scheme, parts.query, parts.fragment) == ("https", "", ""), page.url
        assert "." in parts.netloc, page.url
        assert page.adds.endswith("."), page.title
        assert 15 < len(page.adds) < 200, page.title


def test_every_line_of_the_official_list_is_read() -> None:
    listed = [line for line in _official_text().splitlines() if line.startswith("- ")]
    assert len(listed) == len(official())


def test_every_library_says_for_which_version_its_pages_were_looked_up() -> None:
    for heading, body in sections(_official_text()):
        if heading in {"FastAPI", "Starlette", "Pydantic", "SQLAlchemy", "Uvicorn", "HTTPX"}:
            assert f"Looked up for {heading} " in body


def _official_text() -> str:
    return (Path(paths.ROOT) / "course" / "pages" / "official.md").read_text(encoding="utf-8")
