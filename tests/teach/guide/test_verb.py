"""`course guide`, what it writes, and the plans of the workshop."""

import re
from pathlib import Path

import pytest

from course.engine import chapters
from course.errors import CourseError
from course.teach import guide
from course.teach.guide import plans, printed
from course.teach.guide.minutes import by_section

LOADED = re.compile(
    r"""<(script|link|img|iframe|object|embed)\b|\b(src|href)=|@import|url\(""", re.IGNORECASE
)
TABLE = """\
### A morning (1.5 hours)

| from | minutes | what |
|---:|---:|---|
| 9:00 | 20 | Welcome |
| 9:20 | 70 | Chapter 0 |
"""


def test_a_chapter_is_printed_as_markdown_without_links_or_pictures(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert guide.command(["3"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("# Teaching chapter 3")
    assert "<svg" not in told
    assert "(/chapters/" not in told


def test_the_whole_guide_is_not_poured_into_a_terminal() -> None:
    with pytest.raises(CourseError, match="--output FOLDER"):
        guide.command([])


def test_an_unknown_chapter_is_refused_with_the_choices() -> None:
    with pytest.raises(CourseError, match="Choose one of"):
        guide.command(["17"])


def test_one_chapter_is_written_as_text_and_as_a_file_to_print(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert guide.command(["exam", "--output", str(tmp_path / "evening")]) == 0
    assert {path.name for path in (tmp_path / "evening").iterdir()} == {"exam_part1.md", "guide.html"}
    assert "guide.html" in capsys.readouterr().out


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(CourseError, match="cannot be written"):
        guide.command(["0", "--output", str(tmp_path / "file")])


@pytest.fixture(scope="module")
def to_print(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("guide")
    assert guide.command(["--output", str(folder)]) == 0
    assert {f"{chapter.stem}.md" for chapter in chapters.contents()} < {
        path.name for path in folder.iterdir()
    }
    return (folder / "guide.html").read_text(encoding="utf-8")


def test_the_file_to_print_has_every_chapter_and_the_workshop(to_print: str) -> None:
    assert [c.stem for c in chapters.contents() if f"<h1>Teaching {c.called}" not in to_print] == []
    assert "<h1>Workshops" in to_print
    assert "<h1>The minutes" in to_print


def test_the_file_to_print_loads_nothing_from_anywhere(to_print: str) -> None:
    without_code = re.sub(r"<(pre|code)\b.*?</\1>", "", to_print, flags=re.DOTALL)
    assert [match[0] for match in LOADED.finditer(without_code)] == []


def test_links_become_words_on_paper() -> None:
    assert "href" not in printed.html(
        "t", ["# A\n\n[words](https://example.com) and <https://example.com>\n"]
    )


def test_every_day_of_the_workshop_fits_in_its_hours() -> None:
    found = plans.days()
    assert [day.hours for day in found] == [3.5, 7, 7, 7, 7]
    assert [fault for day in found for fault in plans.faults(day)] == []


def test_the_three_days_teach_all_chapters() -> None:
    taught = " ".join(row.what for day in plans.days()[2:] for row in day.rows)
    assert [c.number for c in chapters.numbered() if f"Chapter {c.number}" not in taught] == []


def test_the_workshop_says_how_long_all_chapters_take() -> None:
    hours = sum(by_section.remaining(chapter) for chapter in chapters.numbered()) / 60
    assert round(hours) == 22
    assert "about twenty-two hours" in plans.WORKSHOP.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("| 9:20 | 70", "| 9:25 | 70", "does not begin when the row above ends"),
        ("(1.5 hours)", "(2 hours)", "has 90 minutes without lunch, not 120"),
        ("| 70 | Chapter 0", "| 20 | Chapter 0", "has 20 minutes and needs"),
    ],
)
def test_a_plan_that_does_not_fit_is_told(tmp_path: Path, old: str, new: str, says: str) -> None:
    file = tmp_path / "workshop.md"
    file.write_text(TABLE, encoding="utf-8")
    plans.check(file)
    file.write_text(TABLE.replace(old, new), encoding="utf-8")
    with pytest.raises(CourseError, match=re.escape(says)):
        plans.check(file)


def test_a_chapter_may_be_taught_in_parts_which_are_added(tmp_path: Path) -> None:
    file = tmp_path / "workshop.md"
    parts = "| 9:20 | 30 | Chapter 0, first part |\n| 9:50 | 40 | Chapter 0, second part |"
    file.write_text(TABLE.replace("| 9:20 | 70 | Chapter 0 |", parts), encoding="utf-8")
    plans.check(file)
