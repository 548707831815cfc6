"""What is counted in a chapter's text."""

import json
from pathlib import Path

import pytest

from course.maintain import language, measure, readability, workload
from course.maintain.language import Finding

TEXT = """\
---
kernelspec: {name: python3}
---

# A title of five words

One sentence with `some.code(1)`. And another
one, [with a link](https://example.com)!

- An item.
- `x`: another item

| left | right |
|---|---|
| two words | three |

```python
not = "prose"
```

+++

<details><summary>Is <code>x</code> asked?</summary>

It is.

</details>

**To read next** are
many, many words

| page | link |
|---|---|
| one | [two](https://example.com) |
"""
CELLS = """\
```{code-cell} ipython3
:tags: [exercise]
%%add app/main.py
# a comment
### BEGIN SOLUTION
def f() -> int:

    return 1
### STUB
def f() -> int:
    return ____
### END SOLUTION
x = 1
y = 2  ### STUB y = ...
```

```{code-cell} ipython3
%%write app/page.html
<p>
```

```{code-cell} ipython3
:tags: [given]
:given: some-code
:what: Some code.
%%write app/other.py
a = 1
b = 2
```
"""


def test_prose_is_headings_paragraphs_lists_and_tables_without_links() -> None:
    read = [block.text for block in readability.blocks(TEXT)]
    assert read == [
        "A title of five words",
        "One sentence with some.code(1). And another one, with a link!",
        "An item.",
        "x: another item",
        "left",
        "right",
        "two words",
        "three",
        "Is x asked?",
        "It is.",
    ]
    counted = readability.of(TEXT)
    assert counted.words == 5 + 10 + 2 + 3 + 2 + 3 + 3 + 2
    assert (counted.running, counted.sentences) == (10 + 2 + 3 + 3 + 2, 6)


def test_the_line_of_a_block_is_that_of_the_file() -> None:
    lines = TEXT.split("\n")
    for block in readability.blocks(TEXT):
        if block.kind != "cell":
            assert block.text[:2] in lines[block.line - 1].replace("`", "").replace("<code>", "")


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("a", 1),
        ("the", 1),
        ("code", 1),
        ("server", 2),
        ("table", 2),
        ("dependency", 4),
        ("connection", 3),
        ("client", 2),
        ("isn't", 1),
        ("social", 2),
        ("syllable", 3),
        ("1975", 1),
    ],
)
def test_syllables_are_counted_as_one_speaks_them(word: str, count: int) -> None:
    assert readability.syllables(word) == count


def test_the_grade_is_the_formula_of_flesch_and_kincaid() -> None:
    grade = readability.of("The cat sat on the mat. The dog did not.").grade
    assert grade == pytest.approx(0.39 * 10 / 2 + 11.8 * 10 / 10 - 15.59)
    assert readability.of("").grade == 0


def test_the_learner_writes_what_the_stub_does_not_have() -> None:
    python = workload.python(CELLS)
    assert (python.written, python.shown, python.given) == (2, 2, 2)
    assert (python.share, python.share_of_all, python.given_share) == (2 / 4, 2 / 6, 2 / 6)


def test_the_command_prints_a_line_for_each_chapter_and_writes_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert measure.command(["0", "1", "--json", str(tmp_path / "figures.json")]) == 0
    printed = capsys.readouterr().out.split("\n")
    assert [line.split()[0] for line in printed[2:] if line] == ["ch00", "ch01"]
    figures = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))
    assert [each["chapter"] for each in figures] == ["ch00_start_here", "ch01_lifespan"]
    assert all(each["words"] > 1000 and 0 < each["share"] <= 1 for each in figures)


def test_the_words_of_a_chapter_are_listed_and_the_counts_only_fall(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = [
        Finding("course/chapters/ch01_lifespan.md", 3, "news", "event"),
        Finding("README.md", 5, "nobody", "no bidder"),
        Finding("README.md", 6, "news", "event"),
    ]
    to_do = tmp_path / "to_do.json"
    to_do.write_text(
        '{"README.md": 5, "course/chapters/ch01_lifespan.md": 0, "gone.md": 2}', encoding="utf-8"
    )
    monkeypatch.setattr(measure, "TO_DO", to_do)
    monkeypatch.setattr(language, "every", lambda: found)
    assert measure.command(["1", "--words"]) == 0
    assert capsys.readouterr().out == "course/chapters/ch01_lifespan.md:3: `news`; write: event\n"
    assert measure.command(["--words", "--lower"]) == 0
    printed = capsys.readouterr().out.split("\n")
    assert printed[0] == "3 in 2 files. By what to write in their place:"
    assert printed[1:] == [
        "    2  event",
        "    1  no bidder",
        "    2  README.md",
        "    1  course/chapters/ch01_lifespan.md",
        "",
    ]
    assert json.loads(to_do.read_text(encoding="utf-8")) == {
        "README.md": 2,
        "course/chapters/ch01_lifespan.md": 0,
    }
