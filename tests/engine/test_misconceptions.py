from pathlib import Path

import pytest

from course.engine import misconceptions
from course.engine.code_evidence import Code
from course.engine.report.model import Exchange, Verdict
from course.errors import CourseError

BANK = """\
# What people get wrong

## Printed, not returned
- name: printed
- requirement: test_health
- symptom: response: +200 null
- code: print(...)
- words: "None", "return"

A function without `return`
returns `None`.

- a list of its own

```python
%%add app/main.py
a = 1
```

## Anything else
- name: other
- requirement: test_health
- symptom: expected
- words: "read"

Read what came back.

```python
%%add app/main.py
a = 2
```

```python
%%add app/other.py
b = 2
```
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "ch00_somewhere.md"
    path.write_text(BANK, encoding="utf-8")
    return path


def failing(answer: str, requirement: str = "test_health") -> Verdict:
    exchange = Exchange("GET", "/health", status=200, answer=answer)
    return Verdict(requirement, 0, "It is well.", "fails", (exchange,), "the status is ok")


def test_an_entry_carries_its_keys_its_words_and_its_cells(path: Path) -> None:
    first, second = misconceptions.load(path)
    assert (first.name, first.requirement, first.words) == ("printed", "test_health", ("None", "return"))
    assert first.why == "A function without `return` returns `None`.\n\n- a list of its own"
    assert [len(entry.cells) for entry in (first, second)] == [1, 2]


def test_an_entry_may_explain_other_requirements_as_well(path: Path) -> None:
    path.write_text(BANK.replace("- code:", "- also: test_door\n- code:"), encoding="utf-8")
    entries = misconceptions.load(path)
    explained = misconceptions.explain(failing("null", "test_door"), Code(["print('ok')"]), entries)
    assert explained is not None
    assert explained.name == "printed"
    assert misconceptions.explain(failing("null", "test_bell"), Code(["print('ok')"]), entries) is None


TWO_PARTS = BANK.replace(
    '- words: "None", "return"\n\nA function',
    '- words: "None", "return"\n- hint: What is returned?\n- hint: `app/main.py`\n\n'
    "**Seen first.** Nothing came back.\n\nA function",
)


def test_what_is_seen_first_is_reported_and_the_rest_is_the_last_rung(path: Path) -> None:
    path.write_text(TWO_PARTS, encoding="utf-8")
    first = misconceptions.load(path)[0]
    rest = "A function without `return` returns `None`.\n\n- a list of its own"
    assert first.why == f"Nothing came back.\n\n{rest}"
    explained = misconceptions.explain(failing("null"), Code(["print('ok')"]), [first])
    assert explained is not None
    assert explained.why == "Nothing came back."
    assert explained.hints == ("What is returned?", "`app/main.py`", rest)


def test_the_first_entry_that_fits_explains_the_failure(path: Path) -> None:
    explained = misconceptions.explain(failing("null"), Code(["print('ok')"]), misconceptions.load(path))
    assert explained is not None
    assert explained.title == "Printed, not returned"


@pytest.mark.parametrize(("answer", "source"), [("[]", "print('ok')"), ("null", "# print()")])
def test_an_entry_fits_only_when_symptom_and_code_are_both_found(
    path: Path, answer: str, source: str
) -> None:
    explained = misconceptions.explain(failing(answer), Code([source]), misconceptions.load(path))
    assert explained is not None
    assert explained.name == "other"


def test_the_requirements_sentence_is_no_symptom(path: Path) -> None:
    path.write_text(BANK.replace("symptom: expected", "symptom: It is well"), encoding="utf-8")
    assert misconceptions.explain(failing("[]"), Code([]), misconceptions.load(path)) is None


def test_an_entry_of_every_chapter_explains_any_requirement(path: Path) -> None:
    path.write_text(BANK.replace("- name: other", "- name: other\n- chapter: 3"), encoding="utf-8")
    explained = misconceptions.explain(failing("[]", "test_bell"), Code([]), misconceptions.load(path))
    assert explained is not None
    assert explained.name == "other"


def test_another_requirement_is_not_explained(path: Path) -> None:
    assert (
        misconceptions.explain(failing("null", "test_root"), Code(["print()"]), misconceptions.load(path))
        is None
    )


def test_a_chapter_without_a_file_has_no_entries(tmp_path: Path) -> None:
    assert misconceptions.load(tmp_path / "none.md") == ()


@pytest.mark.parametrize(
    ("broken", "missing"),
    [
        ("## A\nwords\n", "no cells"),
        ("## A\n", "no cells"),
        (
            '## A\n- name: a\n- words: "w"\n- code: a()\nwords\n```python\n%%add app/a.py\na = 1\n```\n',
            "no symptom",
        ),
        ("## A\n- symptom: a\n- code: a(\nwords\n```python\n%%add a.py\na = 1\n```\n", "no pattern"),
        ("## A\n- name: a\n```python\n%%add app/a.py\na = 1\n```\n", "no explanation"),
    ],
)
def test_an_entry_that_lacks_something_is_refused(tmp_path: Path, broken: str, missing: str) -> None:
    path = tmp_path / "misconceptions.md"
    path.write_text(broken, encoding="utf-8")
    with pytest.raises(CourseError, match=missing):
        misconceptions.load(path)


def test_an_alternative_is_a_title_and_cells(tmp_path: Path) -> None:
    path = tmp_path / "alternatives.md"
    path.write_text("## Other names\n\n```python\n%%add app/a.py\na = 1\n```\n", encoding="utf-8")
    (entry,) = misconceptions.load(path)
    assert (entry.title, entry.why, entry.name) == ("Other names", "", "")
    assert entry.cells == ("%%add app/a.py\na = 1",)
