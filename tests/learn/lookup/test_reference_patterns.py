"""The quick reference: each pattern is cut from what the course runs, and every line of it is run."""

import ast
import re
from collections import Counter
from functools import cache
from itertools import groupby
from pathlib import Path

import pytest

from course import paths
from course.engine.chapters import Chapter
from course.engine.texts import slug
from course.errors import CourseError
from course.learn.lookup.find.documents import official, sections
from course.learn.lookup.reference.items import Cut, Item, items
from course.learn.lookup.reference.patterns import GAP, pattern
from course.maintain.reference import proof
from course.teach.site.reference_page import pages

ITEMS = items()
NAMES = [item.task for item in ITEMS]
each_item = pytest.mark.parametrize("item", ITEMS, ids=NAMES)


def an_item(chapter: Chapter, file: str, names: str, *keep: str) -> Item:
    return Item("", "a task", Cut(chapter, file, tuple(names.split()), keep), chapter, "", "", (), "", False)


@pytest.fixture(scope="module")
def hits(tmp_path_factory: pytest.TempPathFactory) -> proof.Hits:
    """What each requirement that the reference names runs of the checkpoints."""
    return proof.run(proof.proven(ITEMS), tmp_path_factory.mktemp("hits"))


@pytest.mark.parametrize("item", proof.proven(ITEMS), ids=lambda item: item.task)
def test_every_line_of_a_pattern_is_run_by_its_requirements(item: Item, hits: proof.Hits) -> None:
    source = pattern(item).source.split("\n")
    never = {line: source[line - 1].strip() for line in proof.never_run(item, hits)}
    assert item.proof, "it names a requirement"
    assert not never, f"{', '.join(item.proof)} run none of these"


@pytest.mark.parametrize("item", [item for item in ITEMS if item.cut.is_probe], ids=lambda item: item.task)
def test_a_probe_is_run_with_its_notebook(item: Item) -> None:
    """nbval runs every cell of the solved notebooks, and this is one of them."""
    assert pattern(item).place == paths.shown(item.chapter.notebook)
    notebook = item.cut.chapter.solution.read_text(encoding="utf-8")
    first = next(line for line in pattern(item).text.split("\n") if line.strip())
    assert first.strip().replace("\\", "\\\\").replace('"', '\\"') in notebook


@pytest.mark.parametrize("item", [i for i in ITEMS if i.cut.file == "pyproject.toml"], ids=lambda i: i.task)
def test_a_table_of_toml_names_the_test_that_uses_it(item: Item) -> None:
    for name in item.proof:
        file, _, function = name.partition("::")
        assert f"def {function}(" in (paths.ROOT / file).read_text(encoding="utf-8")
    assert item.proof


@each_item
def test_a_pattern_is_short_and_is_code(item: Item) -> None:
    text = pattern(item).text
    lines = [line for line in text.split("\n") if line.strip()]
    assert 1 <= len(lines) <= 20
    if item.cut.file != "pyproject.toml":
        ast.parse(text.replace(GAP, "..."))


@each_item
def test_a_pattern_stands_where_it_is_said_to_stand(item: Item) -> None:
    cut = pattern(item)
    source = {line.strip() for line in cut.source.split("\n")}
    assert {line.strip() for line in cut.text.split("\n")} <= source | {GAP, ""}


@each_item
def test_the_section_that_explains_it_exists(item: Item) -> None:
    assert item.section in _headings(item.chapter)


@each_item
def test_its_official_page_is_one_that_the_index_lists(item: Item) -> None:
    assert item.official in _official_addresses()


def test_a_task_is_named_once_and_there_are_many() -> None:
    assert len(ITEMS) >= 90
    assert not [task for task, number in Counter(NAMES).items() if number > 1]
    groups = [name for name, _ in groupby(ITEMS, key=lambda item: item.group)]
    assert len(groups) == len(set(groups)) >= 14


def test_the_contents_list_every_task_and_each_group_has_a_page_with_its_patterns() -> None:
    written = pages()
    contents = written.pop("reference")
    assert contents.startswith("# Quick reference\n")
    groups = list(dict.fromkeys(item.group for item in ITEMS))
    assert list(written) == [f"reference/{slug(group)}" for group in groups]
    shown = "\n".join(written.values())
    assert re.findall(r"^## (.*)$", shown, re.MULTILINE) == NAMES
    assert shown.count("\nExplained in chapter ") == len(ITEMS)
    linked = re.findall(r"^- \[.*\]\(/(.*)\.md#(.*)\)$", contents, re.MULTILINE)
    assert linked == [(f"reference/{slug(item.group)}", slug(item.task)) for item in ITEMS]


def test_a_cut_leaves_docstrings_out_and_marks_what_else_is_left_out(tmp_path: Path) -> None:
    chapter = _chapter_with(
        tmp_path,
        "class Lamp:\n    '''It burns.'''\n    oil = 1\n\n    def burn(self):\n"
        "        '''On.'''\n        self.oil = 0\n        return 'light'\n\n    wick = 2\n",
    )
    assert pattern(an_item(chapter, "app/main.py", "Lamp.burn")).text == (
        "class Lamp:\n    # …\n    def burn(self):\n        self.oil = 0\n        return 'light'"
    )
    assert pattern(an_item(chapter, "app/main.py", "Lamp", "oil")).text == "class Lamp:\n    oil = 1\n    # …"


@pytest.mark.parametrize(
    ("file", "names", "keep", "words"),
    [
        ("app/none.py", "Lamp", (), "there is no"),
        ("app/main.py", "Candle", (), "nothing is called Candle"),
        ("app/main.py", "Lamp.blow", (), "nothing is called Lamp.blow"),
        ("app/main.py", "Lamp", ("wick",), "no statement begins with 'wick'"),
    ],
)
def test_a_cut_that_finds_nothing_says_which(
    file: str, names: str, keep: tuple[str, ...], words: str, tmp_path: Path
) -> None:
    chapter = _chapter_with(tmp_path, "class Lamp:\n    oil = 1\n")
    with pytest.raises(CourseError, match=re.escape(words)):
        pattern(an_item(chapter, file, names, *keep))


def test_lines_that_no_requirement_ran_are_named() -> None:
    item = next(item for item in ITEMS if item.task == "Respond with 204 and no body")
    (name,) = item.proof
    ran = {proof.node_id(item, name): {pattern(item).place: list(pattern(item).lines[:-1])}}
    assert proof.never_run(item, ran) == [pattern(item).lines[-1]]


@cache
def _headings(chapter: Chapter) -> list[str]:
    return [heading for heading, _ in sections(chapter.text.read_text(encoding="utf-8"))]


@cache
def _official_addresses() -> set[str]:
    return {page.url for page in official()}


def _chapter_with(folder: Path, main: str) -> Chapter:
    """A chapter whose checkpoint has this one file."""

    class Made(Chapter):
        @property
        def checkpoint(self) -> Path:
            return folder

    (folder / "app").mkdir()
    (folder / "app" / "main.py").write_text(main, encoding="utf-8")
    return Made(0, "made", "Made")
