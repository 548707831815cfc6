"""The index of errors and the page of what changed: each saved output is what its example prints today."""

import os
import re
from pathlib import Path

import pytest

from course.engine import chapters, example_pages
from course.engine.example_pages import Example
from course.learn.lookup.explain.entries import Entry, entries, slug, spans
from course.learn.lookup.explain.pasted import plain
from course.learn.lookup.explain.search import pattern
from course.maintain import example_runner
from course.teach.site import error_pages

POSIX = os.name == "posix"
BROWSER = {  # seen in a browser, in zsh, or on another system, and so not in what an example prints
    "Blocked by CORS policy: the response lacks a header",
    "The browser drops the cookie: * with credentials",
    "The handshake receives status code 403",
}


@pytest.mark.skipif(not POSIX, reason="the examples' commands are for a POSIX shell")
def test_every_output_on_the_pages_is_what_the_example_prints_today() -> None:
    wrong = example_runner.stale(example_pages.pages())
    told = "\n".join(f"--- {example.where}\n{example.source}\nprints now:\n{now}" for example, now in wrong)
    assert not wrong, f"{told}\nWrite them again with: python3 -m course build pages"


def of_page(text: str) -> list[Example]:
    return example_pages.read("page.md", text)


PAGE = """\
# Page

## `ZeroDivisionError`

```python
1 / 0
```

## A file

```python room.py
SEATS = 3
```

```python
import room

print(room.SEATS)
```

```text
4
```
"""


def test_a_saved_output_that_is_no_longer_true_is_found_and_written_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(example_pages, "PAGES", tmp_path)
    page = tmp_path / "page.md"
    page.write_text(PAGE, encoding="utf-8")
    assert [(example.title, output) for example, output in example_runner.stale([page])] == [
        ("`ZeroDivisionError`", "ZeroDivisionError: division by zero\n"),
        ("A file", "3\n"),
    ]
    assert example_runner.refresh([page]) == [page]
    assert "1 / 0\n```\n\n```text\nZeroDivisionError: division by zero\n```" in page.read_text(
        encoding="utf-8"
    )
    assert example_runner.stale([page]) == []
    assert example_runner.refresh([page]) == [], "nothing is written where nothing changed"


def test_a_file_belongs_to_its_own_entry_only() -> None:
    first, second, third = of_page(f"{PAGE}\n## After it\n\n```python\n1\n```\n")
    assert first.files == ()
    assert second.files == (("room.py", "SEATS = 3\n"),)
    assert third.files == ()


def test_no_output_names_a_machine() -> None:
    for example in example_pages.of(example_pages.pages()):
        said = example.saved or ""
        found = re.search(
            r"/(?:tmp|home|root|Users|work|var|usr)/|\b0x[0-9a-f]{5,}|127\.0\.0\.1:\d{4,}", said
        )
        assert found is None, f"{example.where}: {found and found[0]} differs from machine to machine"


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.address)
def test_an_entry_has_its_parts(entry: Entry) -> None:
    assert entry.printed, "it shows no output: a mistake, run, and what it printed"
    assert len(entry.means.split()) >= 12, "it says too little about what it means and why"
    assert entry.do, "it does not say what to do"
    assert entry.links, "it names no chapter"
    if entry.heading.startswith("`"):
        printed = plain(entry.printed)
        assert pattern(entry.messages[0]).search(printed), f"its message is not in what it printed: {printed}"
    elif entry.title in BROWSER:
        assert entry.messages, "what is seen elsewhere is named after `Seen as`"


def test_what_is_seen_elsewhere_is_on_the_pages() -> None:
    assert {entry.title for entry in entries()} >= BROWSER


def headings(text: str) -> set[str]:
    return {slug(found[1]) for found in re.finditer(r"^#{1,4} (.+)$", text, re.MULTILINE)}


def test_every_link_to_a_chapter_leads_to_a_heading() -> None:
    texts = {
        chapter.stem: headings(chapter.text.read_text(encoding="utf-8")) for chapter in chapters.contents()
    }
    for path in example_pages.pages():
        for stem, anchor in re.findall(
            r"\(/chapters/(\w+)\.md(?:#([^)]*))?\)", path.read_text(encoding="utf-8")
        ):
            assert stem in texts, f"{path.name} names a chapter {stem}"
            assert not anchor or anchor in texts[stem], f"{path.name}: {stem} has no heading #{anchor}"


def test_the_table_of_contents_names_every_entry_and_its_links_lead_there() -> None:
    contents = error_pages.pages()["errors/index"]
    for page, anchor in re.findall(r"\(/(errors/\w+)\.md#([^)]*)\)", contents):
        assert anchor in headings((example_pages.PAGES / f"{page}.md").read_text(encoding="utf-8"))
    for entry in entries():
        assert f"(/{entry.address.replace('#', '.md#')})" in contents


def test_no_two_entries_of_a_page_have_one_address() -> None:
    addresses = [entry.address for entry in entries()]
    assert len(addresses) == len(set(addresses))
    assert len(addresses) >= 100


def test_headings_end_their_code() -> None:
    for entry in entries():
        outside = entry.heading
        for span in spans(entry.heading):
            outside = outside.replace(span, "")
        assert outside.count("`") % 2 == 0, f"{entry.heading}: its backticks do not match"
