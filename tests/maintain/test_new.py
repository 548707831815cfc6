"""`course new`, in a course of its own that has one chapter."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest

from course import paths
from course.engine import chapters, given, misconceptions, projects, texts
from course.engine.checkpoint.requirements import read
from course.engine.checkpoint.service import Service
from course.errors import CourseError
from course.maintain import new


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    first = chapters.find(0).text.read_text(encoding="utf-8")
    for name in ("TEXTS", "MISCONCEPTIONS", "NOTEBOOKS", "SOLUTIONS", "CHECKPOINTS", "TESTS"):
        monkeypatch.setattr(paths, name, tmp_path / getattr(paths, name).relative_to(paths.ROOT))
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    paths.TEXTS.mkdir(parents=True)
    (paths.TEXTS / "ch00_start_here.md").write_text(first, encoding="utf-8")
    projects.forget()
    yield tmp_path
    projects.forget()


def test_a_new_chapter_has_all_its_files(small: Path) -> None:
    assert new.command(["01_bidding_rules"]) == 0
    chapter = chapters.find("bidding_rules")
    assert chapter.title == "Bidding rules"
    assert all(
        path.exists() for path in (chapter.text, chapter.tests, chapter.misconceptions, chapter.alternatives)
    )


def run(chapter: chapters.Chapter, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the chapter's one requirement on a project, as the checkpoint would."""
    spec = importlib.util.spec_from_file_location("fresh", chapter.tests)
    assert spec is not None
    assert spec.loader is not None
    tests = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tests)
    package = files.name
    monkeypatch.syspath_prepend(files.parent)
    (requirement,) = read(chapter.tests)
    getattr(tests, requirement.id)(Service(f"{package}.app", files, files))


def test_the_template_holds_when_solved_and_fails_as_a_starter(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new.command(["01_bidding_rules"])
    chapter = chapters.find(1)
    run(chapter, projects.materialise(projects.project(chapter), small / "new_solved"), monkeypatch)
    with pytest.raises(AssertionError, match="the name is"):
        run(
            chapter,
            projects.materialise(projects.project(chapter, stubs=True), small / "new_starter"),
            monkeypatch,
        )


def test_the_templates_misconception_fails_and_its_alternative_holds(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new.command(["01_bidding_rules"])
    chapter = chapters.find(1)
    (wrong,), (right,) = (
        misconceptions.load(chapter.misconceptions),
        misconceptions.load(chapter.alternatives),
    )
    run(
        chapter,
        projects.materialise(projects.variant(chapter, right.cells), small / "new_right"),
        monkeypatch,
    )
    with pytest.raises(AssertionError, match="the name is"):
        run(
            chapter,
            projects.materialise(projects.variant(chapter, wrong.cells), small / "new_wrong"),
            monkeypatch,
        )


def test_the_template_is_a_draft_until_its_author_says_otherwise(small: Path) -> None:
    new.command(["01_bidding_rules"])
    assert texts.is_draft(chapters.find(1).text.read_text(encoding="utf-8"))
    assert not texts.is_draft(chapters.find(0).text.read_text(encoding="utf-8"))


def test_the_template_shows_how_code_is_given(small: Path) -> None:
    new.command(["01_bidding_rules"])
    chapter = chapters.find(1)
    (one,) = given.of(chapter.text.read_text(encoding="utf-8"), chapter.text.name)
    assert one.magic == "%given a-web-page"
    assert "Bidding rules" in projects.project(chapter)["app/web/bidding_rules.html"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "course new 04_pydantic"),
        (["pydantic"], "course new 04_pydantic"),
        (["07_errors"], "next number is 01"),
        (["00_start_here"], "next number is 01"),
    ],
)
def test_a_name_that_does_not_fit_is_refused(small: Path, arguments: list[str], words: str) -> None:
    with pytest.raises(CourseError, match=words):
        new.command(arguments)


def test_nothing_that_is_there_is_overwritten(small: Path) -> None:
    mine = paths.MISCONCEPTIONS / "ch01_bidding_rules.md"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine", encoding="utf-8")
    with pytest.raises(CourseError, match="is there already"):
        new.command(["01_bidding_rules"])
    assert mine.read_text(encoding="utf-8") == "mine"
    assert not (paths.TEXTS / "ch01_bidding_rules.md").exists()
