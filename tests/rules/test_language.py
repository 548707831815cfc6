"""The course writes the official words, and no private ones: see `course.maintain.language`.

`language_to_do.json` has the files that are not written anew yet, each with how many words may remain.
`course measure --words` prints what remains, and `course measure --words --lower` lowers the counts.
"""

import json
from collections import Counter
from pathlib import Path

import pytest

from course import paths
from course.maintain import language
from course.maintain.measure import TO_DO

ALLOWED = json.loads(TO_DO.read_text(encoding="utf-8"))
LOWER = "run `python3 -m course measure --words --lower`"


@pytest.fixture(scope="module")
def found() -> list[language.Finding]:
    return language.every()


def test_no_file_has_more_private_words_than_are_left_to_do(found: list[language.Finding]) -> None:
    now = Counter(each.path for each in found)
    over = {path for path, count in now.items() if count > ALLOWED.get(path, 0)}
    allowed = {path: ALLOWED.get(path, 0) for path in sorted(over)}
    assert not over, "\n".join([f"allowed: {allowed}", *(str(each) for each in found if each.path in over)])


def test_a_file_without_private_words_is_not_left_to_do(found: list[language.Finding]) -> None:
    done = ALLOWED.keys() - {each.path for each in found}
    assert not done, f"{LOWER}: {sorted(done)}"


TEXT = """\
---
title: whoever
---

Whoever asks gets an
answer. The answer to the question is folded. `whoever`

```{code-cell} ipython3
:tags: [exercise]
# nobody knows
house = FastAPI()
shown = "the news"
why = f"somebody was outbid {here} and so " f"somebody else"
```

The auction house has a front
door. An exception handler is no handler.
"""


@pytest.fixture
def said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is said of a text of a chapter."""
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    path = tmp_path / "course" / "chapters" / "ch01_doors.md"
    path.parent.mkdir(parents=True)
    path.write_text(TEXT, encoding="utf-8")
    return [f"{each.line} {each.word}" for each in language.findings(path)]


def test_prose_comments_texts_and_names_are_read_and_code_and_head_are_not(said: list[str]) -> None:
    assert said == [
        "5 Whoever",
        "6 answer",
        "10 nobody",
        "11 house",
        "12 shown",
        "13 somebody",
        "17 handler",
    ]


def test_a_finding_says_where_it_is_and_what_to_write() -> None:
    finding = language.Finding("README.md", 3, "nobody", "no bidder")
    assert str(finding) == "README.md:3: `nobody`; write: no bidder"


@pytest.mark.parametrize("rule", language.RULES, ids=lambda rule: rule.write[:30])
def test_a_rule_says_what_to_write_and_does_not_refuse_it(rule: language.Rule) -> None:
    assert rule.write
    assert not language._pattern(rule.pattern).search(rule.write)
