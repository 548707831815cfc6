"""Given code in a text: which cells belong together, and what is refused."""

import jupytext
import pytest

from course.engine import given, texts
from course.errors import CourseError

PAGE = """\
```{code-cell} ipython3
:tags: [given]
:given: live-page
:what: The page of a lot: HTML and CSS.
%%write app/web/index.html
<p>A lot</p>
```


```{code-cell} ipython3
:tags: [given]
:given: live-page
%%write app/web/page.css
p { color: red }
```
"""
TEXT = f"""\
---
kernelspec: {{display_name: Python 3 (ipykernel), language: python, name: python3}}
---

# A title

Before.

{PAGE}
After.

```{{code-cell}} ipython3
1 + 1
```
"""


def test_cells_of_one_name_are_one_piece_of_given_code() -> None:
    (found,) = given.of(TEXT)
    assert (found.name, found.what) == ("live-page", "The page of a lot: HTML and CSS.")
    assert [cell.split("\n")[0] for cell in found.cells] == [
        "%%write app/web/index.html",
        "%%write app/web/page.css",
    ]
    lines = TEXT.split("\n")
    assert lines[found.line - 1] == "```{code-cell} ipython3"
    assert lines[found.end - 1] == "```"
    assert lines[found.end :][:2] == ["", "After."]


def test_given_cells_are_build_cells_like_others() -> None:
    assert texts.build_cells(TEXT) == texts.build_cells(TEXT, stubs=True) == list(given.of(TEXT)[0].cells)


def test_a_notebook_has_one_cell_for_given_code_and_nothing_else_moves() -> None:
    shown = given.as_shown(TEXT)
    assert [cell.source for cell in texts.code_cells(shown)] == ["%given live-page", "1 + 1"]
    assert len(shown.split("\n")) == len(TEXT.split("\n"))
    assert texts.code_cells(shown)[-1].line == texts.code_cells(TEXT)[-1].line
    read = jupytext.reads(shown, fmt="md:myst").cells
    assert [cell.source for cell in read] == ["# A title\n\nBefore.", "%given live-page", "After.", "1 + 1"]
    assert read[1].metadata["tags"] == ["given"]


def test_a_text_without_given_code_is_shown_as_it_is() -> None:
    assert given.as_shown("# A title\n") == "# A title\n"


def test_two_names_are_two_pieces_also_without_prose_between_them() -> None:
    other = PAGE.replace("live-page", "other").replace("app/web", "app/other")
    assert [each.name for each in given.of(PAGE + other)] == ["live-page", "other"]


WHAT = ":what: The page of a lot: HTML and CSS.\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (PAGE + "\nProse.\n\n" + PAGE, "line 19: `live-page` is given in line 1 already"),
        (PAGE + "\n+++\n\n" + PAGE, "is given in line 1 already"),
        (PAGE.replace(WHAT, ""), "line 1: `live-page` does not say what it is for"),
        (PAGE.replace("CSS.", "CSS"), "does not say what it is for"),
        (PAGE.replace("page\n%%write", f"page\n{WHAT}%%write"), "does not say what it is for"),
        (PAGE.replace("live-page", "Live_Page"), "given code is called `Live_Page`"),
        (PAGE.replace(":given: live-page\n", ""), "given code is called ``"),
        (PAGE.replace(":tags: [given]\n", ""), "`live-page` has other tags"),
        (PAGE.replace("[given]", "[given, exercise]"), "`live-page` has other tags"),
        (PAGE.replace("%%write app/web/page.css\n", ""), "not only code for a file"),
        (PAGE.replace("color: red", " ### STUB color: red"), "not only code for a file"),
    ],
)
def test_given_code_that_is_not_in_order_is_refused_with_its_line(text: str, said: str) -> None:
    with pytest.raises(CourseError, match=r"^ch03.md, line \d+: ") as refused:
        given.of(text, "ch03.md")
    assert said in refused.value.what
    assert refused.value.do
